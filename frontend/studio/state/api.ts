import type {
  Act, FigureRows, Held, Kind, Lang, Me, Mode, Now, Numbers, Page, PanicState, Person, Plugin, Preview, Queued, Role, Screen, Server, State, Step, WallLine, WholeWall, Why,
} from "./types";

/** The API said no; the message is its own sentence. Status 0: nobody answered. */
export class Problem extends Error {
  readonly status: number;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, sentence: string, more: Readonly<Record<string, unknown>> = {}) {
    super(sentence);
    this.status = status;
    this.more = more;
  }
}

export interface Decision {
  readonly post: string;
  readonly state: State;
  readonly why: string;
  readonly rev: number;
  readonly code?: string;
  /** The words alone: pictures and films are kept back. */
  readonly without_media?: boolean;
  /** What goes on the wall's policy with it. */
  readonly rules?: readonly ("trust" | "wording")[];
  readonly words?: string;
}

// A list comes bare, or named beside what pages it.
function listIn<T>(answer: unknown, ...names: string[]): readonly T[] {
  if (Array.isArray(answer)) return answer as T[];
  const table = (answer ?? {}) as Record<string, unknown>;
  for (const name of [...names, "items"]) if (Array.isArray(table[name])) return table[name] as T[];
  return [];
}

function pageOf(answer: unknown): Page {
  return { items: listIn<Queued>(answer, "queue", "posts"), before: (answer as { before?: number | null } | null)?.before ?? null };
}

export type Query = Readonly<Record<string, string | number | undefined>>;

function asked(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]]));
  return given.length ? `?${new URLSearchParams(given as string[][])}` : "";
}

/** Every call the studio makes. A session travels as a cookie; the owner's key, where one was given, in a header. */
export class Api {
  key: string;
  /** The version of this page, so that a newer server refuses an act it no longer understands. */
  page = "";
  /** In which language the server shall say its sentences. */
  lang: Lang | "" = "";

  constructor(key: string) {
    this.key = key;
  }

  me = (): Promise<Me> => this.call("/api/me");
  changeMe = (change: { readonly lang: Lang }): Promise<Me> => this.call("/api/me", change);
  first = (token: string, name: string, email: string, password: string, lang: Lang): Promise<Me> =>
    this.call("/api/first", { token, name, email, password, lang });
  signIn = (email: string, password: string): Promise<Me> => this.call("/api/sign-in", { email, password });
  signOut = (everywhere: boolean): Promise<unknown> => this.call("/api/sign-out", { everywhere });
  invite = (token: string, password: string): Promise<Me> => this.call("/api/invite", { token, password });
  reset = (token: string, password: string): Promise<Me> => this.call("/api/reset", { token, password });
  resetLink = (id: string): Promise<{ readonly reset: string }> => this.call(`/api/people/${encodeURIComponent(id)}/reset`, {});
  people = async (): Promise<readonly Person[]> => listIn(await this.call("/api/people"), "people");
  addPerson = (name: string, email: string, role: Role): Promise<{ readonly invite: string }> =>
    this.call("/api/people", { name, email, role });
  changePerson = (id: string, change: { readonly role?: Role; readonly remove?: boolean }): Promise<unknown> =>
    this.call(`/api/people/${encodeURIComponent(id)}`, change);

  walls = async (): Promise<readonly WallLine[]> => listIn(await this.call("/api/walls"), "walls");
  addWall = (wall: { title: string; lang: string; hashtags: readonly string[]; mode: Mode; kind: Kind; phone: boolean; mastodon: string }): Promise<WallLine> =>
    this.call("/api/walls", wall);
  wall = (wall: string): Promise<WholeWall> => this.call(this.at(wall));
  changeWall = (wall: string, rev: number, changes: Readonly<Record<string, unknown>>): Promise<WholeWall> =>
    this.call(this.at(wall), { rev, changes });
  addSource = (wall: string, plugin: string, settings: Readonly<Record<string, unknown>>, basis: string): Promise<unknown> =>
    this.call(this.at(wall, "sources"), { plugin, settings, basis });
  changeSource = (wall: string, id: string, change: { settings?: Readonly<Record<string, unknown>>; enabled?: boolean; drop?: boolean }): Promise<unknown> =>
    this.call(this.at(wall, `sources/${encodeURIComponent(id)}`), change);
  plugins = async (): Promise<readonly Plugin[]> => {
    const all: unknown = await this.call("/api/plugins");
    return [...listIn<Plugin>(all, "sources", "plugins"), ...listIn<Plugin>(all, "bridges")];
  };
  now = (wall: string): Promise<Now> => this.call(this.at(wall, "now"));
  preview = (wall: string, brand: Readonly<Record<string, unknown>>, lang: Lang): Promise<Preview> =>
    this.call(this.at(wall, "preview") + asked({ brand: JSON.stringify(brand), lang }));

