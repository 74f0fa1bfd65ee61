import { html, nothing, type TemplateResult } from "lit";
import { css } from "../parts/style";
import { media } from "../parts/photo";
import { Piece } from "../parts/piece";
import { avatar, drawn, icon, langOf, nameOf, networkName, said, words } from "../parts/small";
import { language, when } from "../state/format";
import { verdictsOf } from "../state/line";
import type { Queued } from "../state/types";
import { t } from "../words";
import type { QueueSeat } from "./queue_seat";
import { phoneFilter } from "./queue_filter";
import { hand, keptBack, spansOf } from "./queue_post";
import { why } from "./queue_why";

const ENOUGH = 96;

/** One card at a time; it follows the finger, and every swipe has a button. */
class QueuePhone extends Piece {
  static override properties = { queue: { attribute: false }, tick: { attribute: false }, moved: { state: true }, reasons: { state: true } };
  declare queue: QueueSeat;
  declare tick: number;
  declare moved: number;
  declare reasons: boolean;
  private from: { readonly id: number; readonly x: number; readonly y: number; way: "" | "side" | "down" } | undefined;

  constructor() {
    super();
    this.moved = 0;
    this.reasons = false;
  }

  private down = (event: PointerEvent): void => {
    if ((event.target as Element).closest("button, a") || this.queue.view !== "") return;
    this.from = { id: event.pointerId, x: event.clientX, y: event.clientY, way: "" };
  };

  private move = (event: PointerEvent): void => {
    const { from } = this;
    if (!from || event.pointerId !== from.id) return;
    const x = event.clientX - from.x;
    if (!from.way && Math.hypot(x, event.clientY - from.y) > 10) {
      from.way = Math.abs(x) > Math.abs(event.clientY - from.y) ? "side" : "down";
      if (from.way === "side") (event.currentTarget as Element).setPointerCapture(event.pointerId);
    }
    if (from.way === "side") this.moved = x;
  };

  private up = (event: PointerEvent): void => {
    const moved = event.type === "pointerup" ? this.moved : 0;
    this.from = undefined;
    this.moved = 0;
    if (Math.abs(moved) >= ENOUGH) this.decide(moved > 0);
  };

  private decide(yes: boolean): void {
    this.reasons = false;
    this.queue.decide(yes ? "approved" : "rejected");
  }

  protected override render(): TemplateResult {
    const { queue } = this;
    const ill = queue.ill();
    const item = queue.line?.items[0];
    return html`${phoneFilter(queue)}${ill ?? (item ? this.card(item) : nothing)}`;
  }

  private card(item: Queued): TemplateResult {
    const { queue, moved } = this;
    const { post } = item;
    const shut = queue.other(item) !== undefined || !queue.desk.mayAct;
    const will = Math.abs(moved) < ENOUGH ? "none" : moved > 0 ? "yes" : "no";
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const turn = still ? "" : ` rotate(${moved / 60}deg)`;
    const doubt = verdictsOf(item).find((one) => one.outcome !== "pass");
    const n = queue.line!.items.length;
    const on = queue.view === "approved";
    return html`<div class="swipe ${moved > 20 ? "to-yes" : moved < -20 ? "to-no" : ""}">
        <span class="way yes" aria-hidden="true">${icon("check", 28)}<b>${t.queue.yes}</b></span><span class="way no" aria-hidden="true">${icon("x", 28)}<b>${t.queue.no}</b></span>
        <article class="swiped" ${css({ transform: `translateX(${moved}px)${turn}` })} @pointerdown=${this.down} @pointermove=${this.move} @pointerup=${this.up} @pointercancel=${this.up}>
          ${media(queue, item, true)}
          <div class="in"><header class="row g12">${avatar(nameOf(post.author), "s36")}<div class="col f1"><span class="b el" dir="auto">${drawn(nameOf(post.author))}</span><span class="i2 el">${networkName(post.network)}, ${when(post.created_at_ms, Date.now(), queue.desk.lang)}</span></div>${n > 1 ? html`<span class="chip warn">×${n}</span>` : nothing}</header>
            <p class="says" dir=${post.dir ?? "auto"} lang=${langOf(post)}>${post.text.trim() ? words(post, spansOf(item, "hard"), spansOf(item, "soft")) : html`<span class="i2">${said(post)}</span>`}</p>
            <div class="row wrap">${doubt ? html`<span class="chip bad">${icon("circle-alert", 14)}${t.queue.checks[doubt.check] ?? doubt.check}</span>` : html`<span class="chip good">${icon("check", 14)}${t.queue.no_rule}</span>`}${post.lang ? html`<span class="chip">${language(post.lang, queue.desk.lang)}</span>` : nothing}${hand(queue, item)}</div>
            ${keptBack(item, "p")}${doubt ? html`<p class="i2" dir="auto">${doubt.because}</p>` : nothing}</div>
        </article></div>
      ${this.reasons ? html`<div class="slip"><div class="grip" aria-hidden="true"></div>${why(queue, item)}</div>` : nothing}
      <footer class="thumbs">${queue.mayBare(item) ? html`<button class="btn ghost wide bare" ?disabled=${shut} @click=${() => { this.reasons = false; queue.without(); }}>${icon(queue.bare(item) || item.kept === "same" ? "image" : "image-off", 18)}${on ? (queue.bare(item) ? t.queue.show_photo : t.queue.hide_photo) : item.kept === "same" ? t.queue.with : t.queue.without}</button>` : nothing}<p class="i2 hint" role="status">${queue.view === "" ? t.queue.let_go[will] : ""}</p><div class="row g12">
        ${on ? html`<button class="btn no f1" ?disabled=${shut} @click=${() => queue.decide("hidden")}>${icon("eye-off", 18)}${t.queue.hide}</button>` : html`<button class="btn no f1" ?disabled=${shut || queue.view === "rejected"} @click=${() => this.decide(false)}>${icon("x", 18)}${t.queue.no}</button>`}
        <button class="btn sq" aria-label=${t.toast.undo} @click=${() => dispatchEvent(new CustomEvent("parvis-act", { detail: { act: "undo" }, cancelable: true }))}>${icon("undo-2", 20)}</button>
        <button class="btn sq" aria-label=${t.queue.why} aria-expanded=${this.reasons ? "true" : "false"} @click=${() => (this.reasons = !this.reasons)}>${icon("scale", 20)}</button>
        ${on ? html`<button class="btn f1" ?disabled=${shut} @click=${() => queue.does("pin")}>${icon("pin", 18)}${queue.pinned(item) ? t.queue.unpin : t.queue.pin}</button>` : html`<button class="btn ok f1" ?disabled=${shut} @click=${() => this.decide(true)}>${icon("check", 18)}${t.queue.yes}</button>`}</div></footer>`;
  }
}

customElements.define("parvis-queue-phone", QueuePhone);
