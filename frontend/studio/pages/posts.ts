import { html, nothing, type TemplateResult } from "lit";
import { journey, named, who } from "../parts/journey";
import { media, thumb } from "../parts/photo";
import { Piece } from "../parts/piece";
import { avatar, drawn, empty, failed, icon, langOf, loading, nameOf, network, networkName, said, words } from "../parts/small";
import { exact, language, when } from "../state/format";
import { linesOf } from "../state/line";
import type { Queued, Step, Why } from "../state/types";
import { t } from "../words";

const PAGE = 50;
const AFTER_MS = 220;
const FIELDS = ["q", "state", "network", "author", "lang", "media", "from", "to"] as const;
type Field = (typeof FIELDS)[number];
const NETWORKS = ["phone", "staff", "mastodon", "bluesky", "instagram", "youtube", "x", "tiktok", "reddit", "flickr", "feed", "webhook"];
const LANGS = ["fr", "en", "de", "es", "it", "pt", "nl", "ar", "he", "ja", "zh", "ko"];
export const CHIPS: Readonly<Record<string, string>> = { approved: "good", rejected: "bad", pending: "warn", new: "warn", hidden: "", duplicate: "", withdrawn: "" };

/** All posts of the wall: search, filters, and for each the whole journey. */
class Posts extends Piece {
  static override properties = { asked: { state: true }, items: { state: true } };
  declare asked: Partial<Record<Field, string>>;
  declare items: readonly Queued[];
  private rest: number | null = null;
  private state: "loading" | "failed" | "there" = "loading";
  private said = "";
  private timer = 0;
  private turn = 0;
  private wall = "";
  private open = "";
  private steps: readonly Step[] | undefined;
  private why: Why | undefined;
  looking = false;

  constructor() {
    super();
    this.asked = {};
    this.items = [];
  }

  protected override willUpdate(): void {
    if (this.desk.place.wall !== this.wall) {
      this.wall = this.desk.place.wall;
      this.asked = {};
      void this.read();
    }
    if (this.desk.place.item !== this.open) {
      this.open = this.desk.place.item;
      this.looking = false;
      this.steps = undefined;
      this.why = undefined;
      if (this.open) void this.trace(this.open);
    }
  }

  private async read(more = false): Promise<void> {
    const turn = ++this.turn;
    const { api, place } = this.desk;
    const { from, to, ...rest } = this.asked;
    const at = (date: string | undefined, plus: number): number | undefined => (date ? new Date(`${date}T00:00`).getTime() + plus : undefined);
    let before = more ? (this.rest ?? undefined) : undefined;
    let found: readonly Queued[] = more ? this.items : [];
    const had = found.length;
    try {
      do {
        const page = await api.posts(place.wall, { ...rest, from: at(from, 0), to: at(to, 86_400_000), before, limit: PAGE });
        if (turn !== this.turn) return;
        found = [...found, ...page.items];
        before = page.before ?? undefined;
      } while (before !== undefined && found.length - had < PAGE / 2); // a page looks at a bounded number
      this.rest = before ?? null;
      this.items = found;
      this.state = "there";
    } catch (error) {
      if (turn !== this.turn) return;
      this.said = this.desk.sentence(error);
      this.state = "failed";
      this.desk.lost(error);
    }
    this.requestUpdate();
  }

  private async trace(key: string): Promise<void> {
    const [steps, why] = await Promise.allSettled([this.desk.api.trace(key), this.desk.api.why(this.desk.place.wall, key)]);
    if (key !== this.open) return;
    this.steps = steps.status === "fulfilled" ? steps.value : [];
    this.why = why.status === "fulfilled" ? why.value : undefined;
    if (!this.items.some((one) => one.post.key === key)) {
      const found = await this.desk.api.posts(this.desk.place.wall, { limit: PAGE }).catch(() => undefined);
      const one = found?.items.find((item) => item.post.key === key);
      if (one && key === this.open) this.items = [one, ...this.items];
    }
    this.requestUpdate();
  }

  look(on: boolean): void {
    this.looking = on;
    this.requestUpdate();
  }

