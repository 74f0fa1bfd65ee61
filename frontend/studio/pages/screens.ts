import { html, nothing, type TemplateResult } from "lit";
import { asShown, mini } from "../parts/mini";
import { Piece } from "../parts/piece";
import { qr } from "../parts/qr";
import { empty, failed, icon, loading } from "../parts/small";
import { clock, wait } from "../state/format";
import { standing } from "../state/screens";
import type { Post, Screen } from "../state/types";
import { t } from "../words";

/** Every screen that opened this wall: whether it answers, what it shows, and how to add another. */
class Screens extends Piece {
  static override properties = { name: { state: true }, renames: { state: true }, refused: { state: true } };
  declare name: string;
  declare renames: boolean;
  declare refused: string;
  private posts: readonly Post[] = [];
  private base = location.origin;
  private wall = "";
  private seat = "";

  constructor() {
    super();
    this.name = "";
    this.renames = false;
    this.refused = "";
  }

  protected override willUpdate(): void {
    const { desk } = this;
    if (desk.place.item !== this.seat) {
      this.seat = desk.place.item;
      this.renames = false;
      this.refused = "";
    }
    if (desk.place.wall === this.wall) return;
    this.wall = desk.place.wall;
    void desk.api.queue(this.wall, ["approved"], undefined, 6).then((page) => { this.posts = page.items.map(asShown); this.requestUpdate(); }, () => undefined);
    void desk.api.settings().then((server) => { if (server.public_url) this.base = server.public_url.replace(/\/$/, ""); this.requestUpdate(); }, () => undefined);
  }

  private async does(work: () => Promise<unknown>, said: string): Promise<boolean> {
    this.refused = "";
    try {
      await work();
      this.desk.say({ text: said });
      return true;
    } catch (error) {
      this.refused = this.desk.sentence(error);
      this.desk.lost(error);
      return false;
    }
  }

  protected override render(): TemplateResult {
    const { now } = this.desk;
    if (!now) return html`<div class="pad">${this.desk.nowFailed ? failed(t.states.failed, this.desk.nowFailed, () => void this.desk.readNow()) : loading()}</div>`;
    const screens = standing(now.screens);
    const dark = screens.filter((one) => !one.up);
    const chosen = now.screens.find((one) => one.id === this.desk.place.item) ?? (this.desk.place.item ? undefined : dark[0]);
    const [first] = dark;
    return html`<div class="twin ${this.desk.place.item ? "open" : ""}"><div class="main col g20">
        ${screens.length ? html`<h2 class="t24">${first ? (dark.length === 1 ? t.screens.dark(first.name, clock(first.last_ms, this.desk.lang)) : t.screens.darks(dark.length)) : t.screens.well}</h2>
          <ul class="tiles">${screens.map((one) => this.tile(one, chosen, now.panic.on))}</ul>` : empty(t.screens.none, t.screens.none_help)}
        ${this.adding(now.screens)}</div>
      ${chosen ? this.detail(chosen, now.panic.on) : nothing}</div>`;
  }

  private tile(one: Screen, chosen: Screen | undefined, panic: boolean): TemplateResult {
    const { desk } = this;
    const ratio = one.box ? one.box[0] / one.box[1] : 16 / 9;
    const ago = wait(Date.now() - one.last_ms, desk.lang);
    return html`<li><a href=${desk.href("screens", one.id)} aria-current=${one.id === chosen?.id ? "true" : nothing}>
      <span class="pane tile ${one.up ? "" : "dark"} ${ratio < 0.9 ? "tall" : ""}">${one.up ? mini(desk.wall, this.posts, ratio, panic || one.covered) : html`${icon("unplug", 26)}<span class="b t15">${t.screens.dark_for(ago)}</span>`}</span>
      <span class="row g8"><span class="dot ${one.up ? "" : "bad"}"></span><b class="b el f1">${one.name}</b>${panic ? html`<span class="chip ${one.covered ? "good" : "warn"}">${one.covered ? t.screens.covered : "…"}</span>` : one.behind ? html`<span class="chip warn">${t.screens.behind(one.behind)}</span>` : nothing}</span>
      <span class="row t12 i3"><span class="el f1">${one.box ? t.look.px(one.box[0], one.box[1]) : ""} ${t.look.layouts[one.layout ?? ""] ?? one.layout ?? ""}</span><span class="nw ${one.up ? "" : "bad m"}">${one.up ? t.screens.heard(ago) : t.screens.silent}</span></span></a></li>`;
  }

