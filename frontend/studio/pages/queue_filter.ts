import { html, nothing, type TemplateResult } from "lit";
import { caps, empty, icon } from "../parts/small";
import { wait } from "../state/format";
import type { State } from "../state/types";
import { t } from "../words";
import type { QueueSeat } from "./queue_seat";

export const VIEWS: readonly (readonly [string, readonly State[]])[] = [
  ["", ["new", "pending"]], ["approved", ["approved"]], ["rejected", ["rejected"]], ["hidden", ["hidden"]], ["duplicate", ["duplicate"]],
];

/** Which posts the list has, in which order. */
export function filter(queue: QueueSeat): TemplateResult {
  const { desk, view } = queue;
  const counts = desk.now?.counts ?? desk.wall?.counts ?? {};
  const names: Readonly<Record<string, string>> = { "": t.queue.waiting, approved: t.queue.on_wall, rejected: t.queue.rejected, hidden: t.queue.aside, duplicate: t.queue.copies };
  return html`<div class="tools row"><nav class="seg" aria-label=${t.nav.filter}>${VIEWS.map(([name, states]) => {
    const n = name === "" && queue.ready && view === "" ? queue.items.length : states.reduce((sum, one) => sum + (counts[one] ?? 0), 0);
    return html`<a href=${desk.href("queue", name)} aria-current=${view === name ? "true" : nothing}>${names[name]}${n ? html` <b>${n}</b>` : nothing}</a>`;
  })}</nav>
  ${view === "" ? html`<button class="chip" @click=${() => queue.reorder()}>${icon("arrow-down-wide-narrow", 13)}${t.queue.order[queue.order]}</button>` : nothing}
  <span class="sp"></span><button class="btn sm only-mid" aria-pressed=${queue.open ? "true" : "false"} @click=${() => queue.unfold()}>${icon("panel-right", 14)}${t.nav.inspector}${caps(desk, "inspector")}</button></div>`;
}

/** What stands where no post waits. */
export function bareList(queue: QueueSeat): TemplateResult {
  const { desk, view } = queue;
  const last = desk.now?.recent[0]?.at_ms;
  if (view) return html`<div class="pad">${empty(t.queue.empty[view] ?? t.queue.nothing, "")}</div>`;
  return html`<div class="pad">${empty(t.queue.nothing, t.queue.nothing_help(last ? wait(Date.now() - last, desk.lang) : ""),
    html`<p class="t15 i2">${t.queue.quiet} <a class="lnk" href=${desk.href("queue", "hidden")}>${t.queue.read_aside}</a> ${caps(desk, "go_stash")}</p>`)}</div>`;
}
