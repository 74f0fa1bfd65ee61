import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { css } from "../parts/style";
import { Piece } from "../parts/piece";
import { caps, failed, icon, loading, toggle } from "../parts/small";
import { number } from "../state/format";
import type { Problem } from "../state/api";
import type { Brand, Preview, WholeWall } from "../state/types";
import { t } from "../words";

const THEMES = ["conference", "fashion", "festival"] as const;
const FACES = ["", "archivo", "instrument", "bricolage"];
const MOTIFS = ["", "streams", "letter", "paper"];
const LAYOUTS: readonly string[] = ["masonry", "spotlight", "ticker"];
const START: Readonly<Record<string, readonly string[]>> = { conference: ["#1a33ff", "#ff5631", "#bcd3ff", "#1b2148"], fashion: ["#5d1026", "#f1c3c7", "#c9d0b8", "#e9452c"], festival: ["#ffc814", "#ff7196", "#0a7350", "#91d4ff"] };
const BOXES = [["stage", 1536, 768], ["totem", 720, 1280], ["ticker", 1920, 240]] as const;
/** A phone has room for one wall, which stays in sight while it is dressed. */
const NARROW = matchMedia("(max-width: 759px)");
const GUARD_MS = 160;
const DRAW_MS = 600;
/** Of a logo in an address; a longer one is seen once it is on air. */
const LONGEST_LOGO = 1500;

/** The draft as CSS names, whichever way the server tells its tokens. Pure. */
export function tokensOf(told: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const tokens = new Map<string, string>();
  for (const [name, value] of Object.entries(told)) {
    if (typeof value === "string" && name.startsWith("--")) tokens.set(name, value);
    else if (["ground", "ink", "soft"].includes(name)) tokens.set(`--${name}`, String(value));
    else if (name === "fields" && Array.isArray(value)) value.forEach((one, at) => tokens.set(`--f${at + 1}`, String(one)));
    else if (name === "inks" && Array.isArray(value)) value.forEach((one, at) => tokens.set(`--o${at + 1}`, String(one)));
    else if (name === "joint" || name === "radius") tokens.set(`--k-${name}`, String(value));
  }
  return tokens;
}

