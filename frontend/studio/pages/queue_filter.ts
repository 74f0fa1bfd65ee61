import { html, nothing, type TemplateResult } from "lit";
import { caps, empty, icon } from "../parts/small";
import { wait } from "../state/format";
import type { State } from "../state/types";
import { t } from "../words";
import type { QueueSeat } from "./queue_seat";

export const VIEWS: readonly (readonly [string, readonly State[]])[] = [
  ["", ["new", "pending"]], ["approved", ["approved"]], ["rejected", ["rejected"]], ["hidden", ["hidden"]], ["duplicate", ["duplicate"]],
];

interface View {
  readonly name: string;
  readonly label: string;
  readonly n: number;
}

function viewsOf(queue: QueueSeat): readonly View[] {
  const { desk, view } = queue;
  const counts = desk.now?.counts ?? desk.wall?.counts ?? {};
  const labels: Readonly<Record<string, string>> = { "": t.queue.waiting, approved: t.queue.on_wall, rejected: t.queue.rejected, hidden: t.queue.aside, duplicate: t.queue.copies };
  return VIEWS.map(([name, states]) => ({
    name, label: labels[name]!,
    n: name === "" && queue.ready && view === "" ? queue.items.length : states.reduce((sum, one) => sum + (counts[one] ?? 0), 0),
  }));
}

const order = (queue: QueueSeat): TemplateResult | typeof nothing =>
  queue.view === "" ? html`<button class="chip" @click=${() => queue.reorder()}>${icon("arrow-down-wide-narrow", 13)}${t.queue.order[queue.order]}</button>` : nothing;

/** Which posts the list has, in which order. */
export function filter(queue: QueueSeat): TemplateResult {
  const { desk, view } = queue;
  return html`<div class="tools row wrap"><nav class="seg" aria-label=${t.nav.filter}>${viewsOf(queue).map(({ name, label, n }) => html`<a href=${desk.href("queue", name)} aria-current=${view === name ? "true" : nothing}>${label}${n ? html` <b>${n}</b>` : nothing}</a>`)}</nav><span class="turn"></span>
  ${order(queue)}
  <span class="sp"></span><button class="btn sm only-mid" aria-pressed=${queue.open ? "true" : "false"} @click=${() => queue.unfold()}>${icon("panel-right", 14)}${t.nav.inspector}${caps(desk, "inspector")}</button></div>`;
}

/** The same on a phone, where five names have no room beside each other: one field holds them all. */
export function phoneFilter(queue: QueueSeat): TemplateResult {
  const { desk, view } = queue;
  const go = (event: Event): void => desk.go({ wall: desk.place.wall, page: "queue", item: (event.target as HTMLSelectElement).value });
  return html`<div class="tools row wrap"><select class="fld f1 views" aria-label=${t.nav.filter} @change=${go}>${viewsOf(queue).map(({ name, label, n }) => html`<option value=${name} .selected=${view === name}>${label}${n ? ` · ${n}` : ""}</option>`)}</select>${order(queue)}</div>`;
}

/** What stands where no post waits. */
export function bareList(queue: QueueSeat): TemplateResult {
  const { desk, view } = queue;
  const last = desk.now?.recent[0]?.at_ms;
  if (view) return html`<div class="pad">${empty(t.queue.empty[view] ?? t.queue.nothing, "")}</div>`;
  return html`<div class="pad">${empty(t.queue.nothing, t.queue.nothing_help(last ? wait(Date.now() - last, desk.lang) : ""),
    html`<p class="t15 i2">${t.queue.quiet} <a class="lnk" href=${desk.href("queue", "hidden")}>${t.queue.read_aside}</a> ${caps(desk, "go_stash")}</p>`)}</div>`;
}
