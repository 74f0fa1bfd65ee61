import { after, type Cancel, now } from "./clock";
import { motif } from "./motif";
import { paste } from "./paste";
import { inPieces, type Rests, whole } from "./fit";
import { drawSlab, fittingSlab, holdOf, pictureOf, turnPage } from "./slab";
import type { Standing } from "./turns";
import type { Card } from "./wire";

/** How a card comes: on which slab, with which decoded picture, whether it is pasted, and what a layout adds to it. */
export interface Given {
  readonly slab?: HTMLElement | undefined;
  readonly picture?: HTMLImageElement | undefined;
  readonly moves?: boolean;
  /** Told when it moves, with the end of its turn. */
  readonly begun?: (end: number) => void;
  readonly furnish?: (slab: HTMLElement, card: Card) => void;
}

/** However many pages a post takes, it yields by then to one that waits: no text keeps a wall to itself. */
const LONGEST_MS = 120_000;

const SOON_MS = 300;

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
   * Puts `card` here, on `slab` as the server drew it or on a new one. What stood here is covered and then goes.
   * `moves`: whether it is pasted, when it is drawn and sized, each in a task of its own; else it stands at once.
   */
  put(card: Card, lang: string, u: number, top: number, given?: Given): void {
    this.stop();
    const old = this.slab;
    const slab = given?.slab ?? document.createElement("article");
    drawSlab(slab, card, lang, given?.picture);
    given?.furnish?.(slab, card);
    this.slab = slab;
    this.card = card;
    if (slab.parentNode !== this.element) this.element.append(slab);
    const gone = (): void => {
      if (old && old !== slab) old.remove();
    };
    if (given?.moves) return this.come(slab, this.sizing(u, top), gone, given.begun);
    this.stands(0, this.fit(u, top));
    gone();
  }

  /** Sizes the slab, then pastes it: on a slow screen one task for all would hold up what moves elsewhere. */
  private come(slab: HTMLElement, sizing: Rests<number>, gone: () => void, begun?: (end: number) => void): void {
    slab.classList.add("waits");
    this.bornAt = this.readyAt = Infinity;
    const paint = (hold: number): void => {
      slab.classList.remove("waits");
      const pasted = paste(slab, gone);
      this.uncover = pasted.stop;
      this.stands(pasted.ms, hold);
      this.element.dispatchEvent(new CustomEvent("parvis-turn", { bubbles: true, detail: pasted.ms }));
      begun?.(this.bornAt);
    };
    const cancel = inPieces(sizing, paint);
    this.uncover = () => {
      cancel();
      slab.classList.remove("waits");
      this.stands(0, 0);
      gone();
      begun?.(this.bornAt);
    };
  }

  private stands(ms: number, hold: number): void {
    this.bornAt = now() + ms;
    this.readyAt = now() + ms + hold; // the hold begins when the label stands
  }

  /** Sizes the words, and starts turning their pages when they take more than one; gives how long they need, ms. */
  fit(u: number, top: number): number {
    return whole(this.sizing(u, top));
  }

  private *sizing(u: number, top: number): Rests<number> {
    if (!this.slab || !this.card) return 0;
    this.pages = yield* fittingSlab(this.slab, u, top);
    this.cut();
    const hold = this.hold();
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
    const uncover = this.uncover;
    this.uncover = () => undefined;
    uncover();
  }

  /** A notch takes the cell's own corner: no thread of the picture may shine round it. */
  private cut(): void {
    const classes = this.slab?.classList;
    const notch = classes?.contains("shows") === true && !classes.contains("panel");
    const right = this.slab?.dir === "rtl" || document.documentElement.dir === "rtl";
    this.element.classList.toggle("cut-left", notch && !right);
    this.element.classList.toggle("cut-right", notch && right);
  }

  private hold(): number {
    return holdOf(this.card?.text ?? "", this.pages);
  }

  private turn(page: number, hold: number): void {
    this.paging = after(hold, () => {
      if (this.element.parentElement?.querySelector(".arrives")) return this.turn(page, SOON_MS); // one thing at a time
      const next = (page + 1) % this.pages;
      if (this.slab) turnPage(this.slab, next, this.pages);
      this.turn(next, this.hold());
    });
  }
}

/** Whether a picture of the card can stand here. */
export function shows(card: Card): boolean {
  return pictureOf(card) !== undefined;
}
