import { html, nothing, type TemplateResult } from "lit";
import { Piece } from "../parts/piece";
import { avatar, caps, failed, icon, loading, toggle } from "../parts/small";
import { bytes, language } from "../state/format";
import type { Mode, Person, Role, Server, WholeWall } from "../state/types";
import { t } from "../words";
import { LANGS, tagsOf } from "./first_wall";

const ROLES: readonly Role[] = ["owner", "editor", "moderator", "viewer"];
const MODES: readonly Mode[] = ["approve_first", "show_first", "trusted_only"];

/** You, the team, this wall, this server; and what is lost over plain http, said plainly. */
class Settings extends Piece {
  static override properties = { invited: { state: true }, refused: { state: true } };
  declare invited: { readonly says: string; readonly link: string } | undefined;
  declare refused: Readonly<Record<string, string>>;
  private server: Server | undefined;
  private people: readonly Person[] = [];
  private whole: WholeWall | undefined;
  private said = "";
  private seat = "";

  constructor() {
    super();
    this.invited = undefined;
    this.refused = {};
  }

  protected override willUpdate(): void {
    if (this.desk.place.wall === this.seat) return;
    this.seat = this.desk.place.wall;
    void this.read();
  }

  private async read(): Promise<void> {
    const { api, me, place } = this.desk;
    this.said = "";
    try {
      this.server = await api.settings();
    } catch (error) {
      this.said = this.desk.sentence(error);
      this.desk.lost(error);
    }
    if (me?.role === "owner") this.people = await api.people().catch(() => []);
    if (place.wall) this.whole = await api.wall(place.wall).catch(() => undefined);
    this.requestUpdate();
  }

  private async does(where: string, work: () => Promise<unknown>, said: string): Promise<boolean> {
    this.refused = {};
    try {
      await work();
      if (said) this.desk.say({ text: said });
      await this.read();
      return true;
    } catch (error) {
      this.refused = { [where]: this.desk.sentence(error) };
      this.desk.lost(error);
      return false;
    }
  }

  private no(where: string): TemplateResult | typeof nothing {
    return this.refused[where] ? html`<p class="note bad" role="alert"><span>${icon("circle-alert", 18)}</span>${this.refused[where]}</p>` : nothing;
  }

  protected override render(): TemplateResult {
    const limits = this.server && (this.server.secure === false || (this.server.said?.length ?? 0) > 0);
    return html`<div class="settings"><h2 class="t24">${!this.server ? "" : limits ? t.settings.answer_no : t.settings.answer_yes}</h2>${this.machine()}${this.you()}${this.desk.me?.role === "owner" ? this.team() : nothing}${this.whole && this.desk.mayBuild ? this.wall(this.whole) : nothing}</div>`;
  }

  private you(): TemplateResult {
    const { desk } = this;
    const { own } = desk;
    const seg = <V extends string>(label: string, id: string, values: readonly V[], words: Readonly<Record<V, string>>, now: V, set: (value: V) => void): TemplateResult => html`<div class="row wrap g12"><span class="lab side-lab" id=${id}>${label}</span><div class="seg" role="group" aria-labelledby=${id}>${values.map((one) => html`<button aria-pressed=${now === one ? "true" : "false"} @click=${() => set(one)}>${words[one]}</button>`)}</div></div>`;
    return html`<section><h3 class="t18">${t.settings.you}</h3><div class="col g16">
      ${desk.me?.name ? html`<p class="row g12">${avatar(desk.me.name, "s36")}<span class="col"><b class="b">${desk.me.name}</b><span class="t12 i3">${desk.me.email} · ${t.settings.roles[desk.me.role]}</span></span></p>` : html`<p class="i2">${t.settings.key_note}</p>`}
      ${seg(t.settings.lang, "s-lang", ["en", "fr"] as const, t.settings.langs, desk.lang, (lang) => void desk.speak(lang).then(() => this.read()))}${seg(t.settings.theme, "s-theme", ["auto", "light", "dark"] as const, t.palette.theme, own.theme, (theme) => desk.setOwn({ theme }))}
      ${toggle(t.settings.hold, t.settings.hold_help, own.holdToLook, (holdToLook) => desk.setOwn({ holdToLook }))}${toggle(t.keys.letters, t.keys.letters_help, own.letters, (letters) => desk.setOwn({ letters }))}
      <div class="row wrap"><button class="btn" @click=${() => dispatchEvent(new CustomEvent("parvis-over", { detail: "keys" }))}>${icon("keyboard", 14)}${t.settings.every_key} ${caps(desk, "help")}</button></div>
      <div class="row wrap"><button class="btn" @click=${() => void this.out(false)}>${icon("log-out", 14)}${t.settings.out}</button>${desk.api.key ? nothing : html`<button class="btn ghost" @click=${() => void this.out(true)}>${t.settings.out_all}</button>`}</div></div></section>`;
  }

  private async out(everywhere: boolean): Promise<void> {
    await this.desk.api.signOut(everywhere).catch(() => undefined);
    this.desk.leave();
  }