  queue = async (wall: string, states: readonly State[], before?: number, limit = 200): Promise<Page> =>
    pageOf(await this.call(this.at(wall, "queue") + asked({ state: states.join(","), before, limit })));
  posts = async (wall: string, query: Query): Promise<Page> => pageOf(await this.call(this.at(wall, "posts") + asked(query)));
  claim = (wall: string, posts: readonly string[], for_s: number): Promise<{ readonly claimed: readonly string[]; readonly held: readonly Held[] }> =>
    this.call(this.at(wall, "claim"), { posts, for_s });
  release = (wall: string, posts: readonly string[]): Promise<unknown> => this.call(this.at(wall, "release"), { posts });
  /** Something a person did; `path` is what follows the wall in its address. */
  act = (wall: string, path: string, body: Readonly<Record<string, unknown>>): Promise<unknown> => this.call(this.at(wall, path), body);
  acts = async (wall: string): Promise<readonly Act[]> => listIn(await this.call(this.at(wall, "acts")), "acts");
  write = (wall: string, form: FormData): Promise<unknown> => this.call(this.at(wall, "posts/write"), form);
  trace = async (post: string): Promise<readonly Step[]> => listIn(await this.call("/api/trace" + asked({ post })), "steps", "journey");
  why = (wall: string, post: string): Promise<Why> => this.call(this.at(wall, "why") + asked({ post }));

  screens = async (wall: string): Promise<readonly Screen[]> => listIn(await this.call(this.at(wall, "screens")), "screens");
  changeScreen = (wall: string, id: string, change: { name?: string; forget?: boolean }): Promise<unknown> =>
    this.call(this.at(wall, `screens/${encodeURIComponent(id)}`), change);
  panic = (wall: string, on: boolean): Promise<unknown> => this.call(this.at(wall, "panic"), { on });
  panicState = (wall: string): Promise<PanicState> => this.call(this.at(wall, "panic"));
  numbers = (wall: string, query: Query): Promise<Numbers> => this.call(this.at(wall, "numbers") + asked(query));
  rows = (wall: string, figure: string, query: Query): Promise<FigureRows> => this.call(this.at(wall, `numbers/${encodeURIComponent(figure)}/rows`) + asked(query));
  /** All rows of a figure as a file. */
  csv = async (wall: string, figure: string, query: Query): Promise<Blob> => {
    const address = this.at(wall, `numbers/${encodeURIComponent(figure)}/rows`) + asked(query);
    const response = await fetch(address, { headers: this.headers("text/csv"), credentials: "same-origin", cache: "no-store" }).catch(() => undefined);
    if (!response) throw new Problem(0, "");
    if (response.ok) return response.blob();
    const said = ((await response.json().catch(() => undefined)) ?? {}) as Record<string, unknown>;
    throw new Problem(response.status, String(said["detail"] ?? ""), said);
  };
  settings = (): Promise<Server> => this.call("/api/settings");

  at(wall: string, rest = ""): string {
    return `/api/walls/${encodeURIComponent(wall)}${rest ? `/${rest}` : ""}`;
  }

  headers(accept: string): Record<string, string> {
    return { Accept: accept, ...(this.lang ? { "Accept-Language": this.lang } : {}), ...(this.key ? { Authorization: `Bearer ${this.key}` } : {}) };
  }

  private async call<T>(address: string, body?: unknown): Promise<T> {
    const headers = this.headers("application/json");
    const form = body instanceof FormData;
    if (body !== undefined && !form) headers["Content-Type"] = "application/json";
    if (body !== undefined && this.page) headers["X-Parvis-Page"] = this.page;
    let response: Response;
    try {
      response = await fetch(address, {
        method: body === undefined ? "GET" : "POST",
        headers,
        credentials: "same-origin",
        cache: "no-store",
        body: body === undefined ? null : form ? body : JSON.stringify(body),
      });
    } catch {
      throw new Problem(0, "");
    }
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer as T;
    const said = (answer ?? {}) as Record<string, unknown>;
    throw new Problem(response.status, String(said["detail"] ?? said["title"] ?? ""), said);
  }
}
