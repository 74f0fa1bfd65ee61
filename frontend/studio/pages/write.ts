import { html, nothing, type TemplateResult } from "lit";
import { alone } from "../parts/mini";
import { Piece } from "../parts/piece";
import { caps } from "../parts/small";
import { language, number } from "../state/format";
import { t } from "../words";

const MOST = 500;
const LANGS = ["fr", "en", "de", "es", "it", "pt", "nl", "ar", "he", "ja", "zh", "ko"];

/** A post by the team: words, seen at once as the wall would have them. */
class Write extends Piece {
  static override properties = { text: { state: true }, speech: { state: true }, says: { state: true }, busy: { state: true } };
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
  }

  private async send(event: Event): Promise<void> {
    event.preventDefault();
    const { desk } = this;
    const text = this.text.trim();
    const left = MOST - Array.from(text).length;
    this.says = !text ? t.write.empty : left < 0 ? t.write.over(-left) : "";
    if (this.says) return void this.querySelector("textarea")?.focus();
    this.busy = true;
    try {
      await desk.api.write(desk.place.wall, text, this.speech || desk.wall?.lang || desk.lang, []);
      this.text = "";
      desk.say({ text: t.write.sent, undo: true });
    } catch (error) {
      this.says = desk.sentence(error); // the words stay
      desk.lost(error);
    }
    this.busy = false;
  }

  protected override render(): TemplateResult {
    const { desk } = this;
    const speech = this.speech || desk.wall?.lang || desk.lang;
    const left = MOST - Array.from(this.text).length;
    const dir = /^(ar|he|fa|ur)/.test(speech) ? "rtl" : "ltr";
    return html`<form class="page-form" @submit=${this.send}><div class="main two-cols"><div class="col g20">
        <div class="col g4"><h2 class="t32">${t.write.answer}</h2><p class="t15 i2">${t.write.help}</p></div>
        <div><label class="lab" for="words">${t.write.text}</label><textarea class="fld big" id="words" rows="5" dir=${dir} lang=${speech} aria-describedby="left" aria-invalid=${this.says ? "true" : "false"} .value=${this.text} @input=${(event: Event) => { this.text = (event.target as HTMLTextAreaElement).value; this.says = ""; }}></textarea>
          <p class="help ${left < 0 ? "bad" : ""}" id="left">${left < 0 ? t.write.over(-left) : t.write.left(left)} · ${number(MOST, desk.lang)}</p>${this.says ? html`<p class="bad m" role="alert">${this.says}</p>` : nothing}</div>
        <div class="narrow-field"><label class="lab" for="speech">${t.write.lang}</label><select class="fld" id="speech" @change=${(event: Event) => (this.speech = (event.target as HTMLSelectElement).value)}>${[...new Set([speech.split("-")[0]!, ...LANGS])].map((one) => html`<option value=${one} ?selected=${one === speech}>${language(one, desk.lang)}</option>`)}</select></div></div>
      <div class="col g8"><p class="t12 i3">${t.write.preview}</p>${alone({ key: "", network: "staff", text: this.text || " ", created_at_ms: 0, lang: speech, dir, author: { key: "", handle: "", name: desk.wall?.title ?? "" } })}</div></div>
      <footer class="foot"><button class="btn pri" data-main ?disabled=${this.busy || !desk.mayAct}>${t.write.send} ${caps(desk, "main")}</button></footer></form>`;
  }
}

customElements.define("parvis-write", Write);
