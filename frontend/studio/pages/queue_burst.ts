import { html, svg, type TemplateResult } from "lit";
import { caps, drawn, langOf, nameOf, network, said } from "../parts/small";
import { exact, percent, span } from "../state/format";
import { alike, isApart, type Line } from "../state/line";
import { t } from "../words";
import type { QueueSeat } from "./queue_seat";

const SHOWN = 40;

/** A burst as one decision: who, when, how alike; what says something else stands apart, unticked. */
export function burst(queue: QueueSeat, line: Line): TemplateResult {
  const { desk } = queue;
  const [first] = line.items;
  const times = line.items.map((one) => one.post.created_at_ms);
  const from = Math.min(...times);
  const long = Math.max(1, Math.max(...times) - from);
  const ticked = line.items.filter((one) => !queue.unticked.has(one.post.key)).length;
  const tick = (key: string): void => {
    if (!queue.unticked.delete(key)) queue.unticked.add(key);
    queue.requestUpdate();
  };
  return html`<div class="burst"><div class="col g4"><h2 class="t24">${t.queue.same(line.items.length)}</h2><p class="i2">${t.queue.same_help(new Set(line.items.map((one) => one.post.author?.key)).size, span(Math.round(long / 1000) * 1000, desk.lang))}</p></div>
    <div><svg class="beats" viewBox="0 0 960 60" aria-hidden="true"><line x1="0" x2="960" y1="46" y2="46"></line>${times.map((at, n) => svg`<circle cx=${10 + ((at - from) / long) * 940} cy=${46 - (n % 3) * 13} r="6"></circle>`)}</svg>
      <div class="row t11 i3"><span>${exact(from)}</span><span class="sp"></span><span>${exact(from + long)}</span></div></div>
    <div class="scroll" tabindex="0" role="region" aria-label=${t.queue.same(line.items.length)}><table class="tbl"><thead><tr><th scope="col"><span class="hid">${t.keys.acts["tick"]}</span></th><th scope="col">${t.queue.who}</th><th scope="col">${t.queue.words}</th><th scope="col" class="r">${t.queue.alike}</th></tr></thead>
      <tbody>${line.items.slice(0, SHOWN).map((one) => {
        const apart = isApart(first!, one);
        const key = one.post.key;
        return html`<tr class=${apart ? "odd" : ""}><td><input type="checkbox" class="box" aria-label=${t.queue.tick(nameOf(one.post.author))} .checked=${!queue.unticked.has(key)} @change=${() => tick(key)} /></td>
          <td><span class="row">${network(one.post.network, 20)}<span class="m el" dir="auto">${drawn(nameOf(one.post.author))}</span></span></td>
          <td><span dir=${one.post.dir ?? "auto"} lang=${langOf(one.post)}>${said(one.post)}</span>${apart ? html`<span class="t11 good line">${t.queue.apart_note}</span>` : ""}</td>
          <td class="r i2">${one === first ? t.queue.first : percent(alike(first!.post.text, one.post.text), desk.lang)}</td></tr>`;
      })}</tbody></table>${line.items.length > SHOWN ? html`<p class="i2 pad">${t.queue.more_wait(line.items.length - SHOWN)}</p>` : ""}</div></div>
    <footer class="foot"><button class="btn danger" ?disabled=${!ticked} @click=${() => queue.decide("rejected", 8)}>${t.queue.reject_n(ticked)} ${caps(desk, "reject")}</button>
      <button class="btn" @click=${() => queue.showOne()}>${t.queue.one} ${caps(desk, "show_one")}</button><button class="btn ghost" @click=${() => queue.takeApart()}>${t.queue.apart} ${caps(desk, "tick")}</button>
      <button class="btn ghost far" @click=${() => queue.block()}>${t.queue.block} ${caps(desk, "block_wording")}</button></footer>`;
}
