import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../state/desk";
import { span } from "../state/format";
import { standing } from "../state/screens";
import { caps, cap, icon } from "../parts/small";
import { t } from "../words";

/** Three facts at most; it leads to the cause of the worst one. */
function air(desk: Desk): TemplateResult {
  const screens = standing(desk.now?.screens ?? []);
  const up = desk.now ? screens.filter((one) => one.up).length : (desk.wall?.screens?.up ?? 0);
  const all = desk.now ? screens.length : up + (desk.wall?.screens?.dark ?? 0);
  const covered = desk.panicState?.on ?? desk.now?.panic.on ?? desk.wall?.panic ?? false;
  const ill = desk.now?.sources.some((one) => !one.healthy) ?? false;
  const cut = desk.cutSince > 0;
  const sign = cut ? "off" : covered ? "bad" : up < all || ill ? "warn" : all === 0 ? "off" : "";
  const word = cut ? t.air.cut : covered ? t.air.covered : all === 0 ? t.air.off : t.air.on;
  const p50 = desk.wall?.p50_ms;
  return html`<a class="air" href=${desk.href(up < all || all === 0 ? "screens" : ill ? "sources" : "tonight")} title=${t.air.cause}>
    <span class="row g6"><span class="dot ${sign}"></span><b class="b">${word}</b></span>
    <span class="fact">${all ? t.air.screens(up, all) : t.air.no_screens}</span>
    ${typeof p50 === "number" ? html`<span class="fact far">${t.air.to_screen} <b class="b">${span(p50, desk.lang)}</b></span>` : nothing}</a>`;
}

/** The same on every page: title, the page's own filter, air, and Panic at the very end. */
export function bar(desk: Desk, title: string, menu: () => void): TemplateResult {
  const covered = desk.panicState?.on ?? false;
  return html`<header class="bar">
    <button class="btn ghost icon only-narrow" aria-label=${t.nav.menu} aria-controls="side" @click=${menu}>${icon("menu", 18)}</button>
    <h1>${title}</h1><div class="bar-own" id="bar-own"></div><div class="sp"></div>
    ${air(desk)}
    ${covered
      ? html`<button class="panic on" @click=${() => void desk.panic(false)}>${icon("radio", 16)}<span>${t.panic.back}</span>${caps(desk, "back_on_air")}</button>`
      : html`<button class="panic" ?disabled=${!desk.mayAct} title=${t.panic.label} @click=${() => void desk.panic(true)}>${icon("octagon-x", 16)}<span>${t.panic.button}</span><span class="caps row g4" title=${t.panic.keys} aria-hidden="true">${cap("Esc")}${cap("×3")}</span></button>`}
  </header>`;
}
