import { html, nothing, type TemplateResult } from "lit";
import { Piece } from "../parts/piece";
import { drawn, icon, loading, network } from "../parts/small";
import { number, percent, span, when } from "../state/format";
import type { Figure, FigureRow } from "../state/types";
import { t } from "../words";

const PAGE = 50;
/** What a narrow card has room for; the file has every column. */
const HIDDEN = new Set(["handle", "written_ms", "post", "network", "source"]);

/** A figure as it is written; what nobody told is a word, not a nought. */
export function written(one: Figure, lang: "en" | "fr"): string {
  if (one.value === null) return one.counted === 0 ? "\u2013" : t.numbers.unknown;
  if (one.unit === "ms") return span(one.value, lang);
  return number(one.value, lang, Number.isInteger(one.value) ? 0 : 1);
}

/** One figure: what it means, what it leaves out, what is unknown, and the rows it is the sum of. */
class OneFigure extends Piece {
  static override properties = { figure: { attribute: false }, beside: { attribute: false }, period: { attribute: false } };
  declare figure: Figure;
  declare beside: readonly Figure[];
  declare period: number | undefined;
  private rows: readonly FigureRow[] | undefined;
  private columns: readonly string[] = [];
  private next: string | null = null;
  private open = false;
  private said = "";
  private seat = "";
  private busy = false;

  protected override willUpdate(): void {
    const seat = `${this.desk.place.wall} ${this.figure.id} ${this.period ?? ""}`;
    if (seat === this.seat) return;
    this.seat = seat;
    this.rows = undefined;
    this.next = null;
    this.said = "";
    if (this.open) void this.more();
  }

  private async more(): Promise<void> {
    const { seat } = this;
    this.said = "";
    this.busy = true;
    this.requestUpdate();
    try {
      const page = await this.desk.api.rows(this.desk.place.wall, this.figure.id, { from: this.period, before: this.next ?? undefined, limit: PAGE });
      if (seat !== this.seat) return;
      this.rows = [...(this.rows ?? []), ...page.rows];
      this.columns = page.columns;
      this.next = page.before;
    } catch (error) {
      if (seat === this.seat) this.said = this.desk.sentence(error);
    }
    if (seat === this.seat) this.busy = false;
    this.requestUpdate();
  }

  private toggle(): void {
    this.open = !this.open;
    if (this.open && !this.rows) void this.more();
    this.requestUpdate();
  }

  private async csv(): Promise<void> {
    const { desk, figure } = this;
    try {
      const file = await desk.api.csv(desk.place.wall, figure.id, { from: this.period });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = `${desk.place.wall}-${figure.id}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      desk.say({ text: `${t.numbers.csv_failed} ${desk.sentence(error)}`, bad: true });
    }
  }

  private pick(id: string): void {
    this.dispatchEvent(new CustomEvent("choose", { detail: id }));
  }

  protected override render(): TemplateResult {
    const { figure } = this;
    const { lang } = this.desk;
    const share = figure.unknown_share ?? 0;
    const line = (label: unknown, value: unknown): TemplateResult => html`<div><dt class="i2">${label}</dt><dd class="b">${value}</dd></div>`;
    return html`<aside class="card define" aria-label=${t.numbers.definition}><h2 class="t18">${t.numbers.figures[figure.id] ?? figure.id}</h2><p class="i2">${figure.definition}</p>
      <dl class="lines t12">${line(share ? t.numbers.told : t.numbers.figures[figure.id] ?? figure.id, written(figure, lang))}${share ? line(t.numbers.silent[figure.id] ?? t.numbers.unknown, `${number(Math.round(share * (figure.counted ?? 0)), lang)} ${t.numbers.of(number(figure.counted ?? 0, lang))} (${percent(share, lang)})`) : nothing}${this.beside.map((one) => line(html`<button class="lnk t12" @click=${() => this.pick(one.id)}>${t.numbers.figures[one.id] ?? one.id}</button>`, written(one, lang)))}</dl>
      ${figure.excludes ? html`<p class="t12 i2"><b class="b">${t.numbers.excludes}</b>${t.numbers.colon}${figure.excludes}.</p>` : nothing}
      <div class="row wrap"><button class="btn sm" aria-expanded=${this.open ? "true" : "false"} @click=${() => this.toggle()}>${this.open ? t.numbers.close : t.numbers.rows("")}</button><button class="btn sm ghost" @click=${() => void this.csv()}>${icon("download", 14)}${t.numbers.csv}</button></div>
      ${this.open ? this.table() : nothing}</aside>`;
  }

  private table(): TemplateResult {
    const { rows } = this;
    if (this.said) return html`<div role="alert" class="col g8"><p class="bad t12">${this.said}</p><div><button class="btn sm" @click=${() => void this.more()}>${t.states.again}</button></div></div>`;
    if (!rows) return loading();
    if (!rows.length) return html`<p class="i2">${t.numbers.no_rows}</p>`;
    const plain = this.columns.filter((name) => !HIDDEN.has(name) && name !== "value");
    const names = rows.every((row) => row.value === 1) ? plain : [...plain, "value"];
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.numbers.rows("")}><table class="tbl t12"><thead><tr>${names.map((name) => html`<th scope="col" class=${name === "value" || name === "posts" ? "r" : ""}>${(name === "value" ? t.numbers.value_of[this.figure.id] : t.numbers.columns[name]) ?? name}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${names.map((name) => this.cell(name, row))}</tr>`)}</tbody></table></div>
      ${this.next === null ? nothing : html`<div><button class="btn sm ghost" ?disabled=${this.busy} @click=${() => void this.more()}>${t.numbers.more}</button></div>`}`;
  }

  private cell(name: string, row: FigureRow): TemplateResult {
    const { lang } = this.desk;
    const value = (row as unknown as Readonly<Record<string, unknown>>)[name];
    if (name === "value") return html`<td class="r nw">${row.value === null ? t.numbers.unknown : this.figure.unit === "ms" ? span(row.value, lang) : number(row.value, lang)}</td>`;
    if (name.endsWith("_ms")) return html`<td class="nw">${value ? when(Number(value), Date.now(), lang) : "\u2013"}</td>`;
    if (name === "posts") return html`<td class="r">${number(Number(value ?? 0), lang)}</td>`;
    if (name === "author") return html`<td dir="auto">${row.network ? network(row.network) : nothing} ${row.author || row.handle || t.queue.anonymous}</td>`;
    if (name === "text") return html`<td dir="auto">${row.post ? html`<a href=${this.desk.href("posts", row.post)}><span class="two">${drawn(row.text || t.numbers.no_words)}</span></a>` : drawn(row.text ?? "")}</td>`;
    return html`<td dir="auto">${String(value ?? "")}</td>`;
  }
}

customElements.define("parvis-figure", OneFigure);
