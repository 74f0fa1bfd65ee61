import { html, type PropertyValues, type TemplateResult } from "lit";
import { Piece } from "../parts/piece";
import { failed, gist, loading, nameOf } from "../parts/small";
import { inSight, ROW, windowed } from "../parts/list";
import type { Decision } from "../state/api";
import { quoted } from "../state/format";
import { Bursts, isApart, type Line, linesOf, type Order } from "../state/line";
import type { Queued, State, Why } from "../state/types";
import { t } from "../words";
import { burst } from "./queue_burst";
import { AGAIN_MS, Claim } from "./queue_claim";
import { bareList, filter, VIEWS } from "./queue_filter";
import { doing } from "./queue_keys";
import { foot, post } from "./queue_post";
import { row } from "./queue_row";
import { Reason } from "./queue_reason";
import type { QueueSeat } from "./queue_seat";
import { why } from "./queue_why";
import "./queue_phone";

const CLAIM_AFTER_MS = 120;
const REREAD_MS = 1500;
const PAGE = 200;
const MOST = 2000;
const ORDERS: readonly Order[] = ["risk", "old", "new"];

/** What waits, one in hand, and why. Answers to a key are drawn at once; the server hears of them in order. */
class Queue extends Piece implements QueueSeat {
  static override properties = { narrow: { state: true } };
  declare narrow: boolean;
  items: readonly Queued[] = [];
  lines: readonly Line[] = [];
  chosen = "";
  order: Order = "risk";
  open = false;
  looking = false;
  unticked = new Set<string>();
  why: Why | "failed" | undefined;
  private apart = new Set<string>();
  private bursts = new Bursts();
  private gone = new Map<string, State>();
  private returned = new Map<string, Queued>();
  private past: { readonly line: Line; readonly at: number }[] = [];
  private state: "loading" | "failed" | "there" = "loading";
  private said = "";
  private seat = "";
  private whole = "";
  private counted = -1;
  private rereadTimer = 0;
  /** Nobody pointed at the line in hand: it is the next one, and gives way to a free one. */
  private given = true;
  private top = 0;
  private moved = false;
  private readonly claim = new Claim(() => this.desk);
  readonly reason = new Reason(() => this.desk);
  private height = 800;
  private readonly thin = matchMedia("(max-width: 759px)");

  constructor() {
    super();
    this.narrow = this.thin.matches;
  }

  get view(): string {
    return VIEWS.some(([name]) => name === this.desk.place.item) ? this.desk.place.item : "";
  }

  get ready(): boolean {
    return this.state === "there";
  }

  get line(): Line | undefined {
    return this.lines.find((one) => one.key === this.chosen);
  }

  /** Its place in the list; -1 when none is in hand. */
  private get at(): number {
    return this.lines.findIndex((one) => one.key === this.chosen);
  }

  /** Until when the line in hand is this person's; 0 when it is nobody's. */
  get mine(): number {
    return this.claim.until;
  }

  get item(): Queued | undefined {
    return this.line?.items[0];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("parvis-act", this.act as EventListener);
    addEventListener("parvis-acts", this.reread);
    this.thin.addEventListener("change", this.fits);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("parvis-act", this.act as EventListener);
    removeEventListener("parvis-acts", this.reread);
    this.thin.removeEventListener("change", this.fits);
    this.claim.drop();
  }

  private fits = (): void => {
    this.narrow = this.thin.matches;
  };

  protected override willUpdate(): void {
    const { desk } = this;
    const seat = `${desk.place.wall}/${this.view}`;
    if (seat !== this.seat) {
      this.claim.drop();
      this.seat = seat;
      this.items = [];
      this.bursts = new Bursts();
      this.chosen = "";
      this.whole = "";
      this.given = true;
      this.state = "loading";
      this.counted = -1;
      this.top = 0;
      void this.read();
    }
    const counts = desk.now?.counts;
    const total = counts ? this.states().reduce((sum, one) => sum + (counts[one] ?? 0), 0) : -1;
    if (total >= 0 && this.counted >= 0 && total !== this.counted && this.state === "there") this.reread();
    if (total >= 0) this.counted = total;
  }

  private states(): readonly State[] {
    return VIEWS.find(([name]) => name === this.view)![1];
  }

  private reread = (): void => {
    window.clearTimeout(this.rereadTimer);
    this.rereadTimer = window.setTimeout(() => void this.read(), this.state === "there" && this.desk.acts.size ? REREAD_MS : 60);
  };

