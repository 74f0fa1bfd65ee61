import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { drawn, gist, icon, nameOf } from "../parts/small";
import { Sheet } from "../parts/sheet";
import { capsOf, keyOf } from "../state/keys";
import type { Queued } from "../state/types";
import { t } from "../words";

interface Entry {
  readonly group: "do" | "go" | "posts";
  readonly name: string;
  readonly help?: string;
  readonly sign: string;
  readonly key?: string;
  run(): void;
}

const POSTS_AFTER_MS = 180;

/** "Pâte" is found by "pate": letters without their marks, in lower case. */
export const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Do first, then go to, then posts; each shows its key, so that it teaches itself. */
class Palette extends Sheet {
  static override properties = { asked: { state: true }, at: { state: true }, found: { state: true } };
  declare asked: string;
  declare at: number;
  declare found: readonly Queued[];
  private timer = 0;

  constructor() {
    super();
    this.asked = "";
    this.at = 0;
    this.found = [];
  }

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed);
    this.querySelector("input")?.focus();
  }

  private all(): readonly Entry[] {
    const { desk } = this;
    const go = (page: string, sign: string, name: string, act = ""): Entry => ({ group: "go", name, sign, key: act, run: () => desk.go({ wall: desk.place.wall, page, item: "" }) });
    const covered = desk.panicState?.on ?? false;
    const other = desk.lang === "fr" ? "en" : "fr";
    return [
      { group: "do", name: covered ? t.panic.back : t.panic.label, sign: covered ? "radio" : "octagon-x", key: covered ? "back_on_air" : "", run: () => void desk.panic(!covered) },
      { group: "do", name: t.toast.undo, sign: "undo-2", key: "undo", run: () => void desk.undo() },
      { group: "do", name: t.keys.acts["redo"]!, sign: "redo-2", key: "redo", run: () => void desk.undo(true) },
      { ...go("write", "pencil-line", t.nav.write, "new"), group: "do" },
      ...(["light", "dark", "auto"] as const).map((theme): Entry => ({ group: "do", name: t.palette.theme[theme], sign: "sun-moon", run: () => desk.setOwn({ theme }) })),
      { group: "do", name: t.palette.lang, sign: "languages", run: () => void desk.speak(other) },
      { group: "do", name: t.keys.title, sign: "keyboard", key: "help", run: () => window.setTimeout(() => dispatchEvent(new CustomEvent("parvis-over", { detail: "keys" }))) },
      { group: "do", name: t.palette.sign_out, sign: "log-out", run: () => { void desk.api.signOut(false).catch(() => undefined); desk.leave(); } },
      go("tonight", "lamp-desk", t.nav.tonight, "go_tonight"), go("queue", "inbox", t.nav.queue, "go_queue"), go("posts", "layers", t.nav.posts, "go_posts"),
      go("screens", "monitor", t.nav.screens, "go_screens"), go("look", "swatch-book", t.nav.look, "go_look"), go("sources", "rss", t.nav.sources, "go_sources"),
      go("numbers", "chart-no-axes-column", t.nav.numbers, "go_numbers"), go("settings", "settings", t.nav.settings, "go_settings"),
      ...(desk.now?.screens ?? []).map((screen): Entry => ({ group: "go", name: screen.name, help: t.nav.screens, sign: "monitor", run: () => desk.go({ wall: desk.place.wall, page: "screens", item: screen.id }) })),
      ...desk.walls.filter((wall) => wall.id !== desk.place.wall).map((wall): Entry => ({ group: "go", name: wall.title, help: t.nav.wall, sign: "panels-top-left", run: () => desk.go({ wall: wall.id, page: "tonight", item: "" }) })),
    ];
  }

  private listed(): readonly Entry[] {
    const asked = folded(this.asked).split(/\s+/).filter(Boolean);
    const kept = this.all().filter((one) => asked.every((word) => folded(`${one.name} ${one.help ?? ""}`).includes(word)));
    const posts = this.found.map((item): Entry => ({
      group: "posts", name: gist(item.post), help: nameOf(item.post.author), sign: "message-square",
      run: () => this.desk.go({ wall: this.desk.place.wall, page: "posts", item: item.post.key }),
    }));
    return [...kept, ...posts];
  }

  private typed(event: Event): void {
    this.asked = (event.target as HTMLInputElement).value;
    this.at = 0;
    window.clearTimeout(this.timer);
    if (this.asked.trim().length < 3) this.found = [];
    else
      this.timer = window.setTimeout(() => {
        const asked = this.asked;
        void this.desk.api.posts(this.desk.place.wall, { q: asked, limit: 5 }).then((page) => { if (asked === this.asked) this.found = page.items; }, () => undefined);
      }, POSTS_AFTER_MS);
  }

  private pressed(event: KeyboardEvent, listed: readonly Entry[]): void {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && listed.length) {
      event.preventDefault();
      this.at = (this.at + step + listed.length) % listed.length;
      void this.updateComplete.then(() => this.querySelector(`#do-${this.at}`)?.scrollIntoView({ block: "nearest" }));
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.does(listed[this.at]);
    }
  }

  private does(entry: Entry | undefined): void {
    if (!entry) return;
    this.leave();
    entry.run();
  }

  protected override render(): TemplateResult {
    const listed = this.listed();
    const groups = ["do", "go", "posts"] as const;
    return html`<dialog class="over palette" aria-label=${t.palette.title} @keydown=${(event: KeyboardEvent) => this.pressed(event, listed)}>
      <div class="ask row g12">${icon("search", 18)}<input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant=${listed.length ? `do-${this.at}` : nothing}
        aria-label=${t.palette.field} placeholder=${t.palette.field} autocomplete="off" spellcheck="false" .value=${this.asked} @input=${this.typed} /><kbd>${"Esc"}</kbd></div>
      <div class="in" role="listbox" id="palette-list" aria-label=${t.palette.title}>
        ${groups.map((group) => {
          const some = listed.map((entry, at) => ({ entry, at })).filter(({ entry }) => entry.group === group);
          return some.length ? html`<div role="group" aria-label=${t.palette[group]}><div class="navh" aria-hidden="true">${t.palette[group]}</div>${some.map(({ entry, at }) => this.line(entry, at))}</div>` : nothing;
        })}
        ${listed.length ? nothing : html`<div class="pad i2" role="option" aria-selected="false">${t.palette.nothing(this.asked)}</div>`}
      </div>
      <footer class="row g16 t12 i2"><span class="row g4"><kbd>↑</kbd><kbd>↓</kbd> ${t.palette.choose}</span><span class="row g4"><kbd>⏎</kbd> ${t.palette.does}</span><span class="sp"></span><span class="el">${t.palette.undoable}</span></footer>
    </dialog>`;
  }

  private line(entry: Entry, at: number): TemplateResult {
    const key = entry.key ? keyOf(entry.key, this.desk.own.keys) : "";
    return html`<div class="one" role="option" id="do-${at}" aria-selected=${at === this.at ? "true" : "false"} @click=${() => this.does(entry)} @pointermove=${() => (this.at = at)}>
      ${icon(entry.sign, 18)}<span class="el t15" dir="auto">${drawn(entry.name)}</span>${entry.help ? html`<span class="t12 i2 el">${drawn(entry.help)}</span>` : nothing}<span class="sp"></span>
      ${key ? html`<span class="row g4" aria-hidden="true">${capsOf(key).map((one) => html`<kbd>${one}</kbd>`)}</span>` : nothing}</div>`;
  }
}

customElements.define("parvis-palette", Palette);
