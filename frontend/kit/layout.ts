import type { Card, Snapshot } from "./wire";

/** The measured box of a layout, px. `u` is the measure of everything: 1 % of the short side, more of it on a strip. */
export interface Box {
  readonly width: number;
  readonly height: number;
  readonly u: number;
}

/** How many new posts wait for their turn, and how long the last of them will. */
export interface Waiting {
  readonly posts: number;
  readonly seconds: number;
}

/** The share of the short side that is one `u`: strips and tickers are read from as far, and are all short side. */
function share(ratio: number): number {
  return ratio < 4 ? 0.01 : ratio < 10 ? 0.018 : 0.03;
}

/** The box of an element as it stands. */
export function measure(element: Element): Box {
  const { width, height } = element.getBoundingClientRect();
  const short = Math.min(width, height);
  const long = Math.max(width, height);
  return { width, height, u: share(short > 0 ? long / short : 1) * short };
}

/**
 * How cards stand on a wall: a custom element that a layout's `wall.ts` registers as `parvis-layout-<id>`.
 * The stage calls these, in the order below; a layout draws what it likes in its own light DOM.
 */
export abstract class Layout extends HTMLElement {
  /** First call: take over what the server drew (`posts`, already in the page), redrawing nothing that is right. */
  abstract adopt(posts: readonly HTMLElement[], snapshot: Snapshot): void;
  /** A card came, or came again changed. It may wait its turn; its older self must not stay. */
  abstract show(card: Card, snapshot: Snapshot): void;
  /** The post goes in this very frame, also from whatever waits. */
  abstract hide(post: string, snapshot: Snapshot): void;
  /** Everything may have changed (snapshot loaded anew, settings): what is no more goes in this very frame. */
  abstract renew(snapshot: Snapshot): void;
  /** The box has another size. */
  abstract resize(box: Box): void;
  /** What new posts have to wait. */
  waiting(): Waiting {
    return { posts: 0, seconds: 0 };
  }
  /** Ten minutes have gone: what never moves moves to another place. The stage has covered the screen. */
  shift(): void {}
}
