import { html, nothing, type TemplateResult } from "lit";
import { asShown, mini } from "../parts/mini";
import { thumb } from "../parts/photo";
import { Piece } from "../parts/piece";
import { avatar, caps, drawn, empty, failed, icon, langOf, loading, nameOf, network, said } from "../parts/small";
import { qr } from "../parts/qr";
import { unreadTags } from "../parts/unread";
import { clock, day, span, wait } from "../state/format";
import { standing } from "../state/screens";
import type { Health, Now, Queued, Screen, SourceSpec } from "../state/types";
import { t } from "../words";

const REREAD_MS = 2000;

/** The home of a wall: one sentence that answers, then what supports it. */
class Tonight extends Piece {
  private shown: readonly Queued[] = [];
  private oldest = 0;
  private specs: readonly SourceSpec[] = [];
  private tags: readonly string[] = [];
  private wall = "";
  private counted = "";
  private timer = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.timer);
  }

  protected override willUpdate(): void {
    const { desk } = this;
    const counted = JSON.stringify(desk.now?.counts ?? {});
    if (desk.place.wall !== this.wall) {
      this.wall = desk.place.wall;
      this.shown = [];
      this.counted = counted;
      void this.read();
    } else if (counted !== this.counted) {
      this.counted = counted;
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.read(), REREAD_MS);
    }
  }

  private async read(): Promise<void> {
    const { api } = this.desk;
    const { wall } = this;
    const [shown, waiting, whole] = await Promise.allSettled([api.queue(wall, ["approved"], undefined, 8), api.queue(wall, ["new", "pending"], undefined, 200), api.wall(wall)]);
    if (wall !== this.wall) return;
    if (shown.status === "fulfilled") this.shown = shown.value.items;
    if (waiting.status === "fulfilled") this.oldest = Math.min(...waiting.value.items.map((one) => one.post.received_at_ms || one.post.created_at_ms));
    if (whole.status === "fulfilled") (this.specs = whole.value.sources ?? []), (this.tags = whole.value.hashtags ?? []);
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { now } = this.desk;
    if (!now) return html`<div class="pad">${this.desk.nowFailed ? failed(t.states.failed, this.desk.nowFailed, () => void this.desk.readNow()) : loading()}</div>`;
    const came = Object.values(now.counts).reduce((sum, n) => sum + (n ?? 0), 0);
    if (came === 0 && !now.screens.length) return this.fresh();
    return html`<div class="tonight"><div class="main">${this.answer(now)}${this.screens(now)}${this.sources(now)}</div>${this.aside(now)}</div>`;
  }

  private fresh(): TemplateResult {
    const { desk } = this;
    const address = `${location.origin}/p/${desk.place.wall}`;
    return html`<div class="pad">${empty(t.tonight.none, t.tonight.none_help, html`<div class="row g16 wrap top">${qr(address, t.screens.qr)}<div class="col g8 top"><a class="btn pri" data-main href=${desk.href("write")}>${t.tonight.first} ${caps(desk, "new")}</a>
      <a class="btn" href="/w/${desk.place.wall}" target="_blank" rel="noopener">${icon("monitor", 14)}${t.tonight.open}</a><span class="mono t12 i2">${address}</span></div></div>`)}</div>`;
  }

  private answer(now: Now): TemplateResult {
    const { desk } = this;
    const screens = standing(now.screens);
    const dark = screens.filter((one) => !one.up);
    const ill = now.sources.filter((one) => !one.healthy);
    const [first] = dark;
    const sentence = now.panic.on ? t.tonight.covered
      : first ? `${t.tonight.nearly} ${dark.length === 1 ? t.tonight.dark(first.name, clock(first.last_ms, desk.lang)) : t.tonight.darks(dark.length)}`
      : ill[0] ? `${t.tonight.nearly} ${t.tonight.ill(ill[0].source)}` : screens.length ? `${t.tonight.well} ${t.tonight.heard(screens.length)}` : t.tonight.no_screen;
    const button = first ? html`<a class="btn pri" data-main href=${desk.href("screens", first.id)}>${t.tonight.see(first.name)}</a>`
      : ill[0] ? html`<a class="btn pri" data-main href=${desk.href("sources", ill[0].source)}>${t.tonight.see(ill[0].source)}</a>`
      : screens.length ? nothing : html`<a class="btn pri" data-main href="/w/${desk.place.wall}" target="_blank" rel="noopener">${t.tonight.open}</a>`;
    const more = first ? (first.says || t.screens.cause) : ill[0] ? ill[0].says : screens.length ? (now.waiting ? t.tonight.waits(now.waiting) : t.tonight.nothing) : t.tonight.no_screen_help;
    return html`<section class="col g8 answer"><p class="t12 i3">${day(Date.now(), desk.lang)}</p><h2 class="t32">${sentence}</h2><div class="row wrap g12">${button}<span class="i2" dir="auto">${more}</span></div></section>`;
  }

  private screens(now: Now): TemplateResult | typeof nothing {
    const screens = standing(now.screens);
    if (!screens.length) return nothing;
    const posts = this.shown.map(asShown);
    return html`<section class="col g8"><div class="row"><h2 class="sec">${t.tonight.now}</h2><span class="sp"></span><span class="t12 i3">${t.tonight.drawn}</span></div>
      <ul class="thumbs-row">${screens.slice(0, 8).map((screen) => this.thumb(screen, posts, now.panic.on))}</ul></section>`;
  }

  private thumb(screen: Screen, posts: Queued["post"][], panic: boolean): TemplateResult {
    const { desk } = this;
    const ratio = screen.box ? screen.box[0] / screen.box[1] : 16 / 9;
    return html`<li class=${ratio < 0.9 ? "tall" : ratio > 3 ? "strip" : "wide"}><a href=${desk.href("screens", screen.id)}><span class="pane ${screen.up ? "" : "dark"}">${screen.up ? mini(desk.wall, posts, ratio, panic || screen.covered) : icon("unplug", 22)}</span>
      <span class="row g6 t12"><span class="dot ${screen.up ? "" : "bad"}"></span><span class="m el">${screen.name}</span></span>
      <span class="t11 el ${screen.up ? "i3" : "bad m"}">${screen.up ? (screen.box ? t.look.px(screen.box[0], screen.box[1]) : (screen.layout ?? "")) : t.screens.dark_for(wait(Date.now() - screen.last_ms, desk.lang))}</span></a></li>`;
  }

  private sources(now: Now): TemplateResult {
    const ill = now.sources.filter((one) => !one.healthy).length;
    return html`<section class="col g6"><div class="row"><h2 class="sec">${t.tonight.sources}</h2><span class="t12 i3">${now.sources.length ? t.tonight.silent(now.sources.length, ill) : ""}</span></div>${unreadTags(this.desk, this.tags, this.specs)}
      ${now.sources.length
        ? html`<table class="tbl fold"><thead><tr><th scope="col">${t.tonight.where}</th><th scope="col">${t.tonight.says}</th><th scope="col" class="r">${t.tonight.last}</th></tr></thead><tbody>${now.sources.map((one) => this.source(one))}</tbody></table>`
        : html`<p class="i2">${t.tonight.no_sources}</p>`}</section>`;
  }

  private source(one: Health): TemplateResult {
    const plugin = this.specs.find((spec) => spec.id === one.source)?.plugin ?? one.source;
    return html`<tr><td><a class="row quiet" href=${this.desk.href("sources", one.source)}>${network(plugin, 20)}<span class="m">${one.source}</span></a></td>
      <td><span class="row top g6"><span class="dot lower ${one.healthy ? "" : "warn"}"></span><span class=${one.healthy ? "i2" : "warn m"} dir="auto">${one.says}</span></span></td>
      <td class="r i3 t12 nw">${one.last_post_ms ? t.tonight.ago(wait(Date.now() - one.last_post_ms, this.desk.lang)) : t.tonight.never}</td></tr>`;
  }

  private aside(now: Now): TemplateResult {
    const { desk } = this;
    const p50 = desk.wall?.p50_ms;
    return html`<aside class="next" aria-label=${t.nav.queue}><section><div class="row top"><div class="f1 row base g8 wrap"><span class="huge">${now.waiting}</span><span class="i2">${t.tonight.post_wait(now.waiting)}</span></div><a class="btn sm" href=${desk.href("queue")}>${t.tonight.open_queue} ${caps(desk, "go_queue")}</a></div>
        <p class="t12 i2">${now.waiting ? (Number.isFinite(this.oldest) && this.oldest ? t.tonight.oldest(wait(Date.now() - this.oldest, desk.lang)) : "") : t.tonight.nobody}</p></section>
      <section><h2 class="sec">${t.tonight.to_screen}</h2>${typeof p50 === "number" ? html`<p class="row base g8"><span class="t24 nw">${span(p50, desk.lang)}</span><span class="t12 i3">${t.tonight.half}</span></p>` : html`<p class="t12 i3">${t.tonight.unknown}</p>`}</section>
      <section class="f1"><h2 class="sec">${t.tonight.shown}</h2>${this.shown.length ? html`<ul class="lately">${this.shown.map((one) => this.lately(one))}</ul>` : html`<p class="t12 i3">${t.tonight.nothing_shown}</p>`}</section></aside>`;
  }

  private lately(one: Queued): TemplateResult {
    const { post } = one;
    const shown = [...(one.journey ?? [])].reverse().find((step) => /show/.test(step.what))?.at_ms ?? one.decision?.at_ms;
    const who = nameOf(post.author);
      return html`<li class="row top g8">${avatar(who)}<a class="f1 quiet" href=${this.desk.href("posts", post.key)}><span class="row t12"><span class="m el" dir="auto">${drawn(who)}</span>${network(post.network)}<span class="sp"></span><span class="i3 nw">${shown ? t.tonight.ago(wait(Date.now() - shown, this.desk.lang)) : ""}</span></span><span class="two" dir=${post.dir ?? "auto"} lang=${langOf(post)}>${said(post)}</span></a>${thumb(one, asShown(one))}</li>`;
  }
}

customElements.define("parvis-tonight", Tonight);
