import { html, nothing, svg, type TemplateResult } from "lit";
import { css } from "../parts/style";
import { Piece } from "../parts/piece";
import { avatar, drawn, empty, failed, loading, network } from "../parts/small";
import { curve, type Point } from "../state/curve";
import { clock, day, number, percent, wait, when } from "../state/format";
import type { Figure, Numbers as Told } from "../state/types";
import { t } from "../words";
import { written } from "./numbers_figure";

const DAY = 86_400_000;
const TABLED = 240;
/** What stands large; the others are told beside one of these. */
const LARGE = ["posts", "reach", "interactions", "authors", "time_to_screen"];
const BESIDE: Readonly<Record<string, string>> = { posts: "shown", time_to_screen: "time_to_screen_p95" };

type Reach = "night" | "week" | "all";

/** What happened, in figures; each with its definition, what is unknown of it, and the rows behind it. */
class Numbers extends Piece {
  static override properties = { reach: { state: true }, chosen: { state: true } };
  declare reach: Reach;
  declare chosen: string;
  private told: Told | undefined;
  private said = "";
  private seat = "";
  private from: number | undefined;
  private at = 0;

  constructor() {
    super();
    this.reach = "night";
    this.chosen = "";
  }

  protected override willUpdate(): void {
    const seat = `${this.desk.place.wall} ${this.reach} ${this.desk.lang}`;
    if (seat === this.seat) return;
    this.seat = seat;
    this.told = undefined;
    this.said = "";
    void this.read(seat);
  }

  private async read(seat: string): Promise<void> {
    this.at = Date.now();
    this.from = this.reach === "all" ? undefined : Math.floor(this.at - (this.reach === "night" ? 0.5 : 7) * DAY);
    try {
      const told = await this.desk.api.numbers(this.desk.place.wall, { from: this.from, lang: this.desk.lang });
      if (seat === this.seat) this.told = told;
    } catch (error) {
      if (seat !== this.seat) return;
      this.said = this.desk.sentence(error);
      this.desk.lost(error);
    }
    this.requestUpdate();
  }

  private anew(): void {
    this.seat = "";
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { told } = this;
    const body = this.said ? failed(t.numbers.failed, this.said, () => this.anew())
      : !told ? loading() : !told.figures.some((one) => one.value) ? empty(t.numbers.none, this.reach === "all" ? t.numbers.none_help : t.numbers.none_then, this.reach === "all" ? nothing : html`<div><button class="btn" @click=${() => (this.reach = "all")}>${t.numbers.all_time}</button></div>`) : this.all(told);
    return html`<div class="tools row wrap"><div class="seg" role="group" aria-label=${t.numbers.period}>${(["night", "week", "all"] as const).map((one) => html`<button aria-pressed=${this.reach === one ? "true" : "false"} @click=${() => (this.reach = one)}>${t.numbers[one]}</button>`)}</div>
      <span class="t12 i3">${this.from ? t.numbers.since(this.moment(this.from)) : t.numbers.since_first}</span><span class="sp"></span>${told ? html`<button class="lnk t12" @click=${() => this.anew()}>${t.numbers.as_of(clock(this.at, this.desk.lang))}</button>` : nothing}</div><div class="numbers">${body}</div>`;
  }

  private moment(at: number): string {
    return this.reach === "night" ? when(at, this.at, this.desk.lang) : `${day(at, this.desk.lang)}, ${clock(at, this.desk.lang)}`;
  }

  private all(told: Told): TemplateResult {
    const chosen = told.figures.find((one) => one.id === this.chosen) ?? told.figures.find((one) => one.unknown_share && one.id === "reach") ?? told.figures[0]!;
    const large = told.figures.filter((one) => LARGE.includes(one.id)).sort((a, b) => LARGE.indexOf(a.id) - LARGE.indexOf(b.id));
    return html`<ul class="figures">${large.map((one) => this.figure(one, one.id === chosen.id || BESIDE[one.id] === chosen.id, told))}</ul>
      <div class="with-side"><div class="col g24">${told.over_time?.rows.length ? this.chart(told.over_time) : nothing}
        <div class="halves">${this.topics(told, chosen)}${told.people?.length ? this.people(told.people) : nothing}</div>${told.posts?.length ? this.answered(told.posts) : nothing}</div>
      <parvis-figure .figure=${chosen} .beside=${this.besides(chosen, told)} .period=${this.from} @choose=${(event: CustomEvent<string>) => (this.chosen = event.detail)}></parvis-figure></div>`;
  }

  private besides(chosen: Figure, told: Told): readonly Figure[] {
    const pair = Object.entries(BESIDE).find(([one, other]) => one === chosen.id || other === chosen.id) ?? [];
    return told.figures.filter((one) => pair.some((id) => id === one.id) && one.id !== chosen.id);
  }

  private figure(one: Figure, chosen: boolean, told: Told): TemplateResult {
    const { lang } = this.desk;
    const share = one.unknown_share ?? 0;
    const beside = told.figures.find((other) => other.id === BESIDE[one.id]);
    const under = share ? t.numbers.known_of[one.id]?.(percent(1 - share, lang)) ?? t.numbers.known(percent(1 - share, lang))
      : beside && beside.value !== null ? t.numbers.beside[beside.id]?.(written(beside, lang)) : t.numbers.under[one.id];
    return html`<li><button class="figure" aria-pressed=${chosen ? "true" : "false"} @click=${() => (this.chosen = one.id)}><span class="t12 i2 dotted">${t.numbers.figures[one.id] ?? one.id}</span><span class="huge ${one.value === null ? "none" : ""}">${written(one, lang)}</span>
      ${share ? html`<span class="share" aria-hidden="true"><i ${css({ width: `${(1 - share) * 100}%` })}></i><b></b></span>` : nothing}${under ? html`<span class="t12 i2">${under}</span>` : nothing}</button></li>`;
  }

