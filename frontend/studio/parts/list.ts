import { html, type TemplateResult } from "lit";
import { css } from "./style";

export const ROW = 66;
const AROUND = 6;

/** Only the rows in sight, however long the list: `total` sets the scroll height, `row` draws one. */
export function windowed(total: number, top: number, height: number, row: (at: number) => TemplateResult): TemplateResult {
  const first = Math.max(0, Math.floor(top / ROW) - AROUND);
  const last = Math.min(total, Math.ceil((top + height) / ROW) + AROUND);
  const shown: TemplateResult[] = [];
  for (let at = first; at < last; at++) shown.push(html`<div class="at" role="presentation" ${css({ transform: `translateY(${at * ROW}px)` })}>${row(at)}</div>`);
  return html`<div class="all" role="presentation" ${css({ height: `${total * ROW}px` })}>${shown}</div>`;
}

/** Where a list `height` high must stand so that the row `at` is whole in sight: where it stands, `top`, if it is. */
export function inSight(at: number, top: number, height: number): number {
  return Math.min(at * ROW, Math.max(top, (at + 1) * ROW - height));
}
