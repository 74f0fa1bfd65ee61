import { html, nothing, svg, type TemplateResult } from "lit";
import { css } from "../parts/style";
import { Piece } from "../parts/piece";
import { avatar, empty, failed, icon, loading, network } from "../parts/small";
import { clock, number, percent, span, wait } from "../state/format";
import type { Figure, Numbers as Told } from "../state/types";
import { t } from "../words";

const DAY = 86_400_000;
const TABLED = 200;

/** What happened, in figures; each with its definition, what is unknown of it, and the rows behind it. */
class Numbers extends Piece {
  static override properties = { reach: { state: true }, chosen: { state: true } };
  declare reach: "night" | "week" | "all";
  declare chosen: string;
  private told: Told | undefined;
  private said = "";
  private rows: readonly Readonly<Record<string, unknown>>[] | undefined;
  private rowsOf = "";
  private seat = "";

  constructor() {
    super();
    this.reach = "night";
    this.chosen = "";
  }

  protected override willUpdate(): void {
    const seat = `${this.desk.place.wall} ${this.reach}`;
    if (seat === this.seat) return;
    this.seat = seat;
    this.told = undefined;
    this.said = "";
    void this.read(seat);
  }

  private async read(seat: string): Promise<void> {
    const from = this.reach === "all" ? undefined : Date.now() - (this.reach === "night" ? 0.5 : 7) * DAY;
    try {
      const told = await this.desk.api.numbers(this.desk.place.wall, { from: from && Math.floor(from) });
      if (seat === this.seat) this.told = told;
    } catch (error) {
      this.said = this.desk.sentence(error);
      this.desk.lost(error);
    }
    this.requestUpdate();
  }

  private async openRows(figure: string): Promise<void> {
    this.rowsOf = figure;
    this.rows = undefined;
    this.requestUpdate();
    this.rows = await this.desk.api.rows(this.desk.place.wall, figure).catch(() => []);
    this.requestUpdate();
  }

  private value(one: Figure): string {
    const { lang } = this.desk;
    if (one.value === null) return t.numbers.unknown;
    if (one.unit === "ms") return span(one.value, lang);
    const unit = one.unit ? (t.numbers.units[one.unit] ?? one.unit) : "";
    return number(one.value, lang, Number.isInteger(one.value) ? 0 : 1) + (unit ? `\u00a0${unit}` : "");
  }

  protected override render(): TemplateResult {
    const { told } = this;
    const body = this.said ? failed(t.numbers.failed, this.said, () => { this.seat = ""; this.requestUpdate(); })
      : !told ? loading() : !told.figures.some((one) => one.value) ? empty(t.numbers.none, t.numbers.none_help) : this.all(told);
    return html`<div class="tools row"><div class="seg" role="group" aria-label=${t.nav.filter}>${(["night", "week", "all"] as const).map((one) => html`<button aria-pressed=${this.reach === one ? "true" : "false"} @click=${() => (this.reach = one)}>${t.numbers[one]}</button>`)}</div></div><div class="numbers">${body}</div>`;
  }

  private all(told: Told): TemplateResult {
    const chosen = told.figures.find((one) => one.id === this.chosen) ?? told.figures.find((one) => one.unknown_share) ?? told.figures[0]!;
    return html`<ul class="figures">${told.figures.map((one) => this.figure(one, one.id === chosen.id))}</ul>
      <div class="with-side"><div class="col g24">${told.over_time?.rows.length ? this.chart(told.over_time) : nothing}
        <div class="halves">${told.topics?.length ? this.topics(told.topics) : nothing}${told.people?.length ? this.people(told.people) : nothing}</div>${told.posts?.length ? this.seen(told.posts) : nothing}</div>
      ${this.definition(chosen)}</div>`;
  }

  private figure(one: Figure, chosen: boolean): TemplateResult {
    const share = one.unknown_share ?? 0;
    return html`<li><button class="figure" aria-pressed=${chosen ? "true" : "false"} @click=${() => (this.chosen = one.id)}><span class="t12 i2 dotted">${t.numbers.figures[one.id] ?? one.id}</span><span class="huge">${this.value(one)}</span>
      ${share ? html`<span class="share" aria-hidden="true"><i ${css({ width: `${(1 - share) * 100}%` })}></i><b></b></span><span class="t12 i2">${t.numbers.known(percent(1 - share, this.desk.lang))}</span>` : nothing}</button></li>`;
  }

  private definition(one: Figure): TemplateResult {
    const excludes = typeof one.excludes === "string" ? one.excludes : (one.excludes ?? []).join(", ");
    const csv = `${this.desk.api.at(this.desk.place.wall, `numbers/${encodeURIComponent(one.id)}/rows`)}`;
    return html`<aside class="card define" aria-label=${t.numbers.definition}><h2 class="t18">${t.numbers.figures[one.id] ?? one.id}</h2><p class="i2">${one.definition}</p>
      <dl class="lines t12"><div><dt class="i2">${t.numbers.figures[one.id] ?? one.id}</dt><dd class="b">${this.value(one)}</dd></div>${one.unknown_share ? html`<div><dt class="i2">${t.numbers.unknown}</dt><dd class="b">${percent(one.unknown_share, this.desk.lang)}</dd></div>` : nothing}${excludes ? html`<div><dt class="i2">${t.numbers.excludes}</dt><dd>${excludes}</dd></div>` : nothing}</dl>
      <div class="row wrap"><button class="btn sm" aria-expanded=${this.rowsOf === one.id ? "true" : "false"} @click=${() => (this.rowsOf === one.id ? ((this.rowsOf = ""), this.requestUpdate()) : void this.openRows(one.id))}>${this.rowsOf === one.id ? t.numbers.close : t.numbers.rows("")}</button><button class="btn sm ghost" @click=${() => void this.csv(csv, one.id)}>${icon("download", 14)}${t.numbers.csv}</button></div>
      ${this.rowsOf === one.id ? this.rowTable() : nothing}</aside>`;
  }

