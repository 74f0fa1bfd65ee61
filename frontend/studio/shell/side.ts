import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../state/desk";
import { caps, icon } from "../parts/small";
import { standing } from "../state/screens";
import { t } from "../words";

const PAGES: readonly (readonly [string, string])[] = [
  ["tonight", "lamp-desk"], ["queue", "inbox"], ["posts", "layers"], ["screens", "monitor"], ["look", "swatch-book"], ["sources", "rss"],
];

/** Where to go. Saffron only where a person is needed. */
export function side(desk: Desk, open: boolean, shut: () => void): TemplateResult {
  const now = desk.now;
  const counted: Readonly<Record<string, number | undefined>> = { queue: now?.waiting ?? desk.wall?.waiting, screens: now && standing(now.screens).length, sources: now?.sources.length };
  const link = (page: string, sign: string): TemplateResult => {
    const n = counted[page] ?? 0;
    const hot = page === "queue" && n > 0;
    return html`<a class="nav" href=${desk.href(page)} aria-current=${desk.place.page === page ? "page" : nothing} @click=${shut}>${icon(sign)}<span class="el">${t.nav[page as "queue"]}</span>
      ${n ? html`<span class="n ${hot ? "hot" : ""}" aria-hidden=${hot ? "true" : nothing}>${n}</span>${hot ? html`<span class="hid">${t.nav.waiting(n)}</span>` : nothing}` : nothing}</a>`;
  };
  const chosen = (event: Event): void => {
    const wall = (event.target as HTMLSelectElement).value;
    desk.go(wall ? { wall, page: desk.place.page, item: "" } : { wall: desk.place.wall, page: "new-wall", item: "" });
    shut();
  };
  return html`<nav class="side" id="side" aria-label=${t.nav.label}>
    <div class="sw"><parvis-mark size="24"></parvis-mark>
      <select class="walls" aria-label=${t.nav.wall} @change=${chosen}>
        ${desk.walls.map((wall) => html`<option value=${wall.id} ?selected=${wall.id === desk.place.wall}>${wall.title}</option>`)}
        ${desk.mayBuild ? html`<option value="">${t.nav.new_wall}</option>` : nothing}
      </select>${icon("chevrons-up-down", 14)}
      ${open ? html`<button class="btn ghost icon only-narrow" @click=${shut} aria-label=${t.nav.close}>${icon("x", 18)}</button>` : nothing}</div>
    <button class="nav do" @click=${() => dispatchEvent(new CustomEvent("parvis-over", { detail: "palette" }))}>${icon("search")}<span class="el">${t.nav.search}</span><span class="n">${caps(desk, "palette")}</span></button>
    ${PAGES.map(([page, sign]) => link(page, sign))}
    <div class="navh">${t.nav.after}</div>
    ${link("numbers", "chart-no-axes-column")}
    ${desk.mayAct ? link("write", "pencil-line") : nothing}
    <div class="sp"></div>
    ${desk.me?.name ? html`<div class="who t12 i3 el">${desk.me.name}</div>` : nothing}
    ${link("settings", "settings")}
  </nav>`;
}
