import { Problem } from "./api";
import { dropAct, keepAct, keptActs } from "./own";

/** Something a person did, as it is sent. `id` names it to the server: sent twice, it is done once. */
export interface Act {
  readonly id: string;
  readonly wall: string;
  readonly kind: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly at: number;
  readonly by: string;
  /** It was sent, and no answer came: it may be done. */
  readonly tried?: boolean;
}

export interface Hearers {
  done?(answer: unknown): void;
  refused(problem: Problem): void;
}

/** Sends one act; what it is sent with may be completed first (`keep`). */
export type Send = (act: Act, keep: (body: Act["body"]) => Act) => Promise<unknown>;

const AGAIN_MS = 3000;

/** A name that no other act has; over plain http browsers have no randomUUID. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}

interface Revised {
  readonly post?: string;
  readonly rev?: number;
}

/** The revisions of posts that an answer tells of. */
function revisionsOf(act: Act, answer: unknown): ReadonlyMap<string, number> {
  const { acts = [], rev } = (answer ?? {}) as { readonly acts?: readonly Revised[]; readonly rev?: number };
  const told = [...acts, { post: act.body["post"] as string | undefined, rev }];
  return new Map(told.filter((one): one is Required<Revised> => typeof one.post === "string" && typeof one.rev === "number").map(({ post, rev }) => [post, rev]));
}

/** Sends acts one after the other, so that undo follows what it undoes. With no answer they wait here, also over a reload. */
export class Acts {
  private line: Act[] = [];
  private readonly hearers = new Map<string, Hearers>();
  private running = false;
  private timer = 0;
  private last = 0;
  /** Grows with every act and every answer: what was read under another number may not know of the latest. */
  turns = 0;
  /** Since when nobody answers; 0 while the server does. */
  stuckSince = 0;
  private readonly changed: () => void;
  private readonly send: Send;
  private readonly others: Hearers;

  /** `others` hears of acts that an earlier page left. */
  constructor(changed: () => void, send: Send, others: Hearers) {
    this.changed = changed;
    this.send = send;
    this.others = others;
  }

  /** What waits, by kind. */
  get waiting(): ReadonlyMap<string, number> {
    const kinds = new Map<string, number>();
    for (const { kind } of this.line) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    return kinds;
  }

  get size(): number {
    return this.line.length;
  }

  add(act: Omit<Act, "id" | "at">, hearers: Hearers): void {
    this.last = Math.max(Date.now(), this.last + 1); // two of one moment keep their order
    const whole: Act = { ...act, id: newId(), at: this.last };
    this.turns++;
    this.hearers.set(whole.id, hearers);
    this.line.push(whole);
    keepAct(whole);
    void this.run();
  }

  /** Takes up what this person did on an earlier page and nobody heard of yet. */
  adopt(by: string): void {
    const had = new Set(this.line.map((one) => one.id));
    this.line = [...keptActs<Act>(by).filter((one) => !had.has(one.id)), ...this.line];
    if (this.line.length) void this.run();
  }

  /** Takes the last act back if it was never sent; else its name, for an undo that follows it; '' when none waits. */
  takeBack(): boolean | string {
    const last = this.line[this.line.length - 1];
    if (!this.stuckSince || !last) return "";
    if (last.kind === "reason") {
      if (last.tried) return "";
      this.drop(last); // it belongs to the rejection before it: that is what is taken back
      return this.takeBack();
    }
    if (last.tried || last.kind === "undo" || last.kind === "redo") return last.path === "undo" ? "" : last.id;
    this.drop(last);
    this.changed();
    return true;
  }

  private drop(last: Act): void {
    this.line.pop();
    dropAct(last);
    this.hearers.delete(last.id);
  }

  again(): void {
    window.clearTimeout(this.timer);
    void this.run();
  }

  /** Forgets the line of a person who leaves; what they did stays kept for them. */
  leave(): void {
    window.clearTimeout(this.timer);
    this.line = [];
    this.hearers.clear();
    this.stuckSince = 0;
  }

  private change(act: Act, change: Partial<Act>): Act {
    const whole = { ...act, ...change };
    this.line = this.line.map((one) => (one.id === act.id ? whole : one));
    keepAct(whole);
    return whole;
  }

  /** What waits was asked for before this person's own last act was answered: it follows that one's revision. */
  private renumber(revisions: ReadonlyMap<string, number>): void {
    if (!revisions.size) return;
    const newer = (one: Revised): Revised => ({ ...one, rev: Math.max(one.rev ?? 0, revisions.get(one.post ?? "") ?? 0) });
    for (const act of this.line.slice(1)) {
      const body = act.body as Revised & { readonly decisions?: readonly Revised[] };
      if (body.post && body.rev !== undefined && revisions.has(body.post)) this.change(act, { body: newer(body) as Act["body"] });
      else if (body.decisions?.some((one) => revisions.has(one.post ?? ""))) this.change(act, { body: { ...body, decisions: body.decisions.map((one) => (revisions.has(one.post ?? "") ? newer(one) : one)) } });
    }
  }

  private done(act: Act): Hearers {
    this.turns++;
    this.line = this.line.filter((one) => one.id !== act.id);
    dropAct(act);
    const heard = this.hearers.get(act.id) ?? this.others;
    this.hearers.delete(act.id);
    return heard;
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.line.length > 0) {
      const act = this.change(this.line[0]!, { tried: true });
      try {
        const answer = await this.send(act, (body) => this.change(act, { body }));
        this.stuckSince = 0;
        this.renumber(revisionsOf(act, answer));
        this.done(act).done?.(answer);
      } catch (error) {
        const problem = error instanceof Problem ? error : new Problem(500, String(error));
        if (problem.status === 0 || problem.status === 503 || problem.status === 401) {
          if (!this.line.length) break; // whose acts these are has left
          this.stuckSince ||= Date.now();
          this.timer = window.setTimeout(() => void this.run(), AGAIN_MS);
          break;
        }
        this.done(act).refused(problem);
      }
      this.changed();
    }
    this.running = false;
    this.changed();
  }
}
