// How long a new passphrase is, said while it is typed. Length is all that is asked for and all that is measured: no
// page knows how easily one is guessed, and none should pretend to.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../words";

/** As the server asks: `LEAST` in passwords.py. */
export const SHORTEST = 10;

export const lengthOf = (given: string): number => Array.from(given).length;

/** One mark a character until it is long enough. Read aloud is only that it is, not every letter on the way. */
export function length(given: string): TemplateResult {
  const n = lengthOf(given);
  const enough = n >= SHORTEST;
  const marks = Array.from({ length: SHORTEST }, (_, at) => html`<i class=${at < n ? "on" : ""}></i>`);
  return html`<div class="length row g8 ${enough ? "enough" : ""}"><span class="marks" aria-hidden="true">${marks}</span><span class="t12 i2" aria-hidden="true">${enough ? t.door.enough(n) : n ? t.door.to_go(SHORTEST - n) : nothing}</span><span class="hid" role="status">${enough ? t.door.enough(SHORTEST) : nothing}</span></div>`;
}
