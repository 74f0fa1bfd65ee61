import { html, nothing, type TemplateResult } from "lit";
import { BINDINGS, capsOf, type Group, keyOf, nameOf } from "../state/keys";
import { icon, toggle } from "../parts/small";
import { Sheet } from "../parts/sheet";
import { t } from "../words";

const GROUPS: readonly Group[] = ["anywhere", "go", "queue", "sources"];

/** Every key, and a way to change each: press another, or none. */
class KeysSheet extends Sheet {
  static override properties = { waits: { state: true }, says: { state: true } };
  declare waits: string;
  declare says: string;

  constructor() {
    super();
    this.waits = "";
    this.says = "";
  }

  private pressed = (event: KeyboardEvent): void => {
    if (!this.waits || ["Shift", "Control", "Alt", "Meta", "Tab"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const act = this.waits;
    this.waits = "";
    if (event.key === "Escape") return;
    const name = event.key === "Delete" || event.key === "Backspace" ? "" : nameOf(event);
    const keys: Record<string, string> = { ...this.desk.own.keys, [act]: name };
    const other = name ? BINDINGS.find((one) => one.act !== act && keyOf(one.act, keys) === name) : undefined;
    if (other) keys[other.act] = "";
    this.says = other ? t.keys.taken(t.keys.acts[other.act] ?? other.act) : "";
    this.desk.setOwn({ keys });
  };

  protected override render(): TemplateResult {
    const { desk } = this;
    return html`<dialog class="over keys" aria-labelledby="keys-title" @keydown=${this.pressed}>
      <header class="row"><h2 class="t18 f1" id="keys-title">${t.keys.title}</h2>
        ${Object.keys(desk.own.keys).length ? html`<button class="btn sm" @click=${() => desk.setOwn({ keys: {} })}>${t.keys.reset}</button>` : nothing}
        <button class="btn ghost icon" aria-label=${t.nav.close} @click=${this.leave}>${icon("x", 18)}</button></header>
      <div class="in">
        ${toggle(t.keys.letters, t.keys.letters_help, desk.own.letters, (letters) => desk.setOwn({ letters }))}
        <p class="t12 i3">${t.keys.note}</p><p class="t12 warn" role="status">${this.says}</p>
        <div class="groups">${GROUPS.map((group) => this.group(group))}</div>
      </div></dialog>`;
  }

  private group(group: Group): TemplateResult {
    return html`<section><h3 class="sec">${t.keys.groups[group]}</h3><ul>
      ${group === "anywhere" ? html`<li><span class="f1">${t.keys.panic}</span><span class="row g4">${[1, 2, 3].map(() => html`<kbd>${"Esc"}</kbd>`)}</span></li>` : nothing}
      ${BINDINGS.filter((one) => one.group === group).map(({ act }) => {
        const key = keyOf(act, this.desk.own.keys);
        const name = t.keys.acts[act] ?? act;
        return html`<li><span class="f1">${name}</span><button class="key" @click=${() => (this.waits = act)}><span class="hid">${t.keys.change}: ${name}</span>
          ${this.waits === act ? html`<span class="act">${t.keys.press}</span>` : key ? capsOf(key).map((cap) => html`<kbd aria-hidden="true">${cap}</kbd>`) : html`<span class="i3" aria-hidden="true">${t.keys.off}</span>`}</button></li>`;
      })}</ul></section>`;
  }
}

customElements.define("parvis-keys", KeysSheet);
