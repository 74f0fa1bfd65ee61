import { Cell, type Given, shows } from "./cell";
import { joinOf } from "./brand";
import { after, type Cancel, now } from "./clock";
import { type Box, Layout, type Waiting } from "./layout";
import { near, type Place, type Plan, planFor, turned } from "./plan";
import { isCalm } from "./paste";
import { Preparing } from "./prepare";
import { ROTATE_MS, stays, Turns } from "./turns";
import type { Card, Snapshot, WallFace } from "./wire";

const REFILL_MS = 400;

/** Whether the wall is read from the right. */
export function isMirrored(): boolean {
  return document.documentElement.dir === "rtl";
}

/** Which place the server drew the post in. */
function placeOf(slab: HTMLElement): number {
  const cell = slab.parentElement;
  return cell?.parentElement ? Array.prototype.indexOf.call(cell.parentElement.children, cell) as number : -1;
}

/**
 * A layout of fixed cells. New posts cover the slab that has been readable for longest, one at a time; nothing that can
 * be read ever moves. A layout says its plans, and draws what stands besides posts.
 */
export abstract class Cells extends Layout {
  protected abstract readonly plans: readonly Plan[];
  /** Largest step of the type scale. */
  protected top = 6.5;
  protected plan: Plan | undefined;
  protected box: Box = { width: 0, height: 0, u: 10 };
  protected cells: Cell[] = [];
  protected snapshot: Snapshot | undefined;
  protected turns = new Turns(this.pace());
  private facing = "";
  private face = 0;
  private timer: Cancel = () => undefined;
  private placing = false;
  private readonly preparing = new Preparing(() => this.pump());

  /** Draws or draws again what is no post; called when box, plan or wall changed. */
  protected abstract decorate(wall: WallFace, plan: Plan): void;

  /** How often an older post takes a turn while nothing new waits, ms. */
  protected pace(): number {
    return ROTATE_MS;
  }

  disconnectedCallback(): void {
    for (const cell of this.cells) cell.stop();
    this.timer();
  }

  adopt(posts: readonly HTMLElement[], snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.addEventListener("parvis-lost", ({ target }) => {
      for (const cell of this.cells) if (cell.slab === target) cell.fit(this.box.u, this.top);
    });
    this.replan();
    for (const card of snapshot.cards) {
      const slab = posts.filter((post) => post.dataset["postId"] === card.post)[0];
      const cell = this.cells[slab ? placeOf(slab) : posts.length > 0 ? -1 : this.seat(card)];
      if (!cell || cell.card) continue;
      this.choose(cell, card);
      this.put(cell, card, { slab });
      this.turns.placed(card.post);
      if (this.pace() > 0) cell.readyAt = 0; // the first cards give way to the first new post at once
    }
    for (const post of posts) if (!this.contains(post)) post.remove();
    this.turns.open(now());
    this.bringPinned();
    this.pump();
  }

  /** What was pinned and does not stand takes the next turn. */
  private bringPinned(): void {
    for (const post of stays(this.snapshot!, this.cells.length)) {
      if (!this.cells.some((cell) => cell.card?.post === post)) this.turns.ask(post);
    }
  }

  show(card: Card, snapshot: Snapshot): void {
    this.snapshot = snapshot;
    const cell = this.cells.filter((one) => one.card?.post === card.post)[0];
    if (cell) this.redraw(cell, card);
    else this.turns.ask(card.post);
    this.turns.keep(snapshot);
    // A slab whose post fell off the end of the list stands until it is covered: nobody hid it.
    this.later(0); // once for all that came together
  }

  hide(post: string, snapshot: Snapshot): void {
    this.snapshot = snapshot;
    for (const cell of this.cells) if (cell.card?.post === post) cell.clear();
    // Also one that is just being covered by another.
    for (const slab of Array.from(this.querySelectorAll<HTMLElement>("[data-post-id]"))) {
      if (slab.dataset["postId"] === post) slab.remove();
    }
    this.turns.forget(post);
    this.later(REFILL_MS);
  }

  renew(snapshot: Snapshot): void {
    const newest = this.snapshot?.cards[0]?.order ?? -Infinity;
    this.snapshot = snapshot;
    this.turns.keep(snapshot);
    for (const cell of this.cells) {
      if (cell.card && !snapshot.cards.some((card) => card.post === cell.card?.post)) cell.clear();
    }
    this.replan(true);
    for (const card of snapshot.cards.slice().reverse()) {
      const cell = this.cells.filter((one) => one.card?.post === card.post)[0];
      if (!cell) {
        if (card.order > newest) this.turns.ask(card.post);
      } else if (JSON.stringify(cell.card) !== JSON.stringify(card)) this.redraw(cell, card);
    }
    this.bringPinned();
    this.pump();
  }

  resize(box: Box): void {
    this.box = box;
    this.replan();
    for (const cell of this.cells) cell.fit(box.u, this.top);
  }

  override waiting(): Waiting {
    const posts = this.turns.length;
    const hold = this.cells.reduce((sum, cell) => sum + Math.max(0, cell.readyAt - cell.bornAt), 0);
    const each = Math.max(3900, hold / Math.max(1, this.cells.length * this.cells.length));
    return { posts, seconds: Math.ceil((posts * each) / 1000) };
  }

  /** Where brand and motif stand changes, so that no pixel shows the same for long. */
  override shift(): void {
    this.face = (this.face + 1) % 4;
    this.replan();
  }

