import type { Card, Snapshot } from "./wire";

/** From the end of one turn to the start of the next, on the whole screen, at least. */
export const RHYTHM_MS = 2400;
/** When nothing new waits, a post that has not been seen for longest takes a turn this often. */
export const ROTATE_MS = 8000;
/** No turn next to a slab younger than this. */
export const YOUNG_MS = 3000;
/** A cell that suits a card goes before one that has been readable for so much longer. */
const SUITS_MS = 15_000;

/** A cell in time: which post stands there, until when it has to be readable, when it came. */
export interface Standing {
  readonly post: string | undefined;
  readonly readyAt: number;
  readonly bornAt: number;
  /** What the cell is best for: a picture, or words. */
  readonly pictures: boolean;
  /** The cells that share an edge with it. */
  readonly near: readonly number[];
}

/** What may happen now: `place` this card in that cell, or look again `in` ms, or nothing until something comes. */
export type Next =
  | { readonly do: "place"; readonly card: Card; readonly cell: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "rest" };

/** What stays where it stands, of so many cells: the last pinned first, and half of the cells at the most. */
export function stays(snapshot: Snapshot, cells: number): readonly string[] {
  return (snapshot.picks?.pinned ?? []).slice(0, Math.floor(cells / 2)).map((card) => card.post);
}

/** Whose turn it is: new posts in the order they came, one at a time, at the pace at which they can be read. */
export class Turns {
  private waiting: string[] = [];
  private readonly lastSeen: Record<string, number> = {};
  private lastEnd = -Infinity;
  private clock = 0;
  private readonly rotateMs: number;

  constructor(rotateMs = ROTATE_MS) {
    this.rotateMs = rotateMs;
  }

  /** The wall opens at `now`: a new post may come at once, the round of older ones begins one turn later. */
  open(now: number): void {
    this.lastEnd = now - RHYTHM_MS;
  }

  /** How many new posts have not had their turn. */
  get length(): number {
    return this.waiting.length;
  }

  /** A new post asks for a place. */
  ask(post: string): void {
    if (this.waiting.indexOf(post) < 0) this.waiting.push(post);
  }

  /** The post is no more. */
  forget(post: string): void {
    this.waiting = this.waiting.filter((one) => one !== post);
    delete this.lastSeen[post];
  }

  /** Only what stands in the snapshot may still come. */
  keep(snapshot: Snapshot): void {
    const known: Record<string, true> = {};
    for (const card of snapshot.cards) known[card.post] = true;
    this.waiting = this.waiting.filter((post) => known[post]);
    for (const post of Object.keys(this.lastSeen)) if (!known[post]) delete this.lastSeen[post];
  }

  /** The post was placed; `end`: when its turn is over, where it took another's cell. */
  placed(post: string, end?: number): void {
    this.waiting = this.waiting.filter((one) => one !== post);
    this.lastSeen[post] = ++this.clock;
    if (end !== undefined) this.lastEnd = end;
  }

  /** The cards whose turn is next, in order: the new ones, then those not seen for longest; none that stands. */
  line(standing: readonly (string | undefined)[], snapshot: Snapshot): Card[] {
    const place: Record<string, number> = {};
    this.waiting.forEach((post, at) => (place[post] = at - this.waiting.length - 1));
    return snapshot.cards
      .filter((card) => standing.indexOf(card.post) < 0)
      .map((card, at) => ({ card, at, rank: place[card.post] ?? this.lastSeen[card.post] ?? 0 }))
      .sort((a, b) => a.rank - b.rank || a.at - b.at)
      .map(({ card }) => card);
  }

  /** What may happen at `now`; `shows`: whether the card has a picture. */
  next(cells: readonly Standing[], snapshot: Snapshot, now: number, shows: (card: Card) => boolean): Next {
    const card = this.line(cells.map((cell) => cell.post), snapshot)[0];
    if (!card || cells.length === 0) return { do: "rest" };
    const wish = shows(card);
    const staying = stays(snapshot, cells.length);
    const free = this.best(cells, wish, (cell) => cell.post === undefined);
    if (free >= 0) return { do: "place", card, cell: free };
    const pace = this.waiting.length === 0 ? this.rotateMs : RHYTHM_MS;
    const quiet = (at: number): number =>
      staying.indexOf(cells[at]!.post ?? "") >= 0 ? Infinity : cells[at]!.near.reduce((latest, one) => Math.max(latest, cells[one]!.bornAt + YOUNG_MS), cells[at]!.readyAt);
    const start = this.lastEnd + pace;
    const chosen = start > now ? -1 : this.best(cells, wish, (_, at) => quiet(at) <= now);
    if (chosen >= 0) return { do: "place", card, cell: chosen };
    const soonest = cells.reduce((least, _, at) => Math.min(least, quiet(at)), Infinity);
    return { do: "wait", ms: Math.max(1, Math.max(start, soonest) - now) };
  }

  /** Of the cells that may take a turn: the oldest, and rather one that suits the card. */
  private best(cells: readonly Standing[], wish: boolean, may: (cell: Standing, at: number) => boolean): number {
    let best = -1;
    let least = Infinity;
    cells.forEach((cell, at) => {
      if (!may(cell, at)) return;
      const age = cell.readyAt - (cell.pictures === wish ? SUITS_MS : 0);
      if (age < least) [best, least] = [at, age];
    });
    return best;
  }
}
