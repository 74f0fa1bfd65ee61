import { after, type Box, type Cancel, type Card, drawSlab, fitSlab, holdOf, joinOf, Layout, measure, motif, now, paste, Preparing, type Snapshot, turnPage, Turns, type Waiting, type WallFace } from "@parvis/kit";
import { Block } from "./block";

const RHYTHM_MS = 2400;
const LABEL = 0.21; // of a row's height
const SMALL = 0.155; // a label too long for its row
const ROW = 8; // a row's width by its height, about
const MOST_ROWS = 6;
const DEEP = 1.3; // a row so much higher than its type has room for a label below the words
const LOOK_AHEAD = 8; // so many cards are tried for what is left of a row
const FACE_MS = 12_000;
const INSIDE = 0.84; // of a row's height is for the code
const CODE = 0.18; // of the short side: a phone reads it from across the room
const BESIDE = 2.6; // a code and its address beside it, by the code's size
const MARGIN = 0.2; // beside them, of the type's row
const MOST_BLOCK = 46;
const FIELDS = ["0", "3", "1", "2"];

/** One line of whole posts. It turns its page; it never crawls. */
class Row {
  readonly element = document.createElement("div");
  bill: HTMLElement | undefined;
  cards: Card[] = [];
  readyAt = 0;
  private stop: Cancel = () => undefined;
  private paging: Cancel = () => undefined;

  constructor() {
    this.element.className = "row";
  }

  /** Pastes `bill`, drawn and measured, over the page that stands; gives when the turn is over. */
  put(bill: HTMLElement, cards: Card[], pages: number, moves: boolean): number {
    this.halt();
    const old = this.bill;
    this.bill = bill;
    this.cards = cards;
    bill.classList.remove("measured");
    const pasted = moves ? paste(bill, () => old?.remove()) : undefined;
    this.stop = pasted?.stop ?? ((): void => undefined);
    if (!pasted) old?.remove();
    const end = now() + (pasted?.ms ?? 0);
    const words = cards.map((card) => card.text).join(" ");
    const hold = holdOf(words, pages);
    this.readyAt = end + hold * pages;
    if (pages > 1) this.turn(bill.querySelector<HTMLElement>(".slab")!, 0, pages, hold);
    return end;
  }

  /** The post goes in this frame; what stands beside it does not move: the motif takes its place. */
  hide(post: string): void {
    for (const slab of Array.from(this.element.querySelectorAll<HTMLElement>("[data-post-id]"))) {
      if (slab.dataset["postId"] !== post) continue;
      slab.style.width = `${slab.offsetWidth}px`;
      slab.removeAttribute("data-post-id");
      slab.className = "slab gone";
      slab.replaceChildren(motif(document.title, 0));
    }
    this.cards = this.cards.filter((card) => card.post !== post);
  }

  halt(): void {
    this.paging();
    this.stop();
    this.stop = () => undefined;
  }

  private turn(slab: HTMLElement, page: number, pages: number, hold: number): void {
    this.paging = after(hold, () => {
      turnPage(slab, (page + 1) % pages, pages);
      this.turn(slab, (page + 1) % pages, pages, hold);
    });
  }
}

/** The brand, then whole posts in a line, or several lines where the box is higher than a ticker. */
class Ticker extends Layout {
  private readonly brand = new Block();
  private readonly turns = new Turns(0);
  private rows: Row[] = [];
  private box: Box = { width: 0, height: 0, u: 10 };
  private snapshot: Snapshot | undefined;
  private lastEnd = -Infinity;
  private dressed = "";
  private timer: Cancel = () => undefined;
  private facing: Cancel = () => undefined;
  private readonly preparing = new Preparing(() => this.pump());

  disconnectedCallback(): void {
    this.timer();
    this.facing();
    for (const row of this.rows) row.halt();
  }

  adopt(posts: readonly HTMLElement[], snapshot: Snapshot): void {
    this.snapshot = snapshot;
    for (const post of posts) post.remove();
    this.rebuild();
  }