  private adding(screens: readonly Screen[]): TemplateResult {
    const slug = (this.name.trim().normalize("NFD").replace(/\p{M}/gu, "").replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "") || t.screens.new_name.replace("2", String(screens.length + 1))).toLowerCase().slice(0, 64);
    const address = `${this.base}/w/${this.wall}/${slug}`;
    return html`<section class="card adding"><div class="col g12 f1"><div class="col g4"><h2 class="t18">${t.screens.add}</h2><p class="i2">${t.screens.add_help}</p></div>
      <label class="narrow-field"><span class="lab">${t.screens.name}</span><input class="fld" .value=${this.name} placeholder=${slug} @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)} /></label>
      <p class="mono b address">${address}</p><div class="row wrap"><button class="btn" @click=${() => this.copy(address)}>${icon("copy", 14)}${t.screens.copy}</button><a class="btn" href="/w/${this.wall}/${slug}" target="_blank" rel="noopener">${icon("external-link", 14)}${t.screens.open}</a></div></div>${qr(address, t.screens.qr)}</section>`;
  }

  private copy(address: string): void {
    const put = navigator.clipboard?.writeText(address);
    if (put) void put.then(() => this.desk.say({ text: t.toast.copied, quote: address }), () => this.desk.say({ text: address }));
    else this.desk.say({ text: address }); // over plain http no page may copy: it is shown to be copied by hand
  }

  private detail(one: Screen, panic: boolean): TemplateResult {
    const { desk } = this;
    const line = (name: string, value: unknown): TemplateResult => html`<div><dt class="i2">${name}</dt><dd class="m">${value}</dd></div>`;
    const ratio = one.box ? one.box[0] / one.box[1] : 16 / 9;
    return html`<aside class="detail" aria-label=${one.name}><header class="row g8"><span class="dot ${one.up ? "" : "bad"}"></span><h2 class="t18 f1">${one.name}</h2><a class="btn ghost icon" href=${desk.href("screens")} aria-label=${t.nav.close}>${icon("x", 18)}</a></header>
      <p class="i2" dir="auto">${one.says || (one.up ? t.screens.ok : t.screens.cause)}</p>
      ${desk.mayBuild ? (this.renames
        ? html`<form class="row" @submit=${(event: SubmitEvent) => this.rename(event, one)}><label class="f1"><span class="hid">${t.screens.name}</span><input class="fld" name="name" .value=${one.name} required maxlength="80" /></label><button class="btn pri">${t.sources.save}</button></form>`
        : html`<div class="col g8"><button class="btn wide" @click=${() => (this.renames = true)}>${icon("pencil-line", 14)}${t.screens.rename}</button><button class="btn wide" title=${t.screens.forget_help} @click=${() => void this.does(() => desk.api.changeScreen(this.wall, one.id, { forget: true }), t.screens.forgot).then((done) => done && desk.go({ wall: this.wall, page: "screens", item: "" }))}>${icon("trash-2", 14)}${t.screens.forget}</button></div>`) : nothing}
      ${this.refused ? html`<p class="bad" role="alert">${this.refused}</p>` : nothing}
      ${one.up ? html`<div class="col g4"><div class="pane ${ratio < 0.9 ? "tall" : ""}">${mini(desk.wall, this.posts, ratio, panic || one.covered)}</div><p class="t11 i3">${t.screens.drawn}</p></div>` : nothing}
      <dl class="lines t12">${one.box ? line(t.screens.box, t.look.px(one.box[0], one.box[1])) : nothing}${one.layout ? line(t.screens.layout, t.look.layouts[one.layout] ?? one.layout) : nothing}
        ${one.waiting ? line(t.screens.waits, t.screens.posts(one.waiting.posts, wait(one.waiting.seconds * 1000, desk.lang))) : nothing}${one.browser ? line(t.screens.browser, one.browser) : nothing}${one.version ? line(t.screens.version, one.version) : nothing}
        ${line(t.screens.offline, one.secure ? t.screens.offline_yes : t.screens.offline_no)}</dl></aside>`;
  }

  private rename(event: SubmitEvent, one: Screen): void {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get("name") ?? "").trim();
    if (name) void this.does(() => this.desk.api.changeScreen(this.wall, one.id, { name }), t.toast.saved).then((done) => done && (this.renames = false));
  }
}

customElements.define("parvis-screens", Screens);
