import { after, type Box, type Cancel, type Card, drawSlab, fit, fitSlab, holdOf, Layout, now, type Snapshot, turnPage, type WallFace } from "@parvis/kit";
import { type Place, type Plan, planFor } from "./cells";
import { type Standing, Turns } from "./turns";

const COVER_MS = 700;
const REFILL_MS = 400;
/** However many pages a post takes, it yields by then to one that waits: no text keeps a wall to itself. */
const LONGEST_MS = 120_000;
const TOP = 6.5;

function isMirrored(): boolean {
  return document.documentElement.dir === "rtl";
}

/** One fixed place on the wall. Its own field shows wherever no post stands. */
class Cell {
  readonly element = document.createElement("div");
  slab: HTMLElement | undefined;
  card: Card | undefined;
  readyAt = 0;
  private pages = 1;
  private paging: Cancel = () => undefined;
  private uncover: Cancel = () => undefined;

  standing(): Standing | undefined {
    return this.card && { post: this.card.post, readyAt: this.readyAt };
  }

  /** Puts `slab`, drawn, over whatever stood here; the old one goes when it is covered. */
  set(slab: HTMLElement, card: Card, covers: boolean): void {
    this.uncover();
    this.paging();
    const old = this.slab;
    this.slab = slab;
    this.card = card;
    if (slab.parentNode !== this.element) this.element.append(slab);
    slab.classList.toggle("arrives", covers);
    const done = (): void => {
      slab.classList.remove("arrives");
      if (old && old !== slab) old.remove();
    };
    if (!covers) return done();
    const cancel = after(COVER_MS, done);
    this.uncover = () => {
      cancel();
      done();
    };
  }

  /** Sizes the words, and starts turning their pages when they take more than one; gives how long they stand, ms. */
  fit(u: number): number {
    if (!this.slab || !this.card) return 0;
    this.pages = fitSlab(this.slab, u, TOP);
    const hold = holdOf(this.card.text, this.pages);
    this.paging();
    if (this.pages > 1) this.turn(0, hold);
    return Math.min(hold * this.pages, LONGEST_MS);
  }

  clear(): void {
    this.paging();
    this.uncover();
    this.slab?.remove();
    this.slab = undefined;
    this.card = undefined;
    this.readyAt = 0;
  }

  private turn(page: number, hold: number): void {
    this.paging = after(hold, () => {
      const next = (page + 1) % this.pages;
      if (this.slab) turnPage(this.slab, next, this.pages);
      this.turn(next, hold);
    });
  }
}

/** Columns of slabs in fixed cells. New posts cover the slab that has been readable for longest; nothing else moves. */
class Plain extends Layout {
  private plan: Plan | undefined;
  private mirrored = false;
  private u = 10;
  private cells: Cell[] = [];
  private readonly brand = document.createElement("div");
  private readonly turns = new Turns();
  private snapshot: Snapshot | undefined;
  private timer: Cancel = () => undefined;

  disconnectedCallback(): void {
    this.timer();
    for (const cell of this.cells) cell.clear();
  }

  adopt(posts: readonly HTMLElement[], snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.brand.className = "cell brand";
    this.append(this.brand);
    this.drawBrand(snapshot.wall);
    snapshot.cards.slice(0, this.cells.length).forEach((card, at) => {
      const drawn = posts.filter((post) => post.dataset["postId"] === card.post)[0];
      this.place(this.cells[at]!, card, drawn);
      this.cells[at]!.readyAt = 0; // the first cards give way to the first new post at once
    });
    for (const post of posts) if (!this.contains(post)) post.remove();
    this.turns.open(now());
    this.pump();
  }

  show(card: Card, snapshot: Snapshot): void {
    this.snapshot = snapshot;
    const cell = this.cells.filter((one) => one.card?.post === card.post)[0];
    if (cell) this.place(cell, card, cell.slab);
    else this.turns.ask(card.post);
    this.turns.keep(snapshot);
    // A slab whose post fell off the end of the list stands until it is covered: nobody hid it.
    this.pump();
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
    this.clean(snapshot);
    if (this.plan && this.mirrored !== isMirrored()) this.rebuild(this.plan);
    this.drawBrand(snapshot.wall);
    for (const card of snapshot.cards.slice().reverse()) {
      const cell = this.cells.filter((one) => one.card?.post === card.post)[0];
      if (!cell) {
        if (card.order > newest) this.turns.ask(card.post);
      } else if (JSON.stringify(cell.card) !== JSON.stringify(card)) {
        this.place(cell, card, cell.slab);
      }
    }
    this.pump();
  }

