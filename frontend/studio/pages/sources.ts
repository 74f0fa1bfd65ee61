import { html, nothing, type TemplateResult } from "lit";
import { thumb } from "../parts/photo";
import { Piece } from "../parts/piece";
import { caps, drawn, empty, failed, icon, langOf, loading, nameOf, network, said } from "../parts/small";
import { unreadTags } from "../parts/unread";
import { when, wait } from "../state/format";
import type { Plugin, Queued, SourceSpec, WholeWall } from "../state/types";
import { t } from "../words";
import { CHIPS } from "./posts";
import { fields, sentOf, wrongIn } from "./settings_form";

const LAST = 6;
const PAGE = 200;
const PAGES = 5;
/** Here authors say yes as they send. */
const CONSENTED = ["phone", "whatsapp"];
const BASES = ["platform_terms", "own_content", "consent", "licence", "contract"];

/** Where posts come from: how each source is, its settings, and adding one. */
class Sources extends Piece {
  private whole: WholeWall | undefined;
  private all: readonly Plugin[] = [];
  private state: "loading" | "failed" | "there" = "loading";
  private said = "";
  private wall = "";
  private seat = "";
  private draft: Record<string, unknown> = {};
  private basis = "platform_terms";
  private wrong: Readonly<Record<string, string>> = {};
  private refused = "";
  private busy = false;
  private came: readonly Queued[] | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("parvis-act", this.act as EventListener);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("parvis-act", this.act as EventListener);
  }

  private act = (event: CustomEvent<{ act: string }>): void => {
    const spec = this.spec;
    if (event.detail.act === "new" && this.desk.mayBuild) this.desk.go({ wall: this.wall, page: "sources", item: "+" });
    else if (event.detail.act === "pause" && spec) void this.pause(spec);
    else return;
    event.preventDefault();
  };

  private get plugins(): readonly Plugin[] {
    return this.all.filter((one) => !one.kind || one.kind === "source");
  }

  private get spec(): SourceSpec | undefined {
    const { item } = this.desk.place;
    return this.whole?.sources?.find((one) => one.id === item) ?? (item ? undefined : this.whole?.sources?.[0]);
  }

  protected override willUpdate(): void {
    const { place } = this.desk;
    if (place.wall !== this.wall) {
      this.wall = place.wall;
      this.whole = undefined;
      this.state = "loading";
      void this.read();
    }
    const seat = place.item || this.spec?.id || "";
    if (seat !== this.seat) {
      this.seat = seat;
      this.wrong = {};
      this.refused = "";
      this.draft = { ...(this.spec?.settings ?? {}) };
      this.came = undefined;
      this.basis = CONSENTED.includes(seat.slice(1)) ? "consent" : BASES[0]!;
      if (seat && !seat.startsWith("+")) void this.brought(seat);
    }
  }

  /** The last posts that this very source brought: others of its kind have theirs. */
  private async brought(seat: string): Promise<void> {
    let found: readonly Queued[] = [];
    let before: number | undefined;
    try {
      for (let pages = 0; pages < PAGES && found.length < LAST && this.seat === seat; pages++) {
        const page = await this.desk.api.posts(this.wall, { limit: PAGE, before });
        found = [...found, ...page.items.filter((one) => one.post.provenance?.source === seat)];
        before = page.before ?? undefined;
        if (before === undefined) break;
      }
    } catch (error) {
      this.desk.lost(error);
    }
    if (this.seat !== seat) return;
    this.came = found.slice(0, LAST);
    this.requestUpdate();
  }

  private async read(): Promise<void> {
    const { api } = this.desk;
    try {
      [this.whole, this.all] = await Promise.all([api.wall(this.wall), api.plugins()]);
      this.state = "there";
      this.seat = "";
    } catch (error) {
      this.said = this.desk.sentence(error);
      this.state = "failed";
      this.desk.lost(error);
    }
    this.requestUpdate();
  }

  private async does(work: () => Promise<unknown>, said: string, to?: () => string): Promise<void> {
    this.busy = true;
    this.refused = "";
    this.requestUpdate();
    try {
      await work();
      this.desk.say({ text: said });
      await this.read();
      if (to) this.desk.go({ wall: this.wall, page: "sources", item: to() });
    } catch (error) {
      this.refused = this.desk.sentence(error);
      this.desk.lost(error);
    }
    this.busy = false;
    this.requestUpdate();
  }

  private pause = (spec: SourceSpec): Promise<void> => this.does(() => this.desk.api.changeSource(this.wall, spec.id, { enabled: spec.enabled === false }), t.sources.saved);

  private save(event: Event, plugin: Plugin, spec?: SourceSpec): void {
    event.preventDefault();
    this.wrong = wrongIn(plugin, this.draft);
    this.requestUpdate();
    const [first] = Object.keys(this.wrong);
    if (first) return void this.querySelector<HTMLElement>(`#set-${first}`)?.focus();
    const settings = sentOf(plugin, this.draft);
    if (spec) void this.does(() => this.desk.api.changeSource(this.wall, spec.id, { settings }), t.sources.saved);
    else {
      const had = new Set(this.whole?.sources?.map((one) => one.id));
      void this.does(() => this.desk.api.addSource(this.wall, plugin.id, settings, this.basis), t.sources.added, () => this.whole?.sources?.find((one) => !had.has(one.id))?.id ?? "");
    }
  }

  protected override render(): TemplateResult {
    if (this.state === "loading") return html`<div class="pad">${loading()}</div>`;
    if (this.state === "failed") return html`<div class="pad">${failed(t.states.failed, this.said, () => { this.state = "loading"; this.requestUpdate(); void this.read(); })}</div>`;
    const { item } = this.desk.place;
    const specs = this.whole?.sources ?? [];
    const adding = item.startsWith("+");
    const plugin = adding ? this.plugins.find((one) => one.id === item.slice(1)) : undefined;
    return html`<div class="pair ${item ? "in" : ""}"><div class="left"><div class="head">${this.desk.mayBuild ? html`<a class="btn sm" href=${this.desk.href("sources", "+")}>${icon("plus", 14)}${t.sources.add} ${caps(this.desk, "new")}</a>` : nothing}</div>
        ${this.whole ? unreadTags(this.desk, this.whole.hashtags ?? [], specs) : nothing}<ul>${specs.map((one) => this.line(one))}</ul>${this.told()}</div>
      <div class="right">${plugin ? this.add(plugin) : adding ? this.choose() : this.spec ? this.one(this.spec) : empty(t.sources.none, t.sources.none_help, html`<div><a class="btn pri" data-main href=${this.desk.href("sources", "+")}>${t.sources.add}</a></div>`)}</div></div>`;
  }

  private health(spec: SourceSpec): { readonly says: string; readonly ok: boolean; readonly since_ms: number; readonly last: number; readonly nearest: string } {
    const found = this.desk.now?.sources.find((one) => one.source === spec.id);
    return { says: found?.says ?? "", ok: found?.healthy ?? true, since_ms: found?.since_ms ?? 0, last: found?.last_post_ms ?? 0, nearest: found?.nearest ?? "" };
  }

  private how(spec: SourceSpec): string {
    const plugin = this.plugins.find((one) => one.id === spec.plugin);
    return plugin?.streams ? (plugin.polls ? t.sources.how.both : t.sources.how.streams) : plugin?.polls ? t.sources.how.polls : t.sources.how.door;
  }

  private line(spec: SourceSpec): TemplateResult {
    const health = this.health(spec);
    const paused = spec.enabled === false;
    return html`<li><a class="source" href=${this.desk.href("sources", spec.id)} aria-current=${spec.id === this.spec?.id && !this.desk.place.item.startsWith("+") ? "true" : nothing}>${network(spec.plugin, 28)}<span class="f1 col"><span class="m el">${spec.id}</span><span class="t12 i3 el">${this.name(spec.plugin)}</span></span>
      <span class="row g6 t12 ${paused ? "i3" : health.ok ? "good" : "warn"}"><span class="dot ${paused ? "off" : health.ok ? "" : "warn"}"></span>${paused ? t.sources.paused : health.ok ? t.sources.live : t.sources.ill}</span></a></li>`;
  }

  /** The bridges: who hears of what is shown, and how each is. */
  private told(): TemplateResult | typeof nothing {
    const { lang, now } = this.desk;
    const bridges = this.whole?.bridges ?? [];
    if (!bridges.length) return nothing;
    return html`<section class="told"><h3 class="sec">${t.sources.bridges}</h3><p class="t12 i3">${t.sources.bridges_help}</p><ul>${bridges.map((one) => {
      const health = now?.bridges?.find((each) => each.bridge === one.id);
      const off = one.enabled === false;
      const well = health?.healthy ?? true;
      return html`<li class="row top g12">${network(one.plugin, 28, false)}<div class="f1 col g4"><span class="row g8"><b class="m el f1">${one.id}</b><span class="row g6 t12 ${off ? "i3" : well ? "good" : "warn"}"><span class="dot ${off ? "off" : well ? "" : "warn"}"></span>${off ? t.sources.paused : well ? t.sources.live : t.sources.ill}</span></span>
        <span class="t12 i3">${this.name(one.plugin)}</span>${health?.says ? html`<span class="t12 ${well ? "i2" : "warn"}" dir="auto">${health.says}${well || !health.since_ms ? nothing : html` (${t.sources.since(when(health.since_ms, Date.now(), lang))})`}</span>` : nothing}
        ${health?.aside ? html`<span class="t12 warn" dir="auto">${t.sources.aside(health.aside)} ${health.last_aside}</span>` : nothing}</div></li>`;
    })}</ul><p class="t12 i3">${t.sources.declared}</p></section>`;
  }

  private name(plugin: string): string {
    return this.all.find((one) => one.id === plugin)?.name[this.desk.lang] ?? plugin;
  }

  private one(spec: SourceSpec): TemplateResult {
    const { lang } = this.desk;
    const plugin = this.plugins.find((one) => one.id === spec.plugin);
    const health = this.health(spec);
    return html`<div class="col g24 main"><header class="row g12 wrap">${network(spec.plugin, 40)}<div class="col f1"><h2 class="t24">${spec.id}</h2><p class="i2">${this.name(spec.plugin)}, ${this.how(spec)}</p></div>
        ${this.desk.mayBuild ? html`<button class="btn" ?disabled=${this.busy} @click=${() => void this.pause(spec)}>${icon(spec.enabled === false ? "play" : "pause", 14)}${spec.enabled === false ? t.sources.resume : t.sources.pause} ${caps(this.desk, "pause")}</button>` : nothing}</header>
      ${!health.says ? html`<p class="i2" role="status">${spec.enabled === false ? t.sources.paused : t.sources.first_look}</p>` : health.ok ? html`<p class="row g8"><span class="dot"></span><span dir="auto">${health.says}</span></p>` : html`<div class="note"><span>${icon("triangle-alert", 18)}</span><div><p class="b" dir="auto">${health.says}</p><p>${health.since_ms ? t.sources.since(when(health.since_ms, Date.now(), lang)) : nothing}${health.nearest ? html` · ${t.sources.nearest} <b class="b">${health.nearest}</b>` : nothing}</p></div></div>`}
      <dl class="facts-row"><div><dt class="t12 i3">${t.sources.last}</dt><dd class="t18">${health.last ? t.sources.ago(wait(Date.now() - health.last, lang)) : t.sources.never}</dd></div><div><dt class="t12 i3">${t.sources.basis}</dt><dd class="t15">${t.sources.bases[spec.basis ?? ""] ?? spec.basis ?? ""}</dd></div></dl>
      ${plugin && this.desk.mayBuild ? html`<form class="card form" @submit=${(event: Event) => this.save(event, plugin, spec)}><h3 class="sec">${t.sources.settings}</h3>${fields(plugin, this.draft, this.wrong, lang, (name, value) => { this.draft = { ...this.draft, [name]: value }; })}
        ${this.refused ? html`<div class="note bad" role="alert"><span>${icon("circle-alert", 18)}</span><p>${this.refused}</p></div>` : nothing}
        <div class="row">${plugin.settings.length ? html`<button class="btn pri" data-main ?disabled=${this.busy}>${t.sources.save} ${caps(this.desk, "main")}</button>` : html`<span class="i2">${t.sources.no_settings}</span>`}<span class="sp"></span><button type="button" class="btn ghost no" ?disabled=${this.busy} @click=${() => void this.does(() => this.desk.api.changeSource(this.wall, spec.id, { drop: true }), t.sources.dropped, () => "")}>${icon("trash-2", 14)}${t.sources.drop}</button></div></form>` : nothing}
      <section><h3 class="sec">${t.sources.came}</h3>${this.came === undefined ? loading() : this.came.length ? html`<ul class="found">${this.came.map((one) => { const { post, placement } = one; return html`<li><a class="row g12" href=${this.desk.href("posts", post.key)}>${thumb(one)}<span class="f1 el" dir=${post.dir ?? "auto"} lang=${langOf(post)}>${said(post)}</span><span class="i2 el far" dir="auto">${drawn(nameOf(post.author))}</span><span class="chip ${CHIPS[placement.state] ?? ""}">${t.posts.states[placement.state]}</span></a></li>`; })}</ul>` : html`<p class="i2">${t.sources.no_posts}</p>`}</section></div>`;
  }

  private choose(): TemplateResult {
    return html`<div class="col g20 main"><div class="col g4"><h2 class="t24">${t.sources.choose}</h2><p class="i2">${t.sources.choose_help}</p></div>
      <ul class="choices">${this.plugins.map((one) => html`<li><a class="choice" href=${this.desk.href("sources", `+${one.id}`)}>${network(one.id, 40)}<span class="col f1"><span class="t15 b">${one.name[this.desk.lang]}</span><span class="i2">${one.about[this.desk.lang]}</span></span>${icon("chevron-right", 16)}</a></li>`)}</ul></div>`;
  }

  private add(plugin: Plugin): TemplateResult {
    const { lang } = this.desk;
    return html`<form class="page-form" @submit=${(event: Event) => this.save(event, plugin)}><div class="main col g20"><header class="row g12">${network(plugin.id, 40)}<div class="col f1"><h2 class="t24">${plugin.name[lang]}</h2><p class="i2">${plugin.about[lang]}</p></div></header>
        ${fields(plugin, this.draft, this.wrong, lang, (name, value) => { this.draft = { ...this.draft, [name]: value }; })}
        <div><label class="lab" for="basis">${t.sources.basis}</label><select class="fld" id="basis" @change=${(event: Event) => (this.basis = (event.target as HTMLSelectElement).value)}>${BASES.map((one) => html`<option value=${one} ?selected=${one === this.basis}>${t.sources.bases[one]}</option>`)}</select></div>
        ${this.refused ? html`<div class="note bad" role="alert"><span>${icon("circle-alert", 18)}</span><p>${this.refused}</p></div>` : nothing}</div>
      <footer class="foot"><button class="btn pri" data-main ?disabled=${this.busy}>${t.sources.start} ${caps(this.desk, "main")}</button><span class="t12 ${this.whole?.policy?.mode === "show_first" ? "warn m" : "i2"}">${t.sources.first_seen[this.whole?.policy?.mode ?? "approve_first"]}</span></footer></form>`;
  }
}

customElements.define("parvis-sources", Sources);
