import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../state/desk";
import { clock, wait } from "../state/format";
import { who } from "../parts/journey";
import { caps, icon } from "../parts/small";
import { t } from "../words";

/** The line to the server is cut: since when, what is kept, when it is tried again. */
export function linkStrip(desk: Desk): TemplateResult | typeof nothing {
  const since = desk.cutSince || desk.acts.stuckSince;
  if (!since) return nothing;
  const now = Date.now();
  return html`<section class="notice note" role="status"><span>${icon("wifi-off", 18)}</span>
    <div class="f1 col g4"><p class="b">${t.link.lost(wait(now - since, desk.lang))}<span class="t12 again">${desk.againAt > now ? t.link.again(wait(desk.againAt - now, desk.lang)) : nothing}</span></p>
      <p>${t.link.stands} ${desk.acts.size ? t.link.kept(desk.acts.size) : nothing}</p>
      ${desk.acts.size ? html`<p class="row wrap">${[...desk.acts.waiting].map(([kind, n]) => html`<span class="chip warn edged">${t.link.kinds[kind] ?? t.link.kinds["other"]} × ${n}</span>`)}</p>` : nothing}</div>
    <button class="btn" @click=${() => desk.again()}>${t.link.now}</button></section>`;
}

/** The wall is covered: how many screens said so, and who did not. */
export function panicStrip(desk: Desk): TemplateResult | typeof nothing {
  const panic = desk.panicState;
  if (!panic?.on) return nothing;
  const screens = panic.screens;
  const missing = screens?.missing ?? [];
  const title = !screens ? t.panic.asked : screens.asked === 0 ? t.panic.none : t.panic.on(screens.covered, screens.asked);
  return html`<section class="notice note bad" role="alert"><span>${icon("octagon-x", 18)}</span>
    <div class="f1 col g4"><p class="t18">${title}</p>
      <p>${screens && screens.asked > 0 ? (missing.length ? t.panic.missing(missing.join(", ")) : t.panic.all) : nothing} ${panic.stored === false ? t.panic.held : nothing} ${panic.since_ms ? t.panic.since(clock(panic.since_ms, desk.lang), panic.name || (panic.by ? who(panic.by, desk) : "")) : nothing}</p></div>
    <button class="btn" @click=${() => void desk.panic(false)}>${t.panic.back} ${caps(desk, "back_on_air")}</button></section>`;
}

export function staleStrip(desk: Desk): TemplateResult | typeof nothing {
  if (!desk.stale) return nothing;
  return html`<section class="notice note calm" role="status"><span>${icon("info", 18)}</span><p class="f1">${t.link.stale}</p><button class="btn" @click=${() => location.reload()}>${t.link.reload}</button></section>`;
}