  /** The cell for a card of the first frame: the first free one that suits it, as the server seats them. */
  protected seat(card: Card): number {
    const own = this.cells.findIndex((cell) => !cell.card && cell.pictures === shows(card));
    return own >= 0 ? own : this.cells.findIndex((cell) => !cell.card);
  }

  /** Before a card is put in a cell: a layout may choose its form. */
  protected choose(_cell: Cell, _card: Card): void {}

  /** What a layout adds to a slab, drawn and not yet sized. */
  protected furnish(_slab: HTMLElement, _card: Card): void {}

  private put(cell: Cell, card: Card, given: Given): void {
    const furnish = (slab: HTMLElement, one: Card): void => this.furnish(slab, one);
    cell.put(card, this.snapshot?.wall.lang ?? "", this.box.u, this.top, { ...given, furnish });
  }

  /** Puts `element` on its place, counted from the side on which reading starts. */
  protected lay(element: HTMLElement, [left, top, width, height, field]: Place, { columns, rows }: Plan): void {
    const percent = (part: number, of: number): string => `${(part * 100) / of}%`;
    element.style.left = percent(isMirrored() ? columns - left - width : left, columns);
    element.style.top = percent(top, rows);
    element.style.width = percent(width, columns);
    element.style.height = percent(height, rows);
    element.dataset["field"] = String(field);
  }

  /** Another shape of box, theme or side: the posts that stand keep their order, in the new cells. */
  private replan(dress = false): void {
    const wall = this.snapshot?.wall;
    if (!wall || !this.box.height) return;
    const base = planFor(this.plans, this.box, wall.theme, joinOf() !== "");
    const facing = `${base.name} ${base.theme ?? ""} ${this.face} ${isMirrored()}`;
    const fresh = facing !== this.facing;
    if (fresh) {
      this.facing = facing;
      const plan = (this.plan = turned(base, this.face));
      const before = this.cells;
      this.cells = plan.cells.map((place, at) => {
        const cell = new Cell();
        cell.near = near(plan.cells, at);
        cell.pictures = place[5] === "p";
        this.lay(cell.element, place, plan);
        this.append(cell.element);
        return cell;
      });
      before.forEach((cell, at) => this.cells[at]?.take(cell));
      for (const cell of before) {
        cell.clear();
        cell.element.remove();
      }
    }
    if (fresh || dress) this.cells.forEach((cell, at) => cell.dress(wall.title, at));
    if (this.plan) this.decorate(wall, this.plan);
    if (fresh) for (const cell of this.cells) cell.fit(this.box.u, this.top);
  }

  private redraw(cell: Cell, card: Card): void {
    if (cell.slab) this.put(cell, card, { slab: cell.slab });
  }

  private place(cell: Cell, card: Card, picture: HTMLImageElement | undefined): void {
    const turn = cell.card !== undefined;
    if (turn || this.cells.length === 1) this.recolour(cell);
    this.choose(cell, card);
    this.turns.placed(card.post);
    this.placing = true;
    const begun = (end: number): void => {
      this.placing = false;
      if (turn) this.turns.placed(card.post, end);
      this.later(0);
    };
    this.put(cell, card, { picture, moves: true, begun });
  }

  /** Another field than before, and than any that shares an edge. */
  private recolour(cell: Cell): void {
    const fieldOf = (element: HTMLElement): string => element.dataset["field"] ?? "";
    const own = fieldOf(cell.element);
    const edges = this.edges(cell);
    for (let step = 1; step < 4; step++) {
      const field = String(((Number(own) - 1 + step) % 4) + 1);
      if (edges.indexOf(field) >= 0) continue;
      if (cell.slab) cell.slab.dataset["field"] = own; // what is being covered keeps its colour
      cell.element.dataset["field"] = field;
      return;
    }
  }

  private edges(cell: Cell): string[] {
    const plan = this.plan!;
    const fields = cell.near.map((at) => this.cells[at]!.element.dataset["field"] ?? "");
    const others = [plan.brand, plan.mini].filter((place): place is Place => place !== undefined);
    const at = this.cells.indexOf(cell);
    for (const other of others) {
      const pair = [plan.cells[at]!, other];
      if (near(pair, 0).length > 0) fields.push(String(other[4]));
    }
    return fields;
  }

  private pump(): void {
    for (let turn = 0; this.snapshot && !this.placing && turn <= this.cells.length; turn++) {
      const next = this.turns.next(this.cells.map((cell) => cell.standing()), this.snapshot, now(), shows);
      if (next.do === "rest") return;
      if (next.do === "wait") {
        const soon = this.turns.line(this.cells.map((cell) => cell.card?.post), this.snapshot)[0];
        if (soon) this.preparing.of(soon, this.snapshot.wall.lang); // ready when its turn comes
        return this.later(next.ms);
      }
      const ready = this.preparing.of(next.card, this.snapshot.wall.lang);
      if (!ready) return; // `Preparing` calls again
      this.place(this.cells[next.cell]!, next.card, ready.picture);
    }
    if (!this.placing) this.later(REFILL_MS);
  }

  protected later(ms: number): void {
    this.timer();
    this.timer = after(ms, () => this.pump());
  }

  /** Whether the wall fades instead of moving. */
  protected get calm(): boolean {
    return isCalm();
  }
}
