import type { Author, Media } from "../kit/wire";

export type State = "new" | "pending" | "approved" | "rejected" | "hidden" | "duplicate" | "withdrawn";

/** A line of the queue as the API gives it; times in ms since 1970. */
export interface Queued {
  readonly post: {
    readonly key: string;
    readonly network: string;
    readonly text: string;
    readonly created_at_ms: number;
    readonly lang?: string;
    readonly dir?: "ltr" | "rtl";
    readonly author?: Author | null;
    readonly media?: readonly Media[];
    readonly permalink?: string;
  };
  readonly placement: { readonly state: State; readonly order: number; readonly rev: number };
  readonly decision: { readonly by: string; readonly why: string; readonly at_ms: number } | null;
}

export interface Wall {
  readonly id: string;
  readonly title: string;
  readonly lang?: string;
  readonly panic?: boolean;
}

export interface Health {
  readonly source: string;
  readonly healthy: boolean;
  readonly says: string;
  readonly since_ms: number;
}

export interface Step {
  readonly at_ms: number;
  readonly event: string;
  readonly by?: string;
  readonly why?: string;
  readonly state?: string;
}

/** The API said no; the message is its sentence. */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

// A list comes bare, or named beside what pages it.
function listIn<T>(answer: unknown, ...names: string[]): readonly T[] {
  if (Array.isArray(answer)) return answer as T[];
  const table = (answer ?? {}) as Record<string, unknown>;
  for (const name of [...names, "items"]) if (Array.isArray(table[name])) return table[name] as T[];
  return [];
}

/** The few calls that the studio makes, all with the key in a header and never in an address. */
export class Api {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  async walls(): Promise<readonly Wall[]> {
    return listIn(await this.#call("/api/walls"), "walls");
  }

  async queue(wall: string, states: readonly State[], before?: number): Promise<readonly Queued[]> {
    const query = new URLSearchParams({ state: states.join(",") });
    if (before !== undefined) query.set("before", String(before));
    return listIn(await this.#call(`${this.#wall(wall)}/queue?${query}`), "queue");
  }

  /** The revision after the decision, where the server tells it. Throws Problem 409 when somebody was faster. */
  async decide(wall: string, post: string, state: State, rev: number): Promise<number | undefined> {
    const answer = await this.#call(`${this.#wall(wall)}/posts/decide`, { post, state, rev });
    const told = answer as { rev?: number; placement?: { rev?: number } } | undefined;
    return told?.rev ?? told?.placement?.rev;
  }

  async health(wall: string): Promise<readonly Health[]> {
    return listIn(await this.#call(`${this.#wall(wall)}/health`), "health", "sources");
  }

  async trace(post: string): Promise<readonly Step[]> {
    return listIn(await this.#call(`/api/trace?${new URLSearchParams({ post })}`), "steps", "journey");
  }

  async panic(wall: string, on: boolean): Promise<void> {
    await this.#call(`${this.#wall(wall)}/panic`, { on });
  }

  #wall(wall: string): string {
    return `/api/walls/${encodeURIComponent(wall)}`;
  }

  async #call(address: string, body?: unknown): Promise<unknown> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.#key}`, Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(address, {
        method: body === undefined ? "GET" : "POST",
        headers,
        credentials: "omit",
        cache: "no-store",
        body: body === undefined ? null : JSON.stringify(body),
      });
    } catch {
      throw new Problem(0, "The server does not answer. What you see may be old; it is tried again.");
    }
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    const problem = (answer ?? {}) as { detail?: string; title?: string };
    throw new Problem(response.status, problem.detail ?? problem.title ?? `The server answered ${response.status}.`);
  }
}

const PLACE = "parvis-key";

/** The key from the address (`#key=…`, which is then taken out of it) or from this tab's earlier pages; '' if neither. */
export function storedKey(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    history.replaceState(null, "", location.pathname + location.search);
    keepKey(given);
  }
  return sessionStorage.getItem(PLACE) ?? "";
}

/** Keeps the key for this tab; '' forgets it. */
export function keepKey(key: string): void {
  if (key) sessionStorage.setItem(PLACE, key);
  else sessionStorage.removeItem(PLACE);
}