/** How the wall looks: chosen at left, seen at right on the real wall page, and whether it can be read. */
class Look extends Piece {
  private whole: WholeWall | undefined;
  private draft: Record<string, unknown> = {};
  private layout = "";
  private preview: Preview | undefined;
  private state: "loading" | "failed" | "there" = "loading";
  private said = "";
  private refused = "";
  private guardSaid = "";
  private wall = "";
  private timer = 0;
  private drawing = 0;
  private busy = false;
  /** The pages that are drawn: the last is the newest, and the one that was seen stands until it has come. */
  private pages: readonly string[] = [];
  private seen = "";
  private readonly measure = new ResizeObserver(() => this.fit());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.measure.disconnect();
  }

  protected override willUpdate(): void {
    if (this.desk.place.wall === this.wall) return;
    this.wall = this.desk.place.wall;
    this.state = "loading";
    this.pages = [];
    this.seen = "";
    void this.read();
  }

  private async read(keep = false): Promise<void> {
    try {
      this.whole = await this.desk.api.wall(this.wall);
      if (!keep) {
        this.draft = { ...(this.whole.brand ?? {}) };
        this.layout = this.whole.layout ?? "masonry";
      }
      this.state = "there";
      this.draw();
      void this.guard();
    } catch (error) {
      this.said = this.desk.sentence(error);
      this.state = "failed";
      this.desk.lost(error);
    }
    this.requestUpdate();
  }

  private get changes(): number {
    const was = this.whole?.brand ?? {};
    const names = new Set([...Object.keys(was), ...Object.keys(this.draft)]);
    let n = this.layout === (this.whole?.layout ?? "masonry") ? 0 : 1;
    for (const name of names) if (JSON.stringify(was[name] ?? "") !== JSON.stringify(this.draft[name] ?? "")) n++;
    return n;
  }

  private set(change: Brand): void {
    this.draft = { ...this.draft, ...change };
    this.refused = "";
    this.requestUpdate();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.guard(), GUARD_MS);
    this.drawSoon();
  }

  private lay(layout: string): void {
    this.layout = layout;
    this.requestUpdate();
    this.drawSoon();
  }

  private drawSoon(): void {
    window.clearTimeout(this.drawing);
    this.drawing = window.setTimeout(() => this.draw(), DRAW_MS);
  }

  /** The draft as an address. */
  private address(): string {
    if (!this.whole) return `/w/${encodeURIComponent(this.wall)}`;
    const { logo, ...brand } = this.draft;
    const drawn = typeof logo === "string" && logo.length < LONGEST_LOGO ? { ...brand, logo } : brand;
    return `/preview/${encodeURIComponent(this.wall)}?${new URLSearchParams({ brand: JSON.stringify(drawn), layout: this.layout, rev: String(this.whole.rev) })}`;
  }

  private draw(): void {
    const address = this.address();
    if (this.pages[this.pages.length - 1] === address) return;
    this.pages = this.seen && this.seen !== address ? [this.seen, address] : [address];
    this.requestUpdate();
  }

  private drawn(frame: HTMLIFrameElement): void {
    this.dress(frame);
    frame.dataset["there"] = "";
    const newest = Array.from(this.querySelectorAll<HTMLIFrameElement>("iframe:last-of-type"));
    if (!newest.every((one) => "there" in one.dataset)) return;
    this.seen = this.pages[this.pages.length - 1] ?? "";
    this.pages = this.pages.slice(-1);
    this.requestUpdate();
  }

  private get dim(): Preview["contrast"] {
    return (this.preview?.contrast ?? []).filter((one) => !one.ok);
  }

  private async guard(): Promise<void> {
    const asked = JSON.stringify(this.draft);
    const { logo: _, ...brand } = this.draft; // it changes no contrast, and may be long
    try {
      const preview = await this.desk.api.preview(this.wall, brand, this.desk.lang);
      if (asked !== JSON.stringify(this.draft)) return;
      this.preview = preview;
      this.guardSaid = "";
    } catch (error) {
      this.guardSaid = this.desk.sentence(error);
    }
    this.querySelectorAll("iframe").forEach((frame) => this.dress(frame));
    this.requestUpdate();
  }

  /** The draft on the real page: its root's own tokens, nothing else. */
  private dress(frame: HTMLIFrameElement): void {
    const root = frame.contentDocument?.documentElement;
    if (!root || !this.preview) return;
    for (const [name, value] of tokensOf(this.preview.tokens)) root.style.setProperty(name, value);
    for (const [name, value] of [["theme", this.draft["theme"]], ["scheme", this.draft["scheme"]], ["face", this.draft["face"] || (this.preview.tokens as Record<string, unknown>)["face"]]] as const) if (typeof value === "string" && value) root.dataset[name] = value;
  }

  private async put(): Promise<void> {
    const { desk } = this;
    if (!this.whole || this.busy) return;
    const dim = this.dim;
    if (dim.length) {
      this.refused = t.look.unreadable(dim.map((one) => one.pair).join(", "), dim.length);
      this.requestUpdate();
      await this.updateComplete;
      this.querySelector<HTMLElement>(".readable .btn")?.focus();
      return;
    }
    this.busy = true;
    this.refused = "";
    this.requestUpdate();
    try {
      this.whole = await desk.api.changeWall(this.wall, this.whole.rev, { brand: this.draft, layout: this.layout });
      desk.say({ text: t.toast.saved });
      this.draft = { ...(this.whole.brand ?? this.draft) };
      this.draw();
      void this.guard();
    } catch (error) {
      this.refused = desk.sentence(error);
      if ((error as Problem).status === 409) {
        this.refused += ` ${t.look.conflict_help}`;
        await this.read(true); // theirs is the base now, ours stays the draft
      }
    }
    this.busy = false;
    this.requestUpdate();
  }

  private fit(): void {
    this.querySelectorAll<HTMLElement>(".pane-real").forEach((pane) => {
      pane.querySelectorAll("iframe").forEach((frame) => (frame.style.transform = `scale(${pane.clientWidth / Number(pane.dataset["w"])})`));
    });
  }

  protected override updated(_changed: PropertyValues): void {
    this.querySelectorAll(".pane-real").forEach((pane) => this.measure.observe(pane));
    this.fit();
  }

  protected override render(): TemplateResult {
    if (this.state === "loading") return html`<div class="pad">${loading()}</div>`;
    if (this.state === "failed") return html`<div class="pad">${failed(t.states.failed, this.said, () => { this.state = "loading"; this.requestUpdate(); void this.read(); })}</div>`;
    const changes = this.changes;
    return html`<div class="tools row wrap"><span class="t12 i3">${this.whole?.title} · ${t.look.draft(changes)}</span><div class="seg" role="group" aria-label=${t.look.layout}>${[...new Set([...LAYOUTS, this.whole?.layout ?? "masonry"])].map((one) => html`<button aria-pressed=${this.layout === one ? "true" : "false"} @click=${() => this.lay(one)}>${t.look.layouts[one] ?? one}</button>`)}</div></div>
      <div class="looks"><div class="left">${this.choices()}${this.readable()}</div>
      <div class="right"><div class="boxes">${BOXES.filter(([name]) => name === "stage" || !NARROW.matches).map(([name, w, h]) => this.box(name, w, h))}</div>
        ${this.refused ? html`<div class="note bad spaced" role="alert"><span>${icon("circle-alert", 18)}</span><p>${this.refused}</p></div>` : nothing}
        <footer class="foot"><button class="btn pri" data-main ?disabled=${!changes || this.busy || !this.desk.mayBuild} @click=${() => void this.put()}>${t.look.put} ${caps(this.desk, "main")}</button><button class="btn" ?disabled=${!changes} @click=${() => { this.draft = { ...(this.whole?.brand ?? {}) }; this.layout = this.whole?.layout ?? "masonry"; this.refused = ""; this.draw(); void this.guard(); this.requestUpdate(); }}>${t.look.discard}</button><span class="sp"></span><span class="t12 i3 far">${t.look.motion}</span></footer></div></div>`;
  }

  private choices(): TemplateResult {
    const { draft } = this;
    const theme = String(draft["theme"] ?? "conference");
    const own = Array.isArray(draft["fields"]) ? (draft["fields"] as string[]) : [];
    const seg = (name: string, label: string, values: readonly string[], words: Readonly<Record<string, string>>): TemplateResult => html`<div class="col g6"><span class="sec" id="l-${name}">${label}</span><div class="seg" role="group" aria-labelledby="l-${name}">${values.map((one) => html`<button aria-pressed=${String(draft[name] ?? values[0]) === one ? "true" : "false"} @click=${() => this.set({ [name]: one })}>${words[one]}</button>`)}</div></div>`;
    const range = (name: string, label: string, most: number): TemplateResult => {
      const value = Number(draft[name] ?? tokensOf(this.preview?.tokens ?? {}).get(`--k-${name}`) ?? 0);
      return html`<label class="col g4"><span class="row"><span class="sec">${label}</span><span class="sp"></span><span class="t12 i3">${t.look.of_screen(number(value, this.desk.lang, 1))}</span></span><input type="range" min="0" max=${most} step="0.1" .value=${String(value)} @input=${(event: Event) => this.set({ [name]: Number((event.target as HTMLInputElement).value) })} /></label>`;
    };
    return html`<div class="col g20 in">${seg("theme", t.look.theme, THEMES, t.look.themes)}${seg("scheme", t.look.scheme, ["dark", "light"], { light: t.look.light, dark: t.look.dark })}
      <div class="col g6"><div class="row"><span class="sec" id="l-fields">${t.look.fields}</span><span class="sp"></span><button class="lnk t12" @click=${() => this.set({ fields: own.length ? [] : [...(START[theme] ?? START["conference"]!)], inks: [], ...(own.length ? { ground: "", ink: "" } : {}) })}>${own.length ? t.look.theirs : t.look.own}</button></div>
        ${own.length ? this.own(own) : html`<div class="row g6" aria-hidden="true">${(START[theme] ?? []).map((colour) => html`<i class="swatch" ${css({ background: colour })}></i>`)}</div>`}</div>
      <label class="col g6"><span class="sec">${t.look.face}</span><select class="fld" @change=${(event: Event) => this.set({ face: (event.target as HTMLSelectElement).value })}>${FACES.map((one) => html`<option value=${one} ?selected=${String(draft["face"] ?? "") === one}>${t.look.faces[one]}</option>`)}</select></label>
      <label class="col g6"><span class="sec">${t.look.motif}</span><select class="fld" @change=${(event: Event) => this.set({ motif: (event.target as HTMLSelectElement).value })}>${MOTIFS.map((one) => html`<option value=${one} ?selected=${String(draft["motif"] ?? "") === one}>${t.look.motifs[one]}</option>`)}</select></label>
      ${range("joint", t.look.joint, 4)}${range("radius", t.look.radius, 8)}
      <label class="col g6"><span class="sec">${t.look.logo}</span><input class="fld" .value=${String(draft["logo"] ?? "")} @input=${(event: Event) => this.set({ logo: (event.target as HTMLInputElement).value })} /><span class="help">${t.look.logo_help}</span></label>
      ${toggle(t.look.calm, t.look.calm_help, draft["calm"] === true, (calm) => this.set({ calm }))}</div>`;
  }

  /** The ground and each field, and beside it what is written on it. */
  private own(fields: readonly string[]): TemplateResult {
    const { draft } = this;
    const tokens = tokensOf(this.preview?.tokens ?? {});
    const inks = fields.map((_, at) => (Array.isArray(draft["inks"]) ? String((draft["inks"] as string[])[at] ?? "") : ""));
    const put = (list: readonly string[], at: number, value: string): string[] => list.map((one, place) => (place === at ? value : one));
    const pick = (label: string, value: string, set: (value: string) => void): TemplateResult => html`<label class="row g6"><input type="color" class="swatch" aria-label=${label} .value=${value} @input=${(event: Event) => set((event.target as HTMLInputElement).value)} /><span class="mono t12 i2" aria-hidden="true">${value}</span></label>`;
    const line = (name: string, ground: TemplateResult, ink: TemplateResult): TemplateResult => html`<li class="colours"><span class="el">${name}</span>${ground}${ink}</li>`;
    return html`<ul class="col g4" aria-labelledby="l-fields"><li class="colours t12 i3" aria-hidden="true"><span></span><span>${t.look.colour}</span><span>${t.look.letters}</span></li>
      ${line(t.look.ground, pick(t.look.ground, String(draft["ground"] || tokens.get("--ground") || "#000000"), (ground) => this.set({ ground })), pick(t.look.words_on(t.look.ground), String(draft["ink"] || tokens.get("--ink") || "#ffffff"), (ink) => this.set({ ink })))}
      ${fields.map((colour, at) => line(t.look.field(at + 1), pick(t.look.field(at + 1), colour, (value) => this.set({ fields: put(fields, at, value) })), pick(t.look.words_on(t.look.field(at + 1)), inks[at] || tokens.get(`--o${at + 1}`) || "#ffffff", (value) => this.set({ inks: put(inks, at, value) }))))}</ul>
      <p class="help">${t.look.own_help}</p>`;
  }

  private readable(): TemplateResult {
    const pairs = this.preview?.contrast ?? [];
    const faults = this.preview?.faults ?? [];
    return html`<section class="readable" aria-live="polite"><h2 class="sec">${t.look.readable}</h2>${this.guardSaid ? html`<p class="bad t12" dir="auto">${this.guardSaid}</p>` : nothing}
      <ul class="col g4">${pairs.map((one) => html`<li class="row ${one.ok ? "" : "bad"}"><span class=${one.ok ? "good" : "bad"}>${icon(one.ok ? "circle-check" : "circle-alert", 15)}</span>${one.ground && one.ink ? html`<i class="sample" aria-hidden="true" ${css({ background: one.ground })}><b ${css({ background: one.ink })}></b><b ${css({ background: one.ink })}></b></i>` : nothing}<span class="f1">${one.pair}</span><b class=${one.ok ? "good" : "bad"}>${t.look.ratio(number(one.ratio, this.desk.lang, 1))}</b></li>${one.repair ? this.repair(one.pair, one.repair) : nothing}`)}</ul>
      ${faults.map((one) => html`<p class="bad t12">${one}</p>`)}
      ${pairs.length ? html`<p class="t12 i2">${this.dim.length ? t.look.below : t.look.all_read}</p>` : nothing}</section>`;
  }

  private repair(pair: string, repair: NonNullable<Preview["contrast"][number]["repair"]>): TemplateResult {
    return html`<li class="row wrap g8 mend"><span class="t12 i2">${repair.says}</span><button class="btn sm" aria-label="${t.look.use}: ${pair}" @click=${() => this.set(repair.brand)}>${t.look.use}</button></li>`;
  }

  private box(name: (typeof BOXES)[number][0], w: number, h: number): TemplateResult {
    return html`<figure class="b-${name}"><div class="pane-real" data-w=${w} ${css({ "aspect-ratio": `${w} / ${h}` })}>${repeat(this.pages, (one) => one, (one) => html`<iframe name="parvis-preview" src=${one} title="${t.look.preview}: ${t.look.boxes[name]}" tabindex="-1" width=${w} height=${h} @load=${(event: Event) => this.drawn(event.target as HTMLIFrameElement)}></iframe>`)}</div>
      <figcaption class="t12"><b class="b">${t.look.boxes[name]}</b> <span class="i3">${t.look.px(w, h)}</span></figcaption></figure>`;
  }
}

customElements.define("parvis-look", Look);
