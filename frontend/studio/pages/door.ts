import { html, nothing, svg, type TemplateResult } from "lit";
import { Piece } from "../parts/piece";
import { length, lengthOf, SHORTEST } from "../parts/passphrase";
import { cap, icon } from "../parts/small";
import { Problem } from "../state/api";
import { keepKey } from "../state/own";
import type { Me } from "../state/types";
import { t } from "../words";

/** The door: sign in, the first person, or an invitation. One question, one button. */
class Door extends Piece {
  static override properties = { says: { state: true }, busy: { state: true }, open: { state: true }, byKey: { state: true }, typed: { state: true } };
  declare says: string;
  declare busy: boolean;
  declare open: boolean;
  declare byKey: boolean;
  declare typed: string;

  constructor() {
    super();
    this.says = "";
    this.busy = false;
    this.open = false;
    this.byKey = false;
    this.typed = "";
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { desk } = this;
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(given.get(name) ?? "").trim();
    const password = String(given.get("password") ?? "");
    if (desk.door !== "sign_in" && lengthOf(password) < SHORTEST) {
      this.says = t.door.short;
      return void this.querySelector<HTMLElement>("[name=password]")?.focus();
    }
    this.busy = true;
    this.says = "";
    try {
      if (this.byKey) {
        desk.api.key = text("key");
        await desk.api.walls();
        keepKey(desk.api.key);
        await desk.enter();
      } else {
        const me: Me = desk.door === "first" ? await desk.api.first(desk.token || tokenIn(text("token")), text("name"), text("email"), password, desk.lang)
          : desk.door === "invite" ? await desk.api.invite(desk.token, password) : desk.door === "reset" ? await desk.api.reset(desk.token, password) : await desk.api.signIn(text("email"), password);
        // whoever invited could only guess a language; the one of this page is theirs
        await desk.welcome(desk.door === "invite" && me.lang !== desk.lang ? await desk.api.changeMe({ lang: desk.lang }) : me);
      }
    } catch (error) {
      if (this.byKey) desk.api.key = "";
      this.says = error instanceof Problem && error.status === 401 && desk.door === "sign_in" && !this.byKey && !error.message ? t.door.wrong : desk.sentence(error);
    }
    this.busy = false;
  }

  protected override render(): TemplateResult {
    const { desk } = this;
    const lang = desk.lang === "fr" ? "en" : "fr";
    return html`<div class="door"><main class="ask"><header class="row g12"><parvis-mark size="28"></parvis-mark><span class="t18 f1">${t.app.name}</span><button class="btn ghost sm" lang=${lang} @click=${() => desk.setOwn({ lang })}>${icon("languages", 14)}${t.settings.langs[lang]}</button></header>${desk.door === "gone" ? this.gone() : this.form()}</main>${square()}</div>`;
  }

  private gone(): TemplateResult {
    return html`<div class="col g16 body" role="alert"><h1 class="t32">${t.door.gone}</h1><p class="t15 i2">${t.door.gone_help}</p><div><button class="btn pri big" @click=${() => void this.desk.enter()}>${t.door.again}</button></div></div>`;
  }

  private form(): TemplateResult {
    const { door, token } = this.desk;
    const first = door === "first";
    const known = door === "invite" || door === "reset";
    const title = first ? t.door.first : door === "invite" ? t.door.invite : door === "reset" ? t.door.reset : t.door.sign_in;
    const help = first ? t.door.first_help : door === "invite" ? t.door.invite_help : door === "reset" ? t.door.reset_help : t.door.sign_in_help;
    const field = (name: string, label: string, type: string, auto: string, about = ""): TemplateResult => html`<div><label class="lab" for="d-${name}">${label}</label><input class="fld" id="d-${name}" name=${name} type=${type} autocomplete=${auto as "on"} required aria-describedby=${about ? `d-${name}-h` : nothing} />${about ? html`<p class="help" id="d-${name}-h">${about}</p>` : nothing}</div>`;
    return html`<form class="body" @submit=${(event: SubmitEvent) => void this.submit(event)}><div class="col g6"><h1 class="t32">${title}</h1><p class="t15 i2">${help}</p></div>
      ${this.byKey ? field("key", t.door.key_field, "password", "off", t.door.key_help)
        : html`${first && !token ? field("token", t.door.link, "text", "off", t.door.link_help) : nothing}${first ? field("name", t.door.name, "text", "name") : nothing}${known ? nothing : field("email", t.door.email, "email", "username", first ? t.door.email_help : "")}
          <div><label class="lab" for="d-password">${t.door.password}</label><span class="with-eye"><input class="fld" id="d-password" name="password" type=${this.open ? "text" : "password"} autocomplete=${door === "sign_in" ? "current-password" : "new-password"} required aria-describedby=${door === "sign_in" ? nothing : "d-password-h"} @input=${(event: Event) => (this.typed = (event.target as HTMLInputElement).value)} /><button type="button" class="btn ghost icon" aria-label=${this.open ? t.door.hide : t.door.show} @click=${() => (this.open = !this.open)}>${icon(this.open ? "eye-off" : "eye", 18)}</button></span>${door === "sign_in" ? nothing : html`<p class="help" id="d-password-h">${t.door.password_help}</p>${length(this.typed)}`}</div>`}
      ${door === "sign_in" && !this.byKey ? html`<p class="help">${t.door.forgotten}</p>` : nothing}
      <p class="bad m says-no" role="alert">${this.says}</p>
      <div class="row g16 wrap end-row"><button class="btn pri big" ?disabled=${this.busy}>${door === "sign_in" ? t.door.enter : t.door.go_on} ${cap("⏎")}</button>${known ? nothing : html`<button type="button" class="btn ghost" @click=${() => { this.byKey = !this.byKey; this.says = ""; }}>${icon("key-round", 16)}${this.byKey ? t.door.back : t.door.key}</button>`}</div></form>`;
  }
}

/** People paste the whole link. */
export const tokenIn = (pasted: string): string => /first=([^&\s]+)/.exec(pasted)?.[1] ?? pasted;

const LIGHTS = [[8, 12, 60], [30, 6, 110], [18, 26, 140], [52, 14, 70], [70, 8, 120], [88, 18, 90], [62, 34, 60], [40, 40, 150], [82, 46, 70], [14, 58, 110], [58, 62, 130], [30, 72, 80], [90, 70, 110], [72, 84, 60], [10, 88, 90]] as const;

/** The square after ten, in lamps: drawn, no picture is loaded. */
export const square = (): TemplateResult => html`<div class="dusk" aria-hidden="true"><svg viewBox="0 0 100 100" preserveAspectRatio="xMidYMid slice">${LIGHTS.map(([x, y, r], at) => lamp(x, y, r / 12, at % 4))}</svg><div class="say"><p class="t24">${t.door.square}</p><p>${t.door.here}</p></div></div>`;

const lamp = (x: number, y: number, r: number, tone: number): TemplateResult => svg`<circle class="tone${tone}" cx=${x} cy=${y} r=${r}></circle>`;

customElements.define("parvis-door", Door);