  show(card: Card, snapshot: Snapshot): void {
    this.snapshot = snapshot;
    const row = this.rows.filter((one) => one.cards.some((other) => other.post === card.post))[0];
    if (row) this.fill(row, row.cards.map((other) => (other.post === card.post ? card : other)), false);
    else this.turns.ask(card.post);
    this.turns.keep(snapshot);
    this.pump();
  }

  hide(post: string, snapshot: Snapshot): void {
    this.snapshot = snapshot;
    for (const row of this.rows) row.hide(post);
    this.turns.forget(post);
    this.pump();
  }

  renew(snapshot: Snapshot): void {
    const newest = this.snapshot?.cards[0]?.order ?? -Infinity;
    this.snapshot = snapshot;
    this.turns.keep(snapshot);
    for (const row of this.rows) {
      for (const card of row.cards) {
        const fresh = snapshot.cards.filter((one) => one.post === card.post)[0];
        if (!fresh) row.hide(card.post);
      }
      const fresh = row.cards.map((card) => snapshot.cards.filter((one) => one.post === card.post)[0]!);
      if (JSON.stringify(fresh) !== JSON.stringify(row.cards)) this.fill(row, fresh, false);
    }
    for (const card of snapshot.cards.slice().reverse()) {
      if (card.order > newest && !this.standing().some((post) => post === card.post)) this.turns.ask(card.post);
    }
    this.dress(snapshot.wall);
    this.pump();
  }

  resize(box: Box): void {
    this.box = box;
    if (this.snapshot) this.rebuild();
  }

  override waiting(): Waiting {
    const posts = this.turns.length;
    const per = Math.max(1, this.standing().length / Math.max(1, this.rows.length));
    return { posts, seconds: Math.ceil((posts / per) * 8) };
  }

  private standing(): string[] {
    return this.rows.reduce<string[]>((all, row) => all.concat(row.cards.map((card) => card.post)), []);
  }

  /** The rows for this box; what stood is set anew, in its order. */
  private rebuild(): void {
    const { width, height } = this.box;
    if (!height || !this.snapshot) return;
    const most = width < this.short() ? MOST_ROWS - 1 : MOST_ROWS; // labels of a narrow part need more lines
    const number = Math.max(1, Math.min(most, Math.round((ROW * height) / width)));
    const before = this.rows.reduce<Card[]>((all, row) => all.concat(row.cards), []);
    for (const row of this.rows) row.halt();
    this.rows = Array.from({ length: number }, () => new Row());
    this.style.setProperty("--row", `${height / number}px`);
    this.style.setProperty("--type", `${this.type()}px`);
    this.style.setProperty("--block", `${this.share(height / number)}%`);
    this.classList.toggle("deep", number > 1 && height / number > DEEP * this.type());
    this.replaceChildren(...this.rows.map((row) => row.element));
    this.rows[0]!.element.append(this.brand.element);
    this.dressed = "";
    this.dress(this.snapshot.wall);
    let rest = before.length > 0 ? before : this.snapshot.cards.slice();
    for (const row of this.rows) {
      const put = this.fill(row, rest, false);
      rest = rest.filter((card) => put.indexOf(card) < 0);
    }
    this.lastEnd = now() - RHYTHM_MS;
    this.pump();
  }

  private dress(wall: WallFace): void {
    const worn = JSON.stringify([wall.title, wall.hashtags, wall.look]);
    if (this.dressed === worn) return;
    this.dressed = worn;
    this.brand.draw(wall, (LABEL * this.type()) / 2.6, this.code(this.box.height / Math.max(1, this.rows.length)));
    this.facing();
    if (this.brand.faces > 1) this.facing = after(FACE_MS, () => this.turnBrand());
  }

  /** The way to join takes its turn with the name: one thing moves at a time. */
  private turnBrand(): void {
    const start = this.lastEnd + RHYTHM_MS;
    if (start > now()) {
      this.facing = after(start - now(), () => this.turnBrand());
      return;
    }
    this.lastEnd = now() + this.brand.turn();
    this.facing = after(FACE_MS, () => this.turnBrand());
  }