  async read(): Promise<void> {
    const { desk, seat } = this, { turns } = desk.acts;
    const found: Queued[] = [];
    let before: number | undefined;
    try {
      do {
        const page = await desk.api.queue(desk.place.wall, this.states(), before, PAGE);
        if (seat !== this.seat || !this.isConnected) return;
        found.push(...page.items);
        before = page.before ?? undefined;
        if (found.length > this.items.length) this.take(found, turns);
      } while (before !== undefined && found.length < MOST);
      const first = this.whole !== seat;
      this.whole = seat;
      this.take(found, turns);
      if (first && this.given) this.choose(this.free(0), true);
    } catch (error) {
      this.said = desk.sentence(error);
      if (this.state === "loading") this.state = "failed";
      desk.lost(error);
    }
    this.requestUpdate();
  }

  /** What the server has, but for what this person did since `turns`: nothing moves under a hand that is about to decide. */
  private take(found: readonly Queued[], turns: number): void {
    this.state = "there";
    const settled = turns === this.desk.acts.turns && !this.desk.acts.size;
    for (const key of Array.from(this.returned.keys())) if (settled || found.some((one) => one.post.key === key)) this.returned.delete(key);
    const states = new Set<State>(this.states());
    for (const [key, state] of this.gone) if (!this.desk.acts.size && !states.has(state) && !found.some((one) => one.post.key === key)) this.gone.delete(key);
    this.items = [...found.filter((one) => !this.gone.has(one.post.key) || states.has(this.gone.get(one.post.key)!)), ...this.returned.values()];
    this.sort();
  }

  sort(): void {
    const { at } = this;
    this.lines = linesOf(this.items, this.view ? "new" : this.order, this.view === "" ? this.bursts : undefined, this.apart);
    if (this.at < 0) this.choose(this.free(at), true);
    else this.follow(at, this.at);
    this.requestUpdate();
  }

  // one in hand ----------------------------------------------------------------------------------
  choose(key: string, given = false): void {
    this.given = given;
    if (given) this.show(key);
    else this.reason.over();
    if (key === this.chosen) return;
    this.claim.drop();
    this.chosen = key;
    this.looking = false;
    this.why = undefined;
    const line = this.line;
    this.unticked = new Set(line && line.items.length > 1 ? line.items.filter((one) => isApart(line.items[0]!, one)).map((one) => one.post.key) : []);
    if (line) this.claim.after(CLAIM_AFTER_MS, () => void this.hold(line));
    this.requestUpdate();
  }

  /** The key of the line at this place, or the nearest behind it, then before it, that nobody else has in hand. */
  private free(at: number): string {
    const from = Math.max(0, Math.min(at, this.lines.length - 1));
    const order = [...this.lines.slice(from), ...this.lines.slice(0, from).reverse()];
    return (order.find((one) => !this.other(one.items[0]!)) ?? order[0])?.key ?? "";
  }

  /** Who else has it; undefined when it may be decided. */
  other(item: Queued): { readonly name: string; readonly until_ms: number } | undefined {
    return this.claim.other(item, item.post.key === this.chosen);
  }

  /** Nobody pointed at this line and somebody else has it: the next free one is given. */
  private async hold(line: Line): Promise<void> {
    const { desk } = this;
    const here = (): boolean => this.chosen === line.key;
    void desk.api.why(desk.place.wall, line.items[0]!.post.key).then(
      (why) => here() && ((this.why = why), this.requestUpdate()),
      () => here() && ((this.why = "failed"), this.requestUpdate()),
    );
    if (this.view !== "" || !desk.mayAct) return;
    const whose = await this.claim.take(line, here);
    if (whose === "theirs" && here() && this.given) return this.choose(this.free(this.at), true);
    if (whose !== "unknown" && here() && this.mine) this.claim.after(AGAIN_MS, () => document.hasFocus() && here() && void this.hold(line));
    this.requestUpdate();
  }

  step(by: number): void {
    const next = Math.max(0, Math.min(this.lines.length - 1, this.at + by));
    this.choose(this.lines[next]?.key ?? "");
    this.stand(inSight(next, this.top, this.height));
  }

  /** The line in hand stays where the eye left it, though others came or went above it. */
  private follow(from: number, to: number): void {
    if (from < 0 || from === to || inSight(from, this.top, this.height) !== this.top) return;
    this.stand(inSight(to, this.given && !this.top ? 0 : Math.max(0, this.top + (to - from) * ROW), this.height));
  }

  private show(key: string): void {
    const at = this.lines.findIndex((one) => one.key === key);
    if (at >= 0) this.stand(inSight(at, this.top, this.height));
  }

  private stand(top: number): void {
    this.moved = this.top !== top;
    this.top = top;
    this.requestUpdate();
  }

