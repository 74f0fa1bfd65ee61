import { html, nothing, svg, type TemplateResult } from "lit";
import { qrOf } from "../state/qr";

/** The code of an address, dark on light in both themes: phones read it so. */
export function qr(address: string, label: string): TemplateResult | typeof nothing {
  const grid = qrOf(address);
  if (!grid) return nothing;
  const path = grid.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");
  const box = grid.length + 8;
  return html`<span class="qr" role="img" aria-label=${label}>${svg`<svg viewBox="0 0 ${box} ${box}" aria-hidden="true" shape-rendering="crispEdges"><path d=${path}></path></svg>`}</span>`;
}
