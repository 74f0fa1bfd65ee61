import { html, nothing, type TemplateResult } from "lit";
import { mini } from "../parts/mini";
import { Piece } from "../parts/piece";
import { cap, icon } from "../parts/small";
import { language } from "../state/format";
import { isField, nameOf } from "../state/keys";
import type { Kind, Mode } from "../state/types";
import { t } from "../words";

const KINDS: readonly (readonly [Kind, string])[] = [["event", "presentation"], ["shop", "store"], ["office", "building-2"], ["site", "panels-top-left"]];
const MODES: readonly (readonly [Mode, string])[] = [["approve_first", "shield-check"], ["show_first", "scale"], ["trusted_only", "users"]];
/** Languages that a wall's own words can be in, the most asked for first. */
export const LANGS = ["fr", "en", "de", "es", "it", "pt", "nl", "ar", "ja"];

/** Hashtags as a person writes them: with or without #, with spaces or commas between. */
export const tagsOf = (text: string): readonly string[] => text.split(/[\s,]+/).map((one) => one.replace(/^#+/, "")).filter(Boolean);

/** Three questions, and a wall stands: its name and place, where posts come from, who decides. */
class FirstWall extends Piece {
  static override properties = { at: { state: true }, says: { state: true }, busy: { state: true } };
  declare at: number;
  declare says: string;
  declare busy: boolean;
  private heading = "";
  private speech = "";
  private kind: Kind = "event";
  private tags = "";
  private server = "";
  private phone = true;
  private mode: Mode = "approve_first";

  constructor() {
    super();
    this.at = 1;
    this.says = "";
    this.busy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.pressed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.pressed);
  }

  private pressed = (event: KeyboardEvent): void => {
    const n = Number(nameOf(event));
    if (isField(event.target) || !n) return;
    if (this.at === 1 && KINDS[n - 1]) this.kind = KINDS[n - 1]![0];
    else if (this.at === 3 && MODES[n - 1]) this.mode = MODES[n - 1]![0];
    this.requestUpdate();
  };

  private get hashtags(): readonly string[] {
    return tagsOf(this.tags);
  }

  private async go(event: Event): Promise<void> {
    event.preventDefault();
    this.says = "";
    if (this.at < 3) {
      this.at++;
      await this.updateComplete;
      this.querySelector<HTMLElement>("h1")?.focus();
      return;
    }
    const { desk } = this;
    this.busy = true;
    try {
      const wall = await desk.api.addWall({ title: this.heading.trim(), lang: this.speech || desk.lang, hashtags: this.hashtags, mode: this.mode, kind: this.kind, phone: this.phone, mastodon: this.hashtags.length ? this.server.trim() : "" });
      await desk.readWalls();
      desk.go({ wall: wall.id, page: "tonight", item: "" });
    } catch (error) {
      this.says = desk.sentence(error);
      desk.lost(error);
    }
    this.busy = false;
  }

  protected override render(): TemplateResult {
    const { desk } = this;
    const back = this.at > 1 ? () => this.at-- : desk.walls.length ? () => desk.go({ wall: desk.walls[0]!.id, page: "tonight", item: "" }) : undefined;
    return html`<div class="door"><main class="ask"><header class="row g12"><parvis-mark size="28"></parvis-mark><span class="t18 f1">${t.app.name}</span><span class="steps-dots" aria-hidden="true">${[1, 2, 3].map((one) => html`<i class=${one < this.at ? "done" : one === this.at ? "now" : ""}></i>`)}</span></header>
      <form class="body" @submit=${(event: Event) => void this.go(event)}>${this.at === 1 ? this.first() : this.at === 2 ? this.second() : this.third()}
        <p class="bad m says-no" role="alert">${this.says}</p>
        <div class="row g16 wrap end-row"><button class="btn pri big" ?disabled=${this.busy}>${this.at === 3 ? t.wall.make : t.wall.go_on} ${cap("⏎")}</button>${back ? html`<button type="button" class="btn ghost" @click=${back}>${t.wall.back}</button>` : nothing}<span class="sp"></span><span class="i3">${t.wall.of(this.at)}</span></div></form></main>${this.prepares()}</div>`;
  }

  private question(title: string, help: string): TemplateResult {
    return html`<div class="col g6"><h1 class="t32" tabindex="-1">${title}</h1><p class="t15 i2">${help}</p></div>`;
  }

  private radios<V extends string>(name: string, options: readonly (readonly [V, string])[], words: Readonly<Record<V, readonly string[]>>, now: V, set: (value: V) => void): TemplateResult {
    return html`<fieldset class="col g8"><legend class="hid">${name}</legend>${options.map(([value, sign], at) => html`<label class="option"><input type="radio" name=${name} value=${value} .checked=${value === now} @change=${() => { set(value); this.requestUpdate(); }} />${icon(sign, 20)}<span class="col f1"><b class="b t15">${words[value][0]}</b><span class="i2">${words[value][1]}</span></span>${cap(String(at + 1))}</label>`)}</fieldset>`;
  }

  private first(): TemplateResult {
    return html`${this.question(t.wall.name, t.wall.where_help)}<div><label class="lab" for="w-title">${t.wall.title}</label><input class="fld" id="w-title" required maxlength="120" .value=${this.heading} aria-describedby="w-title-h" @input=${(event: Event) => { this.heading = (event.target as HTMLInputElement).value; this.requestUpdate(); }} /><p class="help" id="w-title-h">${t.wall.name_help}</p></div>
      <div><label class="lab" for="w-lang">${t.wall.lang}</label><select class="fld" id="w-lang" @change=${(event: Event) => (this.speech = (event.target as HTMLSelectElement).value)}>${LANGS.map((one) => html`<option value=${one} ?selected=${one === (this.speech || this.desk.lang)}>${language(one, this.desk.lang)}</option>`)}</select></div>
      <div class="col g8"><span class="lab">${t.wall.where}</span>${this.radios(t.wall.where, KINDS, t.wall.kinds, this.kind, (kind) => (this.kind = kind))}</div>`;
  }

  private second(): TemplateResult {
    return html`${this.question(t.wall.from, t.wall.from_help)}<div><label class="lab" for="w-tags">${t.wall.tags}</label><input class="fld" id="w-tags" .value=${this.tags} placeholder="#" aria-describedby="w-tags-h" @input=${(event: Event) => { this.tags = (event.target as HTMLInputElement).value; this.requestUpdate(); }} /><p class="help" id="w-tags-h">${t.wall.tags_help}</p></div>
      <label class="row top g12 switch"><input type="checkbox" class="tog" role="switch" .checked=${this.phone} @change=${(event: Event) => { this.phone = (event.target as HTMLInputElement).checked; this.requestUpdate(); }} /><span class="col"><span class="b t15">${t.wall.phone}</span><span class="i2">${t.wall.phone_help}</span></span></label>
      <div><label class="lab" for="w-server">${t.wall.mastodon}</label><input class="fld" id="w-server" .value=${this.server} placeholder=${t.wall.mastodon_like} aria-describedby="w-server-h" @input=${(event: Event) => (this.server = (event.target as HTMLInputElement).value)} /><p class="help" id="w-server-h">${t.wall.mastodon_help}</p></div>`;
  }

  private third(): TemplateResult {
    return html`${this.question(t.wall.who, t.wall.who_help)}${this.radios(t.wall.who, MODES, t.wall.modes, this.mode, (mode) => (this.mode = mode))}`;
  }

  private prepares(): TemplateResult {
    const posts = t.wall.sample.map((text, at) => ({ key: String(at), network: "phone", text, created_at_ms: 0, author: { key: "", handle: "", name: ["Lina", "Tomek", "Nour", "Joris", "Embruns"][at]! } }));
    const wall = { id: "", title: this.heading || t.app.name, hashtags: this.hashtags };
    const review = this.mode === "approve_first";
    return html`<aside class="dusk plain" aria-label=${t.wall.prepares}><div class="inner"><p class="t15">${t.wall.prepares}</p>${mini(wall, this.kind === "shop" ? posts.slice(0, 1) : posts, this.kind === "site" ? 4 / 3 : 16 / 9)}<ul><li><b class="t18">${t.wall.shapes[this.kind]![0]}</b><span>${t.wall.shapes[this.kind]![1]}</span></li><li><b class="t18">${review ? t.wall.gets.review : t.wall.gets.open}</b><span>${review ? t.wall.gets.review_help : t.wall.gets.open_help}</span></li>${this.phone ? html`<li><b class="t18">${t.wall.gets.page}</b><span>${t.wall.gets.page_help}</span></li>` : nothing}</ul></div></aside>`;
  }
}

customElements.define("parvis-first-wall", FirstWall);