  // acts -----------------------------------------------------------------------------------------
  /** Decides on the line in hand: gone from the list in this frame, sent behind it. */
  decide(state: State, clause = 0, code = "", only?: readonly Queued[], more: Partial<Decision> = {}): void {
    const { desk, line } = this;
    if (!line || !desk.mayAct || this.other(line.items[0]!)) return;
    const items = only ?? (line.items.length > 1 ? line.items.filter((one) => !this.unticked.has(one.post.key)) : line.items);
    if (!items.length) return;
    const why = clause ? t.queue.clauses[clause - 1]! : "";
    const mark = code || (clause ? `clause_${clause}` : "");
    const decisions = items.map((one): Decision => ({ post: one.post.key, state, why, rev: one.placement.rev, ...(mark ? { code: mark } : {}), ...more }));
    this.leave(line, items, state);
    if (state === "rejected" && !mark) this.reason.may(items);
    const one = decisions.length === 1;
    desk.act(state, one ? "posts/decide" : "posts/decide_all", one ? { ...decisions[0]! } : { decisions }, {
      refused: (problem) => {
        for (const one of items) this.gone.delete(one.post.key);
        this.reason.over();
        this.past = this.past.filter((one) => one.line !== line);
        desk.say({ text: desk.sentence(problem), bad: true });
        void this.read();
      },
    });
    const said = { approved: t.toast.approved, rejected: mark || this.narrow || !desk.own.letters ? t.toast.rejected : t.toast.why, hidden: this.view === "approved" ? t.toast.off : t.toast.hidden, pending: t.toast.pending } as Record<string, string>;
    if (items.length > 1) desk.say({ text: t.toast.many_rejected(items.length), undo: true });
    else desk.say({ text: more.without_media ?? (state === "approved" && items[0]!.kept === "same") ? t.toast.bare : said[state] ?? "", quote: quoted(gist(items[0]!.post), desk.lang), undo: true });
  }

  /** Whether there is something to keep back, or to let in. */
  mayBare(item: Queued): boolean {
    return item.kept === "same" || (!!item.post.media?.length && !!item.post.text.trim());
  }

  bare(item: Queued): boolean {
    return item.placement.state === "approved" && (item.decision?.without_media ?? false);
  }

  /** Approves the words alone, or lets in what was kept back before; on the wall it takes the picture off, or brings it back. */
  without(): void {
    const { desk, item } = this;
    if (!item || !desk.mayAct || this.other(item)) return;
    if (item.kept === "same") return this.decide("approved", 0, "", [item], { without_media: false });
    if (!this.mayBare(item)) return desk.say({ text: t.queue.without_no });
    if (this.view !== "approved") return this.decide("approved", 0, "", [item], { without_media: true });
    const bare = !this.bare(item);
    desk.act("approved", "posts/decide", { post: item.post.key, state: "approved", why: "", rev: item.placement.rev, without_media: bare }, {
      refused: (problem) => { desk.say({ text: desk.sentence(problem), bad: true }); void this.read(); },
    });
    const { decision, placement } = item;
    const now = { ...item, placement: { ...placement, rev: placement.rev + 1 }, decision: decision ? { ...decision, without_media: bare } : null };
    this.items = this.items.map((one) => (one === item ? now : one));
    desk.say({ text: bare ? t.toast.bare : t.toast.whole, quote: quoted(gist(item.post), desk.lang), undo: true });
    this.sort();
  }

  private leave(line: Line, items: readonly Queued[], state: State): void {
    const at = this.lines.indexOf(line);
    this.past.push({ line: { ...line, items }, at });
    const keys = new Set(items.map((one) => one.post.key));
    for (const key of keys) this.gone.set(key, state), this.returned.delete(key);
    this.items = this.items.filter((one) => !keys.has(one.post.key));
    this.counted = -1;
    this.claim.until = 0; // decided: nothing to let go of
    this.sort();
  }

  back(): void {
    const last = this.past.pop();
    if (last) {
      for (const one of last.line.items) this.gone.delete(one.post.key), this.returned.set(one.post.key, one);
      this.items = [...this.items, ...last.line.items];
      this.sort();
      this.choose(this.lines.find((one) => one.items.some((item) => item.post.key === last.line.items[0]!.post.key))?.key ?? last.line.key);
    }
    this.desk.undo();
  }

  /** Pin, feature: the post stays where it is. */
  does(kind: "pin" | "feature"): void {
    const { desk, item } = this;
    if (!item || this.view !== "approved" || !desk.mayAct) return;
    const key = item.post.key;
    const on = !this.pinned(item);
    desk.act(kind, `posts/${kind}`, kind === "pin" ? { post: key, on } : { post: key, seconds: 20 }, { refused: (problem) => { desk.say({ text: desk.sentence(problem), bad: true }); void this.read(); } });
    if (kind === "pin") this.items = this.items.map((one) => (one.post.key === key ? { ...one, pinned: on } : one));
    desk.say({ text: kind === "feature" ? t.toast.featured : on ? t.toast.pinned : t.toast.unpinned, quote: quoted(gist(item.post), desk.lang), undo: true });
    this.sort();
  }