  resize(box: Box): void {
    const plan = planFor(box.width, box.height);
    this.u = box.u;
    if (plan.name !== this.plan?.name) this.rebuild(plan);
    for (const cell of this.cells) cell.fit(this.u);
    this.fitBrand();
  }

  /** Another shape of box: the posts that stand keep their order, in the new cells. */
  private rebuild(plan: Plan): void {
    this.plan = plan;
    this.mirrored = isMirrored();
    const standing = this.cells.map(({ slab, card, readyAt }) => ({ slab, card, readyAt }));
    for (const cell of this.cells) {
      cell.clear();
      cell.element.remove();
    }
    this.cells = plan.cells.map((place) => {
      const cell = new Cell();
      cell.element.className = "cell";
      this.lay(cell.element, place, plan);
      this.insertBefore(cell.element, this.brand.parentNode ? this.brand : null);
      return cell;
    });
    this.lay(this.brand, plan.brand, plan);
    standing
      .filter((one) => one.card)
      .slice(0, this.cells.length)
      .forEach((one, at) => {
        this.cells[at]!.readyAt = one.readyAt;
        this.cells[at]!.set(one.slab!, one.card!, false);
      });
    if (this.snapshot) this.pump();
  }

  private lay(element: HTMLElement, [left, top, width, height, field]: Place, { columns, rows }: Plan): void {
    // Places count from the side on which reading starts.
    const percent = (part: number, of: number): string => `${(part * 100) / of}%`;
    element.style.left = percent(this.mirrored ? columns - left - width : left, columns);
    element.style.top = percent(top, rows);
    element.style.width = percent(width, columns);
    element.style.height = percent(height, rows);
    element.dataset["field"] = String(field);
  }

  private place(cell: Cell, card: Card, drawn: HTMLElement | undefined): void {
    const slab = drawn ?? document.createElement("article");
    const covers = !drawn && cell.slab !== undefined;
    drawSlab(slab, card, this.snapshot?.wall.lang ?? "");
    slab.classList.toggle("broad", cell.element.clientWidth > 1.35 * cell.element.clientHeight);
    cell.set(slab, card, covers);
    cell.readyAt = now() + cell.fit(this.u);
    this.turns.placed(card.post, now(), covers);
  }

  /** What the snapshot no longer holds leaves at once. */
  private clean(snapshot: Snapshot): void {
    for (const cell of this.cells) {
      if (cell.card && !snapshot.cards.some((card) => card.post === cell.card?.post)) cell.clear();
    }
  }

  private pump(): void {
    for (let turn = 0; this.snapshot && turn <= this.cells.length; turn++) {
      const next = this.turns.next(this.cells.map((cell) => cell.standing()), this.snapshot, now());
      if (next.do === "wait") return this.later(next.ms);
      if (next.do === "rest") return;
      this.place(this.cells[next.cell]!, next.card, undefined);
    }
    this.later(REFILL_MS);
  }

  private later(ms: number): void {
    this.timer();
    this.timer = after(ms, () => this.pump());
  }

  private drawBrand(wall: WallFace): void {
    const title = document.createElement("p");
    title.className = "title";
    title.textContent = wall.title;
    const tags = document.createElement("div");
    tags.className = "tags words";
    const tag = document.createElement("p");
    tag.textContent = (wall.hashtags ?? []).slice(0, 1).map((word) => (word.charAt(0) === "#" ? word : `#${word}`)).join("");
    tags.append(tag);
    this.brand.replaceChildren(title, tags);
    this.fitBrand();
  }

  private fitBrand(): void {
    const tags = this.brand.querySelector<HTMLElement>(".tags");
    const tag = tags?.firstElementChild as HTMLElement | null | undefined;
    if (!tags || !tag) return;
    tag.classList.remove("breaks");
    if (fit(tag, tags, this.u, 4)) return;
    tag.classList.add("breaks");
    fit(tag, tags, this.u, 4);
  }
}

if (!customElements.get("parvis-layout-plain")) customElements.define("parvis-layout-plain", Plain);
