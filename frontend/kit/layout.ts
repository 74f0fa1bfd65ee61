import type { Card, Snapshot } from "./wire";

/** The measured box of a layout, px. `u` is 1 % of the short side (1.8 % of it on a strip longer than 4:1). */
export interface Box {
  readonly width: number;
  readonly height: number;
  readonly u: number;
}

/** The box of an element as it stands. */
export function measure(element: Element): Box {
  const { width, height } = element.getBoundingClientRect();
  const short = Math.min(width, height);
  const long = Math.max(width, height);
  return { width, height, u: (long > 4 * short ? 0.018 : 0.01) * short };
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
}
