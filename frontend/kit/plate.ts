// The brand's slab: title or logo, hashtag, and the way to join: a code that phones read, its address in words.
import { joinOf, nameplate, qr, tagOf } from "./brand";
import { fit } from "./fit";
import type { WallFace } from "./wire";

const NARROW = 6; // hundredths: less room than this, and the tag stands alone
const LEAST_QR = 13; // hundredths of the short side: smaller is read by no phone
const LINE_SIZES = [3.47, 3, 2.6]; // hundredths
const LARGEST_QR = 30; // above it a code takes more from the posts than it gives

/** Where a phone takes part, to be read: it reads from the left on every wall, and breaks where a path does. */
export function addressLine(): HTMLElement {
  const line = document.createElement("p");
  line.className = "join";
  line.dir = "ltr";
  const address = joinOf().replace(/^https?:\/\//, "");
  for (const part of address.match(/\.?[^./]*\/*/g) ?? []) line.append(part, document.createElement("wbr"));
  return line;
}

/** Draws the brand into `holder`; `large`: the title is what it says first, else the hashtag. `u`: 1 % of the short side, px. */
export function drawPlate(holder: HTMLElement, wall: WallFace, u: number, large: boolean): void {
  const tag = tagOf(wall);
  const inner = document.createElement("div");
  inner.className = "orbit plate";
  const title = nameplate(wall);
  const words = document.createElement("div");
  words.className = "words";
  const say = document.createElement("p");
  say.className = "display";
  say.dir = "auto";
  const column = document.createElement("div");
  column.className = "column";
  words.append(say);
  if (large) {
    say.append(...Array.from(title.childNodes));
    title.textContent = tag;
    title.classList.toggle("logoless", true);
    column.append(words, title);
  } else {
    say.textContent = tag;
    column.append(title, words);
  }
  inner.append(column);
  holder.replaceChildren(inner);
  addCode(wall, inner, column, u);
  if (large) narrow(title, u);
  if (!large && words.clientHeight < NARROW * u) title.remove();
  fitWords(say, words, u, large ? 5 : 4.6);
}

function addCode(wall: WallFace, inner: HTMLElement, column: HTMLElement, u: number): void {
  const { clientWidth: width, clientHeight: height } = inner;
  const wide = width > 2 * height;
  const upright = width < 0.8 * height;
  const size = Math.min(wide ? height : upright ? width : height * 0.54, LARGEST_QR * u);
  const code = size >= LEAST_QR * u ? qr(wall) : undefined;
  if (!code) return;
  code.style.width = code.style.height = `${Math.floor(size)}px`;
  column.append(addressLine());
  inner.append(code);
  inner.classList.toggle("tight", !wide);
  inner.classList.toggle("upright", upright);
}

/** A tag is rather set smaller, down to what can be read, than broken. */
function narrow(line: HTMLElement, u: number): void {
  line.classList.add("unbroken");
  for (const size of LINE_SIZES) {
    line.style.fontSize = `${size * u}px`;
    if (line.scrollWidth <= line.clientWidth) return;
  }
  line.classList.remove("unbroken");
}

function fitWords(say: HTMLElement, words: HTMLElement, u: number, top: number): void {
  say.classList.remove("breaks");
  if (fit(say, words, u, top)) return;
  say.classList.add("breaks");
  fit(say, words, u, top);
}