  /** How large a code is here, px: a row's height, and on a screen of several rows no larger than phones need. */
  private code(row: number): number {
    const short = Math.min(this.box.width, this.box.height);
    return this.rows.length > 1 ? Math.min(INSIDE * row, CODE * short) : INSIDE * row;
  }

  /** The brand's share of the first row, hundredths: room for a code with its address beside it, where one is shown. */
  private share(row: number): number {
    const { width, height } = this.box;
    const usual = width < 1.2 * height ? 46 : 22;
    if (!joinOf()) return usual;
    const wanted = (100 * (BESIDE * this.code(row) + 2 * MARGIN * this.type())) / width;
    return Math.max(usual, Math.min(MOST_BLOCK, wanted));
  }

  /** What type is measured by: a row's height, or less of it where the box is narrow. */
  private type(): number {
    const { width, height } = this.box;
    const least = 0.125 * this.short();
    return Math.min(height / Math.max(1, this.rows.length), Math.max(width / 9, least));
  }

  /** The screen's short side, px: that of the box is less where something else shares the screen. */
  private short(): number {
    const { width, height } = measure(this.parentElement ?? this);
    return Math.min(width, height);
  }

  /** Draws as many of `cards` as stand whole in the row, and puts them there; gives which. */
  private fill(row: Row, cards: readonly Card[], moves: boolean, picture?: HTMLImageElement): readonly Card[] {
    const bill = document.createElement("div");
    bill.className = "bill measured";
    const ground = document.createElement("div");
    ground.className = "paste";
    bill.append(ground);
    row.element.append(bill);
    const room = bill.clientWidth;
    const turn = Number(row.bill?.dataset["turn"] ?? this.rows.indexOf(row) - 1) + 1;
    bill.dataset["turn"] = String(turn);
    const put: Card[] = [];
    let used = 0;
    let pages = 1;
    for (const card of cards.slice(0, LOOK_AHEAD)) {
      const slab = document.createElement("article");
      drawSlab(slab, card, this.snapshot!.wall.lang, put.length === 0 ? picture : undefined);
      slab.dataset["field"] = FIELDS[(turn + put.length) % FIELDS.length]!;
      bill.append(slab);
      const wide = slab.offsetWidth;
      if (used + wide > room) {
        if (put.length > 0) {
          slab.remove(); // it is the first of the next page; a shorter one may still stand here
          continue;
        }
        slab.classList.add("long");
        pages = this.page(slab);
      }
      put.push(card);
      used += wide;
      if (used >= room) break;
    }
    for (const card of put) this.turns.placed(card.post);
    this.lastEnd = row.put(bill, put, pages, moves && row.bill !== undefined);
    if (put.length === 0) bill.append(motif(document.title, 0));
    return put;
  }

  /** A post longer than the row stands alone in it, in smaller lines, page by page if it must. */
  private page(slab: HTMLElement): number {
    const label = slab.querySelector<HTMLElement>(".label")!;
    const size = (): number => fitSlab(slab, (LABEL * this.type()) / 2.6, this.classList.contains("deep") ? 3 : 1.4);
    const pages = size();
    const legible = SMALL * this.type() > 0.0255 * this.short();
    if (!legible || label.offsetHeight <= 0.84 * slab.clientHeight) return pages;
    slab.classList.add("small");
    return size();
  }

  private pump(): void {
    this.timer();
    const snapshot = this.snapshot;
    if (!snapshot || this.rows.length === 0) return;
    const row = this.rows.reduce((oldest, one) => (one.readyAt < oldest.readyAt ? one : oldest));
    const next = this.turns.line(this.standing(), snapshot);
    if (next.length === 0) return;
    const ready = this.preparing.of(next[0]!, snapshot.wall.lang);
    const start = Math.max(row.readyAt, this.lastEnd + RHYTHM_MS);
    if (start > now()) {
      this.timer = after(start - now(), () => this.pump());
      return;
    }
    if (!ready) return; // `Preparing` calls again
    this.fill(row, next, true, ready.picture);
    this.timer = after(RHYTHM_MS, () => this.pump());
  }
}

if (!customElements.get("parvis-layout-ticker")) customElements.define("parvis-layout-ticker", Ticker);
