import { html, nothing, type TemplateResult } from "lit";
import { thumb } from "../parts/photo";
import { avatar, drawn, langOf, nameOf, network, said, words } from "../parts/small";
import { wait } from "../state/format";
import { type Line, verdictsOf } from "../state/line";
import { t } from "../words";
import type { QueueSeat } from "./queue_seat";

function second(queue: QueueSeat, line: Line): TemplateResult | typeof nothing {
  const item = line.items[0]!;
  const other = queue.other(item);
  if (other) return html`<span class="t11 i2 el">${t.queue.looks(other.name)}</span>`;
  if (line.items.length > 1) return html`<span class="t11 warn el">${t.queue.burst(line.items.length, new Set(line.items.map((one) => one.post.author?.key)).size)}</span>`;
  const doubt = verdictsOf(item).find((one) => one.outcome !== "pass");
  return doubt && !queue.view ? html`<span class="t11 bad el">${t.queue.held(doubt.because)}</span>` : nothing;
}

/** One line of the list. The colour at its left is repeated by its place and its second line. */
export function row(queue: QueueSeat, line: Line, at: number): TemplateResult {
  const item = line.items[0]!;
  const { post } = item;
  const chosen = line.key === queue.chosen;
  const since = queue.view ? (item.decision?.at_ms ?? post.created_at_ms) : post.created_at_ms;
  const who = nameOf(post.author);
  return html`<div class="pick ${queue.other(item) ? "theirs" : ""}" role="option" id=${chosen ? "chosen" : nothing} aria-selected=${chosen ? "true" : "false"} aria-current=${chosen ? "true" : nothing}
      aria-setsize=${queue.lines.length} aria-posinset=${at + 1} @click=${() => queue.choose(line.key)}>
    <i class="risk ${line.risk > 0.45 ? "high" : line.risk > 0.2 ? "some" : ""}"></i>${avatar(who)}
    <span class="f1 col"><span class="row g6 t12"><span class="m el" dir="auto">${drawn(who)}</span>${network(post.network)}<span class="sp"></span><span class="i3 nw">${wait(Date.now() - since, queue.desk.lang)}</span></span>
      <span class="el said" dir=${post.dir ?? "auto"} lang=${langOf(post)}>${post.text.trim() ? words(post) : html`<span class="i2">${said(post)}</span>`}</span>${second(queue, line)}</span>
    ${line.items.length > 1 ? html`<span class="chip warn">×${line.items.length}</span>` : thumb(item)}
  </div>`;
}
