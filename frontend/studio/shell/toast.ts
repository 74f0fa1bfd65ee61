import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../state/desk";
import { caps, drawn, icon } from "../parts/small";
import { t } from "../words";

/** What just happened. It goes by itself or with the next act, and never takes the focus. */
export function toast(desk: Desk): TemplateResult {
  const said = desk.toast;
  return html`<div class="toasts" role=${said?.bad ? "alert" : "status"} aria-live=${said?.bad ? "assertive" : "polite"}>
    ${said
      ? html`<div class="toast ${said.bad ? "bad" : ""}" @pointerenter=${() => desk.holdToast(true)} @pointerleave=${() => desk.holdToast(false)} @focusin=${() => desk.holdToast(true)} @focusout=${() => desk.holdToast(false)}><p class="f1" dir="auto">${said.text}${said.quote ? html` <b class="b"><bdi>${drawn(said.quote)}</bdi></b>` : nothing}</p>
          ${said.undo ? html`<button class="in" @click=${() => void desk.undo()}>${t.toast.undo} ${caps(desk, "undo")}</button>` : nothing}
          <button class="in" aria-label=${t.toast.close} @click=${() => desk.say(undefined)}>${icon("x", 16)}</button></div>`
      : nothing}</div>`;
}
