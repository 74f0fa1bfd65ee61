import { html, nothing, type TemplateResult } from "lit";
import type { Lang, Plugin, Setting } from "../state/types";
import { t } from "../words";

export type Values = Readonly<Record<string, unknown>>;

/** What a setting holds before anybody gives it. */
export const startOf = (setting: Setting): unknown => setting.default ?? (setting.type === "bool" ? false : setting.type === "list" ? [] : setting.type === "table" ? {} : "");

/** What is wrong, by the setting's name; empty when it may be sent. The server has the last word. Pure. */
export function wrongIn(plugin: Plugin, values: Values): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const one of plugin.settings) {
    const value = values[one.name];
    const none = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
    if (one.required && none) found[one.name] = t.sources.missing;
    if ((one.type === "int" || one.type === "float") && !none) {
      const n = Number(value);
      if (!Number.isFinite(n) || (one.type === "int" && !Number.isInteger(n)) || (one.min != null && n < one.min) || (one.max != null && n > one.max)) found[one.name] = t.sources.number(one.min == null ? "" : String(one.min), one.max == null ? "" : String(one.max));
    }
  }
  return found;
}

/** As the server takes them: numbers as numbers, empty ones left out. Pure. */
export function sentOf(plugin: Plugin, values: Values): Values {
  const sent: Record<string, unknown> = {};
  for (const one of plugin.settings) {
    const value = values[one.name];
    if (value === undefined || value === "") continue;
    sent[one.name] = one.type === "int" || one.type === "float" ? Number(value) : value;
  }
  return sent;
}

/** A sentence ends before the next begins. Pure. */
export const ended = (text: string): string => (/[.!?…:]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

/** One field a setting, by its type, with the plugin's own help. */
export function fields(plugin: Plugin, values: Values, wrong: Readonly<Record<string, string>>, lang: Lang, changed: (name: string, value: unknown) => void): TemplateResult {
  return html`<div class="col g16">${plugin.settings.filter((one) => one.type !== "table").map((one) => {
    const id = `set-${one.name}`;
    const value = values[one.name] ?? startOf(one);
    const set = (event: Event): void => changed(one.name, (event.target as HTMLInputElement).value);
    const list = (event: Event): void => changed(one.name, (event.target as HTMLTextAreaElement).value.split("\n").map((line) => line.trim()).filter(Boolean));
    const bad = wrong[one.name];
    const about = `${id}-help`;
    const field = one.type === "bool" ? html`<input type="checkbox" class="tog" role="switch" id=${id} aria-describedby=${about} .checked=${value === true} @change=${(event: Event) => changed(one.name, (event.target as HTMLInputElement).checked)} />`
      : one.type === "list" ? html`<textarea class="fld" id=${id} rows="3" aria-describedby=${about} .value=${Array.isArray(value) ? value.join("\n") : String(value)} @change=${list}></textarea>`
      : one.type === "choice" ? html`<select class="fld" id=${id} aria-describedby=${about} @change=${set}>${(one.choices ?? []).map((choice) => html`<option ?selected=${choice === value}>${choice}</option>`)}</select>`
      : html`<input class="fld" id=${id} type=${one.type === "url" ? "url" : "text"} inputmode=${one.type === "int" ? "numeric" : nothing} aria-describedby=${about} aria-invalid=${bad ? "true" : "false"} .value=${String(value)} @input=${set} />`;
    return html`<div><label class="lab" for=${id}>${one.name}${one.required ? html` <span class="i3 t12">${t.sources.needed}</span>` : nothing}</label>${field}
      <p class="help" id=${about}>${ended(one.help[lang])}${one.type === "list" ? ` ${t.sources.list_help}` : ""}${bad ? html` <span class="bad m">${bad}</span>` : nothing}</p></div>`;
  })}</div>`;
}
