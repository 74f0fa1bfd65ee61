import { decoded, fontsFor } from "./scripts";
import { pictureOf } from "./slab";
import type { Card } from "./wire";

/** What a card needs before it is put up: its picture, decoded. */
export interface Prepared {
  readonly card: Card;
  readonly picture: HTMLImageElement | undefined;
}

/** Loads picture and typefaces of one card at a time, so that nothing appears half. */
export class Preparing {
  private wanted: Card | undefined;
  private held: Prepared | undefined;
  private readonly ready: () => void;

  /** `ready` is called whenever a card has become ready. */
  constructor(ready: () => void) {
    this.ready = ready;
  }

  /** The card with all it needs, or undefined: it is being fetched, and `ready` will say when. */
  of(card: Card, lang: string): Prepared | undefined {
    if (this.held?.card === card) return this.held;
    if (this.wanted === card) return undefined;
    this.wanted = card;
    const source = pictureOf(card)?.src;
    const picture = source ? document.createElement("img") : undefined;
    if (picture && source) picture.src = source;
    const words = `${card.text} ${card.author?.name ?? ""}`;
    const needs = Promise.all([picture ? decoded(picture) : true, fontsFor(words, card.lang || lang)]);
    void needs.then(() => {
      if (this.wanted !== card) return;
      this.wanted = undefined;
      this.held = { card, picture };
      this.ready();
    });
    return undefined;
  }
}
