import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import "./pages/door";
import "./pages/first_wall";
import "./pages/look";
import "./pages/numbers";
import "./pages/posts";
import "./pages/queue";
import "./pages/screens";
import "./pages/settings";
import "./pages/sources";
import "./pages/tonight";
import "./pages/write";
import "./parts/icon";
import "./shell/keys_sheet";
import "./shell/palette";
import { bar } from "./shell/bar";
import { linkStrip, panicStrip, staleStrip } from "./shell/strips";
import { side } from "./shell/side";
import { toast } from "./shell/toast";
import { Piece, seatAt } from "./parts/piece";
import { empty, failed, icon, loading } from "./parts/small";
import { isField, keyOf, nameOf } from "./state/keys";
import { Desk } from "./state/desk";
import { t } from "./words";

const GO: Readonly<Record<string, readonly [string, string]>> = {
  go_tonight: ["tonight", ""], go_queue: ["queue", ""], go_stash: ["queue", "hidden"], go_posts: ["posts", ""], go_screens: ["screens", ""],
  go_look: ["look", ""], go_sources: ["sources", ""], go_numbers: ["numbers", ""], go_settings: ["settings", ""],
};

/** They hold what somebody is writing, or hear of another language themselves: they stay as they are. */
const KEPT = /^(write|look|settings)$/;

/** A key was pressed that means something; a page that uses it calls preventDefault. */
export type ActEvent = CustomEvent<{ readonly act: string; readonly up?: boolean }>;

/** The whole studio: the door until somebody is in, then side bar, one sheet, and what lies above it. */
class Studio extends Piece {
  static override properties = { menu: { state: true }, over: { state: true } };
  declare menu: boolean;
  declare over: "" | "palette" | "keys";
  private second = 0;

  constructor() {
    super();
    this.menu = false;
    this.over = "";
  }

  override connectedCallback(): void {
    seatAt(new Desk());
    super.connectedCallback();
    addEventListener("keydown", this.pressed);
    addEventListener("keyup", this.released);
    addEventListener("parvis-over", this.opened as EventListener);
    this.second = window.setInterval(() => document.hidden || this.desk.tell(), 1000); // times that run
    void this.desk.enter();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.pressed);
    removeEventListener("keyup", this.released);
    removeEventListener("parvis-over", this.opened as EventListener);
    window.clearInterval(this.second);
  }

  private opened = (event: CustomEvent<"" | "palette" | "keys">): void => {
    this.over = event.detail;
    this.menu = false;
  };

  private tell(act: string, up = false): boolean {
    return !dispatchEvent(new CustomEvent("parvis-act", { detail: { act, up }, cancelable: true }));
  }

  private pressed = (event: KeyboardEvent): void => {
    const { desk } = this;
    if (desk.door !== "in" || event.isComposing) return;
    const typing = isField(event.target);
    const act = desk.keyboard.press(nameOf(event), performance.now(), typing);
    if (!act) return;
    if (event.repeat && !/^(next|previous|look)$/.test(act)) return void event.preventDefault();
    if (act === "panic") return void desk.panic(true);
    if (act === "escape") return this.close(typing ? (event.target as HTMLElement) : undefined);
    if (document.querySelector("dialog[open]") && act !== "palette") return;
    if (this.acted(act)) event.preventDefault();
  };

  private released = (event: KeyboardEvent): void => {
    if (this.desk.door === "in" && nameOf(event) === keyOf("look", this.desk.own.keys)) this.tell("look", true);
  };

  private acted(act: string): boolean {
    const { desk } = this;
    const go = GO[act];
    if (go) desk.go({ wall: desk.place.wall, page: go[0], item: go[1] });
    else if (act === "palette") this.over = this.over === "palette" ? "" : "palette";
    else if (act === "help") this.over = "keys";
    else if (act === "back_on_air") {
      if (!desk.panicState?.on) return false;
      void desk.panic(false);
    } else if (this.tell(act)) return true;
    else if (act === "undo" || act === "redo") void desk.undo(act === "redo");
    else if (act === "new") desk.go({ wall: desk.place.wall, page: "write", item: "" });
    else if (act === "main") this.querySelector<HTMLElement>("main [data-main]")?.click();
    else if (act === "search") this.querySelector<HTMLElement>("main [data-search]")?.focus();
    else return false;
    return true;
  }

  private close(field: HTMLElement | undefined): void {
    if (this.over) this.over = "";
    else if (this.menu) this.menu = false;
    else if (field) field.blur();
    else this.tell("escape");
  }

  protected override render(): TemplateResult {
    const { desk } = this;
    document.title = desk.wall ? `${desk.wall.title} · ${t.app.studio}` : t.app.studio;
    if (desk.door === "loading") return html`<main class="door-wait">${loading()}</main>`;
    if (desk.door !== "in") return html`<parvis-door></parvis-door>`;
    if (desk.place.page === "new-wall" || (!desk.walls.length && !desk.wallsFailed)) return html`<parvis-first-wall></parvis-first-wall>${toast(desk)}`;
    return html`<a class="skip" href="#sheet" @click=${(event: Event) => this.skip(event)}>${t.app.skip}</a>
      <div class="app ${this.menu ? "menu" : ""}">
        ${side(desk, this.menu, () => (this.menu = false))}
        <main class="sheet" id="sheet" tabindex="-1">
          ${bar(desk, this.heading(), () => (this.menu = !this.menu))}
          ${staleStrip(desk)}${linkStrip(desk)}${panicStrip(desk)}
          ${keyed(KEPT.test(desk.place.page) ? "" : desk.spoken, this.page())}
        </main>
      </div>
      ${toast(desk)}
      ${this.over === "palette" ? html`<parvis-palette></parvis-palette>` : nothing}
      ${this.over === "keys" ? html`<parvis-keys></parvis-keys>` : nothing}`;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>("#sheet")?.focus();
  }

  private heading(): string {
    const names: Readonly<Record<string, string>> = {
      tonight: t.nav.tonight, queue: t.nav.queue, posts: t.nav.posts, write: t.nav.write, screens: t.nav.screens, look: t.nav.look, sources: t.nav.sources, numbers: t.nav.numbers, settings: t.nav.settings,
    };
    return names[this.desk.place.page] ?? t.nav.tonight;
  }

  private page(): TemplateResult {
    const { desk } = this;
    if (desk.wallsFailed && !desk.walls.length) return html`<div class="pad">${failed(t.states.failed, desk.wallsFailed, () => void desk.readWalls())}</div>`;
    if (!desk.wall && desk.place.page !== "settings") {
      return html`<div class="pad">${empty(t.states.no_wall, t.states.no_wall_help, html`<div><a class="btn" href=${desk.href("tonight", "", desk.walls[0]?.id ?? "")}>${icon("chevron-right", 14)}${desk.walls[0]?.title ?? ""}</a></div>`)}</div>`;
    }
    switch (desk.place.page) {
      case "queue": return html`<parvis-queue></parvis-queue>`;
      case "posts": return html`<parvis-posts></parvis-posts>`;
      case "write": return html`<parvis-write></parvis-write>`;
      case "screens": return html`<parvis-screens></parvis-screens>`;
      case "look": return html`<parvis-look></parvis-look>`;
      case "sources": return html`<parvis-sources></parvis-sources>`;
      case "numbers": return html`<parvis-numbers></parvis-numbers>`;
      case "settings": return html`<parvis-settings></parvis-settings>`;
      default: return html`<parvis-tonight></parvis-tonight>`;
    }
  }
}

customElements.define("parvis-studio", Studio);
