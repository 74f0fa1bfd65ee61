import { after, type Cancel, now } from "./clock";
import { motif } from "./motif";
import { paste } from "./paste";
import { drawSlab, fitSlab, holdOf, pictureOf, turnPage } from "./slab";
import type { Standing } from "./turns";
import type { Card } from "./wire";

/** How a card comes: on which slab, with which decoded picture, whether it is pasted, and what a layout adds to it. */
export interface Given {
  readonly slab?: HTMLElement | undefined;
  readonly picture?: HTMLImageElement | undefined;
  readonly moves?: boolean;
  readonly furnish?: (slab: HTMLElement, card: Card) => void;
}

/** However many pages a post takes, it yields by then to one that waits: no text keeps a wall to itself. */
const LONGEST_MS = 120_000;

/** One fixed place on the wall. The brand's motif shows wherever no post stands. */
export class Cell {
  readonly element = document.createElement("div");
  slab: HTMLElement | undefined;
  card: Card | undefined;
  readyAt = 0;
  bornAt = -Infinity;
  near: readonly number[] = [];
  pictures = false;
  private pages = 1;
  private paging: Cancel = () => undefined;
  private uncover: Cancel = () => undefined;

  constructor() {
    this.element.className = "cell";
  }

  standing(): Standing {
    const { readyAt, bornAt, pictures, near } = this;
    return { post: this.card?.post, readyAt, bornAt, pictures, near };
  }

  /** The motif behind whatever stands here. */
  dress(title: string, turn: number): void {
    this.element.querySelector(".motif")?.remove();
    this.element.insertBefore(motif(title, turn), this.element.firstChild);
  }

  /**
   * Puts `card` here, on `slab` as the server drew it or on a new one; gives when the turn is over. What stood here is
   * covered and then goes. `moves`: whether it is pasted; else it stands at once.
   */
  put(card: Card, lang: string, u: number, top: number, given?: Given): number {
    this.stop();
    const old = this.slab;
    const slab = given?.slab ?? document.createElement("article");
    drawSlab(slab, card, lang, given?.picture);
    given?.furnish?.(slab, card);
    this.slab = slab;
    this.card = card;
    if (slab.parentNode !== this.element) this.element.append(slab);
    const hold = this.fit(u, top);
    const gone = (): void => {
      if (old && old !== slab) old.remove();
    };
    let ms = 0;
    if (given?.moves) {
      const pasted = paste(slab, gone);
      this.uncover = pasted.stop;
      ms = pasted.ms;
    } else gone();
    this.bornAt = now() + ms;
    this.readyAt = now() + ms + hold; // the hold begins when the label stands
    return now() + ms;
  }

  /** Sizes the words, and starts turning their pages when they take more than one; gives how long they need, ms. */
  fit(u: number, top: number): number {
    if (!this.slab || !this.card) return 0;
    this.pages = fitSlab(this.slab, u, top);
    this.cut();
    const hold = holdOf(this.card.text, this.pages);
    this.paging();
    if (this.pages > 1) this.turn(0, hold);
    return Math.min(hold * this.pages, LONGEST_MS);
  }

  /** The post goes in this very frame: the brand's field and motif stand there. */
  clear(): void {
    this.stop();
    this.slab?.remove();
    this.slab = undefined;
    this.card = undefined;
    this.readyAt = 0;
    this.bornAt = -Infinity;
  }

  /** Moves another cell's post here as it stands. */
  take(other: Cell): void {
    other.stop();
    const { slab, card, readyAt, bornAt } = other;
    if (slab) this.element.append(slab);
    Object.assign(this, { slab, card, readyAt, bornAt });
    other.slab = other.card = undefined;
  }

  stop(): void {
    this.paging();
    this.uncover();
    this.uncover = () => undefined;
  }

  /** A notch takes the cell's own corner: no thread of the picture may shine round it. */
  private cut(): void {
    const classes = this.slab?.classList;
    const notch = classes?.contains("shows") === true && !classes.contains("panel");
    const right = this.slab?.dir === "rtl" || document.documentElement.dir === "rtl";
    this.element.classList.toggle("cut-left", notch && !right);
    this.element.classList.toggle("cut-right", notch && right);
  }

  private turn(page: number, hold: number): void {
    this.paging = after(hold, () => {
      const next = (page + 1) % this.pages;
      if (this.slab) turnPage(this.slab, next, this.pages);
      this.turn(next, hold);
    });
  }
}

/** Whether a picture of the card can stand here. */
export function shows(card: Card): boolean {
  return pictureOf(card) !== undefined;
}