  private ask(field: Field, value: string): void {
    this.asked = { ...this.asked, [field]: value };
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.read(), field === "q" || field === "author" ? AFTER_MS : 0);
  }

  protected override render(): TemplateResult {
    const item = this.items.find((one) => one.post.key === this.open);
    return html`<div class="twin ${item ? "open" : ""}"><div class="main col g16">${this.filters()}${this.list()}</div>${item ? this.detail(item) : nothing}</div>`;
  }

  private filters(): TemplateResult {
    const { lang } = this.desk;
    const pick = (field: Field, name: string, choices: readonly (readonly [string, string])[]): TemplateResult => html`<label class="f"><span class="t12 i3">${name}</span><select class="fld" @change=${(event: Event) => this.ask(field, (event.target as HTMLSelectElement).value)}>
      <option value="">${t.posts.any}</option>${choices.map(([value, label]) => html`<option value=${value} ?selected=${this.asked[field] === value}>${label}</option>`)}</select></label>`;
    const type = (field: Field, name: string, kind: string): TemplateResult => html`<label class="f"><span class="t12 i3">${name}</span><input class="fld" type=${kind} .value=${this.asked[field] ?? ""} @input=${(event: Event) => this.ask(field, (event.target as HTMLInputElement).value)} /></label>`;
    return html`<form class="filters" role="search" @submit=${(event: Event) => event.preventDefault()}>
      <label class="wide ask-in"><span class="hid">${t.posts.search}</span>${icon("search")}<input class="fld" type="search" data-search placeholder=${t.posts.search} .value=${this.asked.q ?? ""} @input=${(event: Event) => this.ask("q", (event.target as HTMLInputElement).value)} /></label>
      ${pick("state", t.posts.state, Object.entries(t.posts.states))}${pick("network", t.posts.network, NETWORKS.map((one) => [one, networkName(one)]))}${type("author", t.posts.author, "text")}
      ${pick("lang", t.posts.lang, LANGS.map((one) => [one, language(one, lang)]))}${pick("media", t.posts.media, [["any", t.posts.with], ["none", t.posts.without]])}${type("from", t.posts.from, "date")}${type("to", t.posts.to, "date")}
      ${Object.values(this.asked).some(Boolean) ? html`<button type="button" class="btn ghost clear" @click=${() => { this.asked = {}; void this.read(); }}>${icon("x", 14)}${t.posts.clear}</button>` : nothing}</form>`;
  }

  private list(): TemplateResult {
    if (this.state === "loading") return loading();
    if (this.state === "failed") return failed(t.posts.failed, this.said, () => { this.state = "loading"; this.requestUpdate(); void this.read(); });
    const filtered = Object.values(this.asked).some(Boolean);
    if (!this.items.length) return filtered ? empty(t.posts.none, t.posts.none_help) : empty(t.posts.empty, t.tonight.none_help);
    const now = Date.now();
    return html`<p class="t12 i3" role="status">${t.posts.found(this.items.length, this.rest !== null)}</p>
      <ul class="found">${linesOf(this.items, "new").map(({ items: [one] }) => html`<li><a class="row g12" href=${this.desk.href("posts", one!.post.key)} aria-current=${one!.post.key === this.open ? "true" : nothing}>${avatar(nameOf(one!.post.author))}
        <span class="f1 col"><span class="row g6 t12"><span class="m el" dir="auto">${drawn(nameOf(one!.post.author))}</span>${network(one!.post.network)}<span class="sp"></span><span class="i3 nw">${when(one!.post.created_at_ms, now, this.desk.lang)}</span></span>
          <span class="el t15" dir=${one!.post.dir ?? "auto"} lang=${langOf(one!.post)}>${said(one!.post)}</span></span>
        ${thumb(one!)}<span class="chip ${CHIPS[one!.placement.state] ?? ""}">${t.posts.states[one!.placement.state]}</span></a></li>`)}</ul>
      ${this.rest !== null ? html`<div><button class="btn" @click=${() => void this.read(true)}>${t.posts.more}</button></div>` : nothing}`;
  }

  private detail(item: Queued): TemplateResult {
    const { post } = item;
    const { lang } = this.desk;
    return html`<aside class="detail" aria-label=${t.posts.open}><header class="row g12">${avatar(nameOf(post.author), "s36")}<div class="col f1"><span class="b el" dir="auto">${drawn(nameOf(post.author))}</span><span class="t12 i3">${networkName(post.network)} · ${when(post.created_at_ms, Date.now(), lang)}</span></div><a class="btn ghost icon" aria-label=${t.nav.close} href=${this.desk.href("posts")}>${icon("x", 18)}</a></header>
      <p class="says small" dir=${post.dir ?? "auto"} lang=${langOf(post)}>${words(post)}</p>${media(this, item, true)}
      ${journey(item, Date.now(), lang, true, this.desk)}
      ${item.decision?.why || this.why?.sentence ? html`<p class="i2">${named(this.why?.sentence || item.decision?.why || "", this.desk)}</p>` : nothing}
      ${this.why?.would_pass_if.length ? html`<ul class="col g6">${this.why.would_pass_if.map((one) => html`<li class="row top t12 i2"><span class="good">${icon("circle-check", 15)}</span><span dir="auto">${one}</span></li>`)}</ul>` : nothing}
      <section class="rule"><h2 class="sec">${t.posts.trace}</h2>${this.steps === undefined ? loading() : html`<ol class="steps t12">${this.steps.map((step) => html`<li><time class="i3">${exact(step.at_ms)}</time><span><b class="m">${t.posts.states[step.state ?? ""] ?? step.event}</b> ${named(step.why ?? "", this.desk)} ${step.by ? html`<span class="i3">${who(step.by, this.desk)}</span>` : nothing}</span></li>`)}</ol>`}</section></aside>`;
  }
}

customElements.define("parvis-posts", Posts);
