import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../state/desk";
import type { SourceSpec } from "../state/types";
import { unread } from "../state/unread";
import { t } from "../words";
import { icon } from "./small";

/** People write a hashtag that stands on the wall and wait for their post; it is said where nobody reads it, and how to mend it. */
export function unreadTags(desk: Desk, tags: readonly string[], sources: readonly SourceSpec[]): TemplateResult | typeof nothing {
  const found = unread(tags, sources);
  if (!found.length) return nothing;
  return html`<p class="row top g6 warn unread">${icon("triangle-alert", 16)}<span>${t.sources.unread(found.map((tag) => `#${tag}`).join(", "), found.length)} <a class="lnk" href=${desk.href("settings")}>${t.nav.settings}</a>.</span></p>`;
}