  pinned(item: Queued): boolean {
    return item.pinned ?? false;
  }

  /** Whether its author has an account that a rule can name: what a guest typed is no name. */
  mayTrust(item: Queued): boolean {
    return !!item.post.author?.handle && !/^(phone|staff)$/.test(item.post.network);
  }

  /** Approves, and trusts the author from now on: one gesture, and one undo. */
  trust(): void {
    const { item } = this;
    if (!item || !this.mayTrust(item) || this.line!.items.length > 1) return this.desk.say({ text: t.queue.trust_no });
    this.decide("approved", 0, "", undefined, { rules: ["trust"] });
    this.desk.say({ text: t.toast.trusted(nameOf(item.post.author)), undo: true });
  }

  block(): void {
    const text = (String(getSelection() ?? "").trim() || this.item?.post.text.trim() || "").slice(0, 80);
    if (!text) return;
    this.decide("rejected", 8, "", undefined, { rules: ["wording"], words: text });
    this.desk.say({ text: t.toast.blocked(text), undo: true });
  }

  showOne(): void {
    const { line } = this;
    if (!line || line.items.length < 2) return;
    const [first, ...rest] = line.items.filter((one) => !this.unticked.has(one.post.key));
    if (!first) return;
    this.decide("approved", 0, "one_of_burst", [first]);
    const left = this.lines.find((one) => rest.some((item) => item.post.key === one.items[0]!.post.key));
    if (left) {
      this.chosen = left.key;
      this.decide("rejected", 8, "", rest);
    }
  }

  takeApart(): void {
    for (const one of this.line?.items ?? []) this.apart.add(one.post.key);
    this.sort();
  }

  reorder(): void {
    this.order = ORDERS[(ORDERS.indexOf(this.order) + 1) % ORDERS.length]!;
    this.sort();
  }

  unfold(): void {
    this.open = !this.open;
    this.requestUpdate();
  }

  look(on: boolean): void {
    this.looking = on;
    this.requestUpdate();
  }

  private act = (event: CustomEvent<{ act: string; up?: boolean }>): void => {
    const does = doing(this, event.detail.act, event.detail.up ?? false);
    if (!does) return;
    if (event.detail.act !== "reject" && !event.detail.act.startsWith("clause_")) this.reason.over();
    does();
    event.preventDefault();
  };

  // pictures -------------------------------------------------------------------------------------
  protected override updated(_changed: PropertyValues): void {
    const list = this.querySelector(".list");
    if (list && this.moved) list.scrollTop = this.top;
    this.moved = false;
    if (list && list.clientHeight !== this.height) {
      this.height = list.clientHeight;
      this.requestUpdate();
    }
  }

  protected override render(): TemplateResult {
    if (this.narrow) return html`<parvis-queue-phone .queue=${this} .tick=${Date.now()}></parvis-queue-phone>`;
    return html`${filter(this)}<div class="queue ${this.open ? "open" : ""}">${this.body()}</div>`;
  }

  ill(): TemplateResult | undefined {
    if (this.state === "loading") return html`<div class="pad">${loading()}</div>`;
    if (this.state === "failed") return html`<div class="pad">${failed(t.queue.failed, this.said, () => { this.state = "loading"; void this.read(); this.requestUpdate(); })}</div>`;
    return this.lines.length ? undefined : bareList(this);
  }

  private body(): TemplateResult {
    const ill = this.ill();
    if (ill) return ill;
    const { line } = this;
    return html`<div class="list" role="listbox" tabindex="0" aria-label=${t.queue.list} aria-activedescendant="chosen" @scroll=${this.scrolled} @keydown=${this.arrows}>
        ${windowed(this.lines.length, this.top, this.height, (at) => row(this, this.lines[at]!, at))}</div>
      <div class="work">${!line ? html`<p class="pad i2">${t.queue.select}</p>` : line.items.length > 1 ? burst(this, line) : html`<div class="read">${post(this, line.items[0]!)}${why(this, line.items[0]!)}</div>${foot(this, line.items[0]!)}`}</div>`;
  }

  private scrolled = (event: Event): void => {
    this.top = (event.target as HTMLElement).scrollTop;
    this.requestUpdate();
  };

  private arrows = (event: KeyboardEvent): void => {
    const by = ({ ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -1e6, End: 1e6 } as Record<string, number>)[event.key];
    if (!by) return;
    event.preventDefault();
    this.step(by);
  };
}

customElements.define("parvis-queue", Queue);