  private team(): TemplateResult {
    const { desk } = this;
    const role = (name: string, now: Role, set?: (role: Role) => void): TemplateResult => html`<select class="fld" name="role" aria-label=${name} @change=${(event: Event) => set?.((event.target as HTMLSelectElement).value as Role)}>${ROLES.map((one) => html`<option value=${one} ?selected=${one === now}>${t.settings.roles[one]}</option>`)}</select>`;
    return html`<section><h3 class="t18">${t.settings.people}</h3><p class="i2">${t.settings.people_help}</p>${this.no("people")}
      <ul class="folk">${this.people.map((one) => html`<li class="row g12 wrap">${avatar(one.name, "s36")}<span class="f1 col"><b class="b el" dir="auto">${one.name}</b><span class="t12 i3 el">${one.email}</span></span>${role(t.settings.role_of(one.name), one.role, (next) => void this.does("people", () => desk.api.changePerson(one.id, { role: next }), t.toast.saved))}
        <button class="btn ghost icon" aria-label=${t.settings.forgot(one.name)} title=${t.settings.forgot(one.name)} ?disabled=${one.joined === false} @click=${() => void this.does("people", async () => { this.invited = { says: t.settings.reset(one.name), link: (await desk.api.resetLink(one.id)).reset }; }, "")}>${icon("key-round", 16)}</button>
        <button class="btn ghost icon" aria-label=${t.settings.remove_who(one.name)} ?disabled=${one.email === desk.me?.email} @click=${() => void this.does("people", () => desk.api.changePerson(one.id, { remove: true }), t.settings.removed(one.name))}>${icon("trash-2", 16)}</button></li>`)}</ul>
      <form class="row wrap g12 invite" @submit=${(event: SubmitEvent) => void this.invite(event)}><label class="f1"><span class="lab">${t.settings.invite_name}</span><input class="fld" name="name" required maxlength="80" /></label><label class="f1"><span class="lab">${t.settings.invite_email}</span><input class="fld" name="email" type="email" required /></label><label><span class="lab">${t.settings.role}</span>${role(t.settings.role, "moderator")}</label><button class="btn">${t.settings.invite}</button></form>
      ${this.invited ? html`<div class="note calm" role="status"><span>${icon("link", 18)}</span><div><p>${this.invited.says}</p><p class="mono address">${this.invited.link}</p></div></div>` : nothing}</section>`;
  }

  private async invite(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form);
    const who = String(given.get("name"));
    const done = await this.does("people", async () => {
      const { invite } = await this.desk.api.addPerson(who, String(given.get("email")), String(given.get("role")) as Role);
      this.invited = { says: t.settings.invited(who), link: invite };
    }, "");
    if (done) form.reset();
  }

  private wall(whole: WholeWall): TemplateResult {
    return html`<section><h3 class="t18">${t.settings.wall}</h3>${this.no("wall")}<form class="col g16" @submit=${(event: SubmitEvent) => this.keep(event, whole)}>
      <label><span class="lab">${t.settings.wall_title}</span><input class="fld" name="title" required maxlength="120" .value=${whole.title} /></label>
      <label><span class="lab">${t.wall.lang}</span><select class="fld" name="lang">${[...new Set([...LANGS, whole.lang ?? "en"])].map((one) => html`<option value=${one} ?selected=${one === (whole.lang ?? "en")}>${language(one, this.desk.lang)}</option>`)}</select></label>
      <label><span class="lab">${t.wall.tags}</span><input class="fld" name="hashtags" dir="auto" aria-describedby="s-tags-h" .value=${(whole.hashtags ?? []).map((tag) => `#${tag}`).join(" ")} /><span class="help" id="s-tags-h">${t.wall.tags_help}</span></label>
      <label><span class="lab">${t.settings.mode}</span><select class="fld" name="mode">${MODES.map((one) => html`<option value=${one} ?selected=${one === whole.policy?.mode}>${t.wall.modes[one][0]}</option>`)}</select></label>
      <label class="narrow-field"><span class="lab">${t.settings.retention}</span><input class="fld" name="retention" type="number" min="1" max="3650" .value=${String(whole.retention_days ?? 30)} /></label>
      <div><button class="btn pri" data-main>${t.settings.save} ${caps(this.desk, "main")}</button></div></form></section>`;
  }

  private keep(event: SubmitEvent, whole: WholeWall): void {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const changes = { title: String(given.get("title")), lang: String(given.get("lang")), hashtags: tagsOf(String(given.get("hashtags"))), retention_days: Number(given.get("retention")), policy: { ...whole.policy, mode: String(given.get("mode")) } };
    void this.does("wall", () => this.desk.api.changeWall(whole.id, whole.rev, changes), t.toast.saved).then((done) => (done ? this.desk.readWalls() : undefined));
  }

  private machine(): TemplateResult {
    if (this.said) return html`<section>${failed(t.settings.failed, this.said, () => void this.read())}</section>`;
    const { server } = this;
    if (!server) return html`<section>${loading()}</section>`;
    const { lang } = this.desk;
    const line = (name: string, value: string | undefined): TemplateResult | typeof nothing => (value ? html`<div><dt class="i2">${name}</dt><dd class="mono">${value}</dd></div>` : nothing);
    return html`<section><h3 class="t18">${t.settings.server}</h3>
      ${server.secure === false || server.said?.length ? html`<div class="note"><span>${icon("lock-open", 18)}</span><div class="col g4">${server.secure === false ? html`<p class="b">${t.settings.secure_no}</p>` : nothing}${(server.said ?? []).map((one) => html`<p dir="auto">${one}</p>`)}</div></div>` : html`<p class="row good">${icon("shield-check", 16)}<span>${t.settings.secure_yes}</span></p>`}
      <dl class="lines">${line(t.settings.address, server.public_url)}${line(t.settings.version, server.version)}${line(t.settings.engine, server.engine)}${line(t.settings.data, server.data_folder)}${server.disk ? line(t.settings.disk, t.settings.free(bytes(server.disk.free, lang), bytes(server.disk.used, lang))) : nothing}</dl></section>`;
  }
}

customElements.define("parvis-settings", Settings);