  private chart(told: NonNullable<Told["over_time"]>): TemplateResult {
    const { lang } = this.desk;
    const { rows } = told;
    const most = Math.max(1, ...rows.map((row) => row[1]));
    const peak = rows.find((row) => row[1] === most)!;
    const far = rows[rows.length - 1]![0] - rows[0]![0] > DAY;
    const said = (at: number): string => (far ? when(at, this.at, lang) : clock(at, lang));
    const drawn = (at: 1 | 2): readonly Point[] => curve(rows.map((row) => row[at]), most);
    const path = (points: readonly Point[]): string => points.map(([x, y], place) => `${place ? "L" : "M"}${x} ${y}`).join("");
    return html`<section><div class="row wrap"><h2 class="sec">${t.numbers.over_time}</h2><span class="sp"></span><span class="t12 i3">${t.numbers.each(wait(told.step_s * 1000, lang))} · <b class="b">${t.numbers.peak(number(most, lang), said(peak[0]))}</b></span></div>
      <div role="img" aria-label=${t.numbers.chart(rows.length)}><svg class="curve" viewBox="0 0 800 180" preserveAspectRatio="none" aria-hidden="true">${svg`<path class="area" d="${path(drawn(1))}L800 170L0 170Z"></path><path class="line" d=${path(drawn(1))}></path><path class="line two-of" d=${path(drawn(2))}></path><line x1="0" x2="800" y1="170" y2="170"></line>`}</svg></div>
      <div class="row t11 i3"><span>${said(rows[0]![0])}</span><span class="sp"></span><span class="row g12"><span class="row g4"><i class="key-line"></i>${t.numbers.figures["posts"]}</span><span class="row g4"><i class="key-line two-of"></i>${t.numbers.figures["shown"]}</span></span><span class="sp"></span><span>${said(rows[rows.length - 1]![0])}</span></div>
      <details class="t12"><summary>${t.numbers.table}</summary><div class="scroll" tabindex="0" role="region" aria-label=${t.numbers.over_time}><table class="tbl"><thead><tr><th scope="col">${t.numbers.time}</th><th scope="col" class="r">${t.numbers.figures["posts"]}</th><th scope="col" class="r">${t.numbers.shown_col}</th></tr></thead><tbody>${rows.slice(-TABLED).map((row) => html`<tr><td>${said(row[0])}</td><td class="r">${number(row[1], lang)}</td><td class="r">${number(row[2], lang)}</td></tr>`)}</tbody></table></div></details></section>`;
  }

  private topics(told: Told, chosen: Figure): TemplateResult | typeof nothing {
    const topics = told.topics ?? [];
    const figure = told.figures.find((one) => one.id === "topics");
    if (!topics.length) return nothing;
    const most = Math.max(1, ...topics.map((one) => one.n));
    return html`<section><div class="row"><h2 class="sec">${t.numbers.topics}</h2><span class="sp"></span>${figure ? html`<button class="lnk t12" aria-pressed=${chosen.id === "topics" ? "true" : "false"} @click=${() => (this.chosen = "topics")}>${t.numbers.topics_all(number(figure.value ?? 0, this.desk.lang), figure.value ?? 0)}</button>` : nothing}</div><ul class="counts">${topics.slice(0, 8).map((one) => html`<li><span class="el" dir="auto">${one.tag}</span><span class="len"><i ${css({ width: `${(one.n / most) * 100}%` })}></i></span><span class="r">${number(one.n, this.desk.lang)}</span></li>`)}</ul></section>`;
  }

  private people(people: NonNullable<Told["people"]>): TemplateResult {
    const { lang } = this.desk;
    return html`<section><div class="row"><h2 class="sec">${t.numbers.people}</h2><span class="sp"></span><span class="t12 i3">${t.numbers.followers}</span></div><ul class="folk">${people.slice(0, 8).map((one) => html`<li class="row g8">${avatar(one.name || one.handle, "s20")}<span class="el" dir="auto">${drawn(one.name || one.handle || t.queue.anonymous)}</span>${network(one.network)}<span class="sp"></span><span class="i2 nw">${t.numbers.posts_n(one.posts)}</span><span class="r reach i2 nw">${one.reach_known && one.reach !== null ? number(one.reach, lang) : one.network === "phone" ? t.numbers.in_room : t.numbers.reach_no}</span></li>`)}</ul></section>`;
  }

  private answered(posts: NonNullable<Told["posts"]>): TemplateResult {
    const { lang } = this.desk;
    return html`<section><div class="row"><h2 class="sec">${t.numbers.answered}</h2><span class="sp"></span><span class="t12 i3">${t.numbers.figures["interactions"]}</span></div><ul class="found">${posts.slice(0, 8).map((one) => html`<li><a class="row g12" href=${this.desk.href("posts", one.post)}><span class="f1 col"><span class="two t15" dir="auto">${drawn(one.text || t.numbers.no_words)}</span><span class="t12 i3" dir="auto">${drawn(one.author)}${one.shown_ms ? ` · ${t.numbers.shown_at(when(one.shown_ms, this.at, lang))}` : ""}</span></span>${one.network ? network(one.network) : nothing}<b class="r reach nw">${number(one.interactions, lang)}</b></a></li>`)}</ul></section>`;
  }
}

customElements.define("parvis-numbers", Numbers);
