import { html, nothing, type TemplateResult } from "lit";
import { alone } from "../parts/mini";
import { Piece } from "../parts/piece";
import { caps, icon } from "../parts/small";
import { shrink } from "../../phone/shrink";
import { newId } from "../state/acts";
import { language } from "../state/format";
import { t } from "../words";

const MOST = 500;
const PICTURES = 4;
const LANGS = ["fr", "en", "de", "es", "it", "pt", "nl", "ar", "he", "ja", "zh", "ko"];

interface Chosen {
  readonly file: File;
  readonly url: string;
  alt: string;
}

const isFilm = ({ file }: Chosen): boolean => file.type.startsWith("video/");

/** A post by the team: words, pictures or a film, seen at once as the wall would have them. */
class Write extends Piece {
  static override properties = { text: { state: true }, speech: { state: true }, says: { state: true }, busy: { state: true }, files: { state: true } };
  declare files: readonly Chosen[];
  private act = "";
  declare text: string;
  declare speech: string;
  declare says: string;
  declare busy: boolean;

  constructor() {
    super();
    this.text = "";
    this.speech = "";
    this.says = "";
    this.busy = false;
    this.files = [];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.clear();
  }

  private clear(): void {
    for (const { url } of this.files) URL.revokeObjectURL(url);
    this.files = [];
  }

  private choose(event: Event): void {
    const field = event.target as HTMLInputElement;
    const chosen = [...this.files, ...Array.from(field.files ?? [], (file): Chosen => ({ file, url: URL.createObjectURL(file), alt: "" }))];
    field.value = "";
    this.act = "";
    const films = chosen.filter(isFilm).length;
    this.says = chosen.length > PICTURES || films > 1 || (films && chosen.length > 1) ? t.write.many : "";
    this.files = chosen;
  }

  private take_off(one: Chosen): void {
    URL.revokeObjectURL(one.url);
    this.act = "";
    this.says = "";
    this.files = this.files.filter((each) => each !== one);
  }

  private async send(event: Event): Promise<void> {
    event.preventDefault();
    const { desk } = this;
    const text = this.text.trim();
    const left = MOST - Array.from(text).length;
    const films = this.files.filter(isFilm).length;
    this.says = !text && !this.files.length ? t.write.empty : left < 0 ? t.write.over(-left) : this.files.length > PICTURES || films > 1 || (films && this.files.length > 1) ? t.write.many : "";
    if (this.says) return void this.querySelector("textarea")?.focus();
    this.busy = true;
    try {
      this.act ||= newId(); // sent again after a lost answer, it is one post
      const form = new FormData();
      form.set("text", text);
      form.set("lang", this.speech || desk.wall?.lang || desk.lang);
      form.set("act", this.act);
      for (const one of this.files) {
        form.append(isFilm(one) ? "film" : "photo", isFilm(one) ? one.file : await shrink(one.file), one.file.name);
        form.append("alt", one.alt);
      }
      await desk.api.write(desk.place.wall, form);
      this.text = "";
      this.act = "";
      this.clear();
      desk.say({ text: t.write.sent, undo: true });
    } catch (error) {
      this.says = desk.sentence(error); // the words and the files stay
      desk.lost(error);
    }
    this.busy = false;
  }

  private chosen(): TemplateResult {
    return html`<div class="col g8"><span class="lab">${t.write.photos}</span><label class="btn pick-files">${icon("image", 14)}${t.write.add}<input class="hid" type="file" multiple accept="image/jpeg,image/png,image/webp,image/gif,video/mp4,video/webm" aria-describedby="files-h" @change=${(event: Event) => this.choose(event)} /></label><p class="help" id="files-h">${t.write.photos_help}</p>
      ${this.files.length ? html`<ul class="files">${this.files.map((one, at) => html`<li>${isFilm(one) ? icon("play", 20) : html`<span class="thumb"><img src=${one.url} alt="" /></span>`}
        ${isFilm(one) ? html`<span class="f1 el">${one.file.name}</span>` : html`<input class="fld f1" aria-label=${t.write.alt(at + 1)} placeholder=${t.write.alt(at + 1)} maxlength="500" .value=${one.alt} @input=${(event: Event) => { one.alt = (event.target as HTMLInputElement).value; }} />`}
        <button type="button" class="btn ghost icon" aria-label=${t.write.take_off(one.file.name)} @click=${() => this.take_off(one)}>${icon("x", 16)}</button></li>`)}</ul>` : nothing}</div>`;
  }

  protected override render(): TemplateResult {
    const { desk } = this;
    const speech = this.speech || desk.wall?.lang || desk.lang;
    const left = MOST - Array.from(this.text).length;
    const dir = /^(ar|he|fa|ur)/.test(speech) ? "rtl" : "ltr";
    return html`<form class="page-form" @submit=${this.send}><div class="main two-cols"><div class="col g20">
        <div class="col g4"><h2 class="t32">${t.write.answer}</h2><p class="t15 i2">${t.write.help}</p></div>
        <div><label class="lab" for="words">${t.write.text}</label><textarea class="fld big" id="words" rows="5" dir=${dir} lang=${speech} aria-describedby="left" aria-invalid=${this.says ? "true" : "false"} .value=${this.text} @input=${(event: Event) => { this.text = (event.target as HTMLTextAreaElement).value; this.says = ""; this.act = ""; }}></textarea>
          <p class="help ${left < 0 ? "bad" : ""}" id="left">${left < 0 ? t.write.over(-left) : t.write.left(left)}</p>${this.says ? html`<p class="bad m" role="alert">${this.says}</p>` : nothing}</div>
        ${this.chosen()}
        <div class="narrow-field"><label class="lab" for="speech">${t.write.lang}</label><select class="fld" id="speech" @change=${(event: Event) => (this.speech = (event.target as HTMLSelectElement).value)}>${[...new Set([speech.split("-")[0]!, ...LANGS])].map((one) => html`<option value=${one} ?selected=${one === speech}>${language(one, desk.lang)}</option>`)}</select></div></div>
      <div class="col g8"><p class="t12 i3">${t.write.preview}</p>${alone({ key: "", network: "staff", text: this.text || " ", created_at_ms: 0, lang: speech, dir, author: { key: "", handle: "", name: desk.wall?.title ?? "" }, media: this.files.filter((one) => !isFilm(one)).map(({ url, alt }) => ({ type: "image" as const, url, alt })) })}</div></div>
      <footer class="foot"><button class="btn pri" data-main ?disabled=${this.busy || !desk.mayAct}>${t.write.send} ${caps(desk, "main")}</button></footer></form>`;
  }
}

customElements.define("parvis-write", Write);