  private async csv(address: string, name: string): Promise<void> {
    try {
      const response = await fetch(address, { headers: this.desk.api.headers("text/csv"), credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = `${this.desk.place.wall}-${name}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch {
      this.desk.say({ text: t.numbers.failed, bad: true });
    }
  }

  private rowTable(): TemplateResult {
    if (!this.rows) return loading();
    const [first] = this.rows;
    if (!first) return html`<p class="i2">${t.numbers.no_rows}</p>`;
    const names = Object.keys(first).slice(0, 4);
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.numbers.rows("")}><table class="tbl t12"><thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${this.rows.map((row) => html`<tr>${names.map((name) => html`<td dir="auto">${name.endsWith("_ms") ? clock(Number(row[name]), this.desk.lang) : String(row[name] ?? "")}</td>`)}</tr>`)}</tbody></table></div>`;
  }

  private chart(told: NonNullable<Told["over_time"]>): TemplateResult {
    const { lang } = this.desk;
    const { rows } = told;
    const most = Math.max(1, ...rows.map((row) => row[1]));
    const peak = rows.find((row) => row[1] === most)!;
    const at = (place: number): number => (rows.length < 2 ? 0 : (place / (rows.length - 1)) * 800);
    const up = (n: number): number => 170 - (n / most) * 150;
    const line = rows.map((row, place) => `${place ? "L" : "M"}${at(place).toFixed(1)} ${up(row[1]).toFixed(1)}`).join("");
    return html`<section><div class="row"><h2 class="sec">${t.numbers.over_time}</h2><span class="sp"></span><span class="t12 i3">${t.numbers.each(wait(told.step_s * 1000, lang))} · <b class="b">${t.numbers.peak(number(most, lang), clock(peak[0], lang))}</b></span></div>
      <div role="img" aria-label=${t.numbers.chart(rows.length)}><svg class="curve" viewBox="0 0 800 180" preserveAspectRatio="none" aria-hidden="true">${svg`<path class="area" d="${line}L800 170L0 170Z"></path><path class="line" d=${line}></path><line x1="0" x2="800" y1="170" y2="170"></line>`}</svg></div>
      <div class="row t11 i3"><span>${clock(rows[0]![0], lang)}</span><span class="sp"></span><span>${clock(rows[rows.length - 1]![0], lang)}</span></div>
      <details class="t12"><summary>${t.numbers.table}</summary><div class="scroll" tabindex="0" role="region" aria-label=${t.numbers.over_time}><table class="tbl"><thead><tr><th scope="col">${t.numbers.time}</th><th scope="col" class="r">${t.numbers.figures["posts"]}</th><th scope="col" class="r">${t.numbers.shown_col}</th></tr></thead><tbody>${rows.slice(-TABLED).map((row) => html`<tr><td>${clock(row[0], lang)}</td><td class="r">${number(row[1], lang)}</td><td class="r">${number(row[2], lang)}</td></tr>`)}</tbody></table></div></details></section>`;
  }

  private topics(topics: NonNullable<Told["topics"]>): TemplateResult {
    const most = Math.max(1, ...topics.map((one) => one.n));
    return html`<section><h2 class="sec">${t.numbers.topics}</h2><ul class="counts">${topics.slice(0, 8).map((one) => html`<li><span class="el" dir="auto">${one.tag}</span><span class="len"><i ${css({ width: `${(one.n / most) * 100}%` })}></i></span><span class="r">${number(one.n, this.desk.lang)}</span></li>`)}</ul></section>`;
  }

  private people(people: NonNullable<Told["people"]>): TemplateResult {
    const { lang } = this.desk;
    return html`<section><h2 class="sec">${t.numbers.people}</h2><ul class="folk">${people.slice(0, 8).map((one) => html`<li class="row g8">${avatar(one.name || one.handle, "s20")}<span class="el" dir="auto">${one.name || one.handle}</span>${network(one.network)}<span class="sp"></span><span class="i2 nw">${t.numbers.posts_n(one.posts)}</span><span class="r reach i2 nw">${one.reach_known && one.reach !== null ? number(one.reach, lang) : t.numbers.reach_no}</span></li>`)}</ul></section>`;
  }

  private seen(posts: NonNullable<Told["posts"]>): TemplateResult {
    return html`<section><h2 class="sec">${t.numbers.seen}</h2><ul class="found">${posts.slice(0, 8).map((one) => html`<li><a class="row g12" href=${this.desk.href("posts", one.post)}><span class="f1 el t15" dir="auto">${one.text}</span><span class="i2 el far" dir="auto">${one.author}</span><span class="i2 nw">${wait(one.shown_ms, this.desk.lang)}</span></a></li>`)}</ul></section>`;
  }
}

customElements.define("parvis-numbers", Numbers);
