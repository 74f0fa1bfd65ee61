import type { Card, Snapshot } from "@parvis/kit";

/** From one turn to the next on the whole screen, at least. */
export const RHYTHM_MS = 2400;
/** When nothing new waits, a post that has not been seen for longest takes a turn this often. */
export const ROTATE_MS = 8000;

/** A slab's place in time: which post stands there and until when it has to be readable. */
export interface Standing {
  readonly post: string;
  readonly readyAt: number;
}

/** What may happen now: `place` this card in that cell, or look again `in` ms, or nothing until something comes. */
export type Next =
  | { readonly do: "place"; readonly card: Card; readonly cell: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "rest" };

/** Whose turn it is: new posts in the order they came, one at a time, at the pace at which they can be read. */
export class Turns {
  private waiting: string[] = [];
  private readonly lastSeen: Record<string, number> = {};
  private lastTurn = -Infinity;
  private clock = 0;

  /** The wall opens at `now`: a new post may come at once, the round of older ones begins one turn later. */
  open(now: number): void {
    this.lastTurn = now - RHYTHM_MS;
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

  /** The post was placed at `now`; `turn` when it took another's cell. */
  placed(post: string, now: number, turn: boolean): void {
    this.waiting = this.waiting.filter((one) => one !== post);
    this.lastSeen[post] = ++this.clock;
    if (turn) this.lastTurn = now;
  }

  /** `cells` holds undefined where no post stands. */
  next(cells: readonly (Standing | undefined)[], snapshot: Snapshot, now: number): Next {
    const fresh = this.waiting[0];
    const card = fresh === undefined ? this.resting(cells, snapshot) : snapshot.cards.filter((one) => one.post === fresh)[0];
    if (!card || cells.length === 0) return { do: "rest" };
    const free = cells.indexOf(undefined);
    if (free >= 0) return { do: "place", card, cell: free };
    let oldest = 0;
    cells.forEach((cell, at) => {
      if (cell!.readyAt < cells[oldest]!.readyAt) oldest = at;
    });
    const pace = fresh === undefined ? ROTATE_MS : RHYTHM_MS;
    const due = Math.max(this.lastTurn + pace, cells[oldest]!.readyAt);
    return due <= now ? { do: "place", card, cell: oldest } : { do: "wait", ms: due - now };
  }

  /** The post on the wall's list that is on no cell and was not seen for longest; newest first among the unseen. */
  private resting(cells: readonly (Standing | undefined)[], snapshot: Snapshot): Card | undefined {
    let best: Card | undefined;
    for (const card of snapshot.cards) {
      if (cells.some((cell) => cell?.post === card.post)) continue;
      if (!best || (this.lastSeen[card.post] ?? 0) < (this.lastSeen[best.post] ?? 0)) best = card;
    }
    return best;
  }
}
