import { html, nothing, type TemplateResult } from "lit";
import { named } from "../parts/journey";
import { css } from "../parts/style";
import { cap, icon } from "../parts/small";
import { number } from "../state/format";
import { keyOf } from "../state/keys";
import { verdictsOf } from "../state/line";
import type { Queued, Verdict } from "../state/types";
import { t } from "../words";
import type { QueueSeat } from "./queue_seat";

/** How much a check has against a post, 0 to 1. */
const against = (one: Verdict): number => one.score || (one.outcome === "reject" ? 1 : one.outcome === "hold" ? 0.6 : 0);

function bars(verdicts: readonly Verdict[], queue: QueueSeat): TemplateResult | typeof nothing {
  if (!verdicts.length) return nothing;
  return html`<section><h3 class="sec">${t.queue.weighed}</h3><ul class="bars">${verdicts.map((one) => {
    const score = Math.min(1, against(one));
    const held = one.outcome !== "pass";
    const width = `${held ? score * 62 : 4 + (1 - score) * 24}%`; // what lets it pass stands at the left of the axis
    return html`<li class="t12"><span class="el" title=${one.because}>${t.queue.checks[one.check] ?? one.check}</span><span class="axis"><i class="bar2 ${held ? "against" : "for"}" ${css({ width })}></i></span><span class="r i2">${number(score, queue.desk.lang, 2)}</span></li>`;
  })}</ul></section>`;
}

function evidence(verdicts: readonly Verdict[]): TemplateResult {
  return html`<ul class="col g6">${verdicts.filter((one) => one.outcome !== "pass").map((one) => html`<li class="t12"><span class="chip bad">${t.queue.checks[one.check] ?? one.check}</span> <span class="i3">${(one.spans ?? []).map((span) => t.queue.letters(span.start + 1, span.end)).join(", ")}</span><p class="i2">${one.because}</p></li>`)}</ul>`;
}

/** The rule, the words, what weighed, and what would change it; the person's buttons are as near. */
export function why(queue: QueueSeat, item: Queued): TemplateResult {
  const said = queue.why;
  const whole = said === "failed" ? undefined : said;
  const verdicts = whole?.verdicts ?? verdictsOf(item);
  const state = item.placement.state;
  const title = state === "approved" ? t.queue.why_shown : state === "rejected" || state === "duplicate" ? t.queue.why_rejected : state === "hidden" ? t.queue.why_hidden : t.queue.why_held;
  const sentence = whole?.sentence || item.decision?.why || (verdicts.some((one) => one.outcome !== "pass") ? "" : t.queue.calm);
  return html`<aside class="why" aria-label=${title}>
    <div class="col g6"><h2 class="t18">${title}</h2><p class="i2">${named(sentence, queue.desk)}</p>${said === "failed" ? html`<p class="t12 warn">${t.queue.no_why}</p>` : nothing}</div>
    ${evidence(verdicts)}${whole?.rule && !whole.rule.startsWith("person:") ? html`<p class="t12 i3">${t.queue.policy} <span class="mono">${whole.rule.replace(/^rule:/, "")}</span></p>` : nothing}
    ${bars(verdicts, queue)}
    ${whole?.would_pass_if.length ? html`<section><h3 class="sec">${t.queue.passes}</h3><ul class="col g6 passes">${whole.would_pass_if.map((one) => html`<li class="row top t12 i2"><span class="good">${icon("circle-check", 15)}</span><span dir="auto">${one}</span></li>`)}</ul></section>` : nothing}
    <div class="sp"></div>
    ${state !== "rejected" && queue.desk.mayAct ? html`<section class="rule clauses"><h3 class="sec">${t.queue.clauses_title}</h3><div class="row wrap g6">${t.queue.clauses.map((clause, at) => html`<button class="chip" ?disabled=${queue.other(item) !== undefined} @click=${() => queue.decide("rejected", at + 1)}>${queue.desk.own.letters && keyOf(`clause_${at + 1}`, queue.desk.own.keys) ? cap(keyOf(`clause_${at + 1}`, queue.desk.own.keys).toUpperCase()) : nothing}${clause}</button>`)}</div></section>` : nothing}
  </aside>`;
}
