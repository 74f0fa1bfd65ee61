import { timeOf } from "./clock";
import { withEmoji } from "./emoji";
import { fitting, type Rests, shrink, step, whole } from "./fit";
import { glyph, networkName } from "./glyph";
import { textNodes, wordsIn } from "./text";
import { DEFAULTS, type Card, type Media } from "./wire";

const PICTURES = ["image", "gif"];
const CAPTION = 1; // step of the type scale
const POSTER = 6;
const ALONE = 7; // a layout whose largest step is above this shows one post at a time
const NOTCH = 0.36; // most of a picture's height that its words may cover,
const TALL_NOTCH = 0.5; // and in the smallest size
const ROOM = 7.5; // hundredths: words need so much height
const THIRD = 0.34; // most of its area, where they are large

/** Whether the card's network asks for it. */
export function mustShow(card: Card, what: string): boolean {
  return (card.policy?.must_show ?? []).indexOf(what) >= 0;
}

/** The first thing of the card that can stand as a still picture here, with its address. */
export function pictureOf(card: Card): { media: Media; src: string } | undefined {
  if (card.policy?.player_only ?? DEFAULTS.CardPolicy.player_only) return undefined;
  for (const media of card.media ?? []) {
    const still = PICTURES.indexOf(media.type) >= 0 && (media.mime ?? "").indexOf("video/") !== 0;
    const src = still ? media.url : media.poster;
    if (src && !media.sensitive) return { media, src };
  }
  return undefined;
}

function part(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
}

/** A name of another script than the post's keeps its own direction. */
function name(className: string, text: string): HTMLElement {
  const element = part("bdi", className, ...withEmoji(text));
  element.dir = "auto";
  return element;
}

/** The museum label: sign, name, handle, time. What the network does not ask for, roomy layouts alone show (`may`). */
function label(card: Card, lang: string): HTMLElement {
  const author = card.author;
  const footer = part("footer", "label");
  const asked = (what: string): string => (mustShow(card, what) ? "" : " may");
  const sign = glyph(card.network);
  if (sign) footer.append(sign);
  if (author?.avatar && mustShow(card, "avatar")) {
    const avatar = document.createElement("img");
    avatar.className = "avatar";
    avatar.alt = "";
    avatar.onerror = () => avatar.remove();
    avatar.src = author.avatar;
    footer.append(avatar);
  }
  const called = author ? author.name || author.handle : "";
  if (called) footer.append(name("name", called));
  if (author?.handle && !alike(author.handle, called)) {
    const handle = author.handle.charAt(0) === "@" ? author.handle : `@${author.handle}`;
    footer.append(" ", name(`handle${called ? asked("handle") : ""}`, handle));
  }
  const network = networkName(card.network);
  if (network && mustShow(card, "logo")) footer.append(" ", part("span", "network", network));
  const time = part("time", `when${asked("timestamp")}`, timeOf(card.created_at_ms, lang)) as HTMLTimeElement;
  time.dateTime = new Date(card.created_at_ms).toISOString();
  footer.append(" ", time);
  return footer;
}

/** Whether the handle says no more than the name that stands before it. */
export function alike(handle: string, name: string): boolean {
  const plain = (text: string): string => text.replace(/^@+/, "").toLowerCase();
  return plain(handle) === plain(name);
}

function frame(card: Card, old: HTMLImageElement | null): HTMLElement | undefined {
  const picture = pictureOf(card);
  if (!picture) return undefined;
  const kept = old && old.getAttribute("src") === picture.src ? old : document.createElement("img");
  if (kept !== old) kept.src = picture.src;
  kept.alt = picture.media.alt ?? "";
  const [x, y] = picture.media.focus ?? [0, 0];
  kept.style.objectPosition = `${50 + x * 50}% ${50 - y * 50}%`;
  const holder = part("div", "frame", part("div", "pane", kept));
  // A picture that cannot be had leaves its field, never the engine's broken mark.
  const lost = (): void => {
    const slab = holder.parentElement;
    slab?.classList.add("lost");
    slab?.dispatchEvent(new CustomEvent("parvis-lost", { bubbles: true }));
  };
  kept.onerror = lost;
  if (kept.complete && kept.naturalWidth === 0) setTimeout(lost);
  return holder;
}

/**
 * Draws a card into `slab` (the server's own element, or a new one). `ready`: its picture, already decoded. Words that
 * stand at a picture stand on a field of their own; whether over it or beside it, `fitSlab` decides.
 */
export function drawSlab(slab: HTMLElement, card: Card, lang: string, ready?: HTMLImageElement): void {
  slab.dataset["postId"] = card.post;
  slab.dataset["network"] = card.network;
  slab.className = "slab";
  slab.dir = card.dir ?? DEFAULTS.Card.dir;
  if (card.lang) slab.lang = card.lang;
  else slab.removeAttribute("lang");
  const picture = frame(card, ready ?? slab.querySelector<HTMLImageElement>(".frame img"));
  const side = part("div", "side");
  if (card.text.trim() !== "") {
    const text = part("p", "text", textNodes(card.text.replace(/\s+$/, ""), card.entities));
    text.dir = "auto";
    side.append(part("div", "words", text));
    slab.classList.add("says");
  }
  side.append(label(card, lang));
  slab.replaceChildren(part("div", "paste"), ...(picture ? [picture] : []), side);
  if (!picture) return;
  slab.classList.add("shows");
  const crops = card.policy?.may_crop !== false;
  if (!crops) slab.classList.add("whole");
  if (!crops || card.policy?.overlay_ok === false) slab.classList.add("apart");
  if (slab.classList.contains("apart")) slab.classList.add("panel");
}

/** How long the words on a slab, or on one page of them, have to stand: ms. */
export function holdOf(text: string, pages = 1): number {
  return Math.max(7000, 2500 + (330 * wordsIn(text)) / pages);
}

/** Whether the words of a picture fit on a notch over it: a caption, or where one post fills the wall, large words. */
function* notched(slab: HTMLElement, text: HTMLElement, u: number, top: number): Rests<boolean> {
  const side = slab.querySelector<HTMLElement>(".side")!;
  const words = text.parentElement!;
  const alone = top > ALONE;
  const fits = (most: number): boolean => {
    const { offsetWidth: width, offsetHeight: height } = side;
    const share = (height * (alone ? width : 1)) / (slab.clientHeight * (alone ? slab.clientWidth : 1));
    return share <= most && words.scrollWidth <= words.clientWidth + 1;
  };
  words.style.width = "";
  let size = alone ? POSTER : CAPTION;
  text.style.fontSize = `${step(size) * u}px`;
  while (size > 0 && !fits(alone ? THIRD : NOTCH)) {
    yield;
    size -= 0.5;
    text.style.fontSize = `${step(size) * u}px`;
  }
  if (!fits(alone ? THIRD : TALL_NOTCH)) return false;
  shrink(words, text); // the notch ends with the words
  return true;
}

/**
 * Sizes the words of `slab` to its box (`u`: 1 % of the wall's short side, px) and gives the number of pages that they
 * take: words too long for the smallest size are paged, never cut and never made smaller than can be read.
 */
export function fitSlab(slab: HTMLElement, u: number, top: number): number {
  return whole(fittingSlab(slab, u, top));
}

/** What `fitSlab` does, with rests. */
export function* fittingSlab(slab: HTMLElement, u: number, top: number): Rests<number> {
  const words = slab.querySelector<HTMLElement>(".words");
  const text = slab.querySelector<HTMLElement>(".text");
  slab.classList.toggle("broad", slab.clientWidth > 1.35 * slab.clientHeight);
  if (!words || !text) return 1;
  words.style.maxHeight = words.style.width = "";
  text.style.transform = "";
  text.classList.remove("breaks", "paged", "lean");
  slab.classList.remove("tight");
  const label = slab.querySelector<HTMLElement>(".label");
  label?.removeAttribute("data-page");
  if (slab.classList.contains("lost")) slab.classList.remove("shows", "panel"); // its words have the slab to themselves
  if (slab.classList.contains("shows")) {
    const over = !slab.classList.contains("apart") && !slab.closest(".half");
    slab.classList.toggle("panel", !over);
    if (over && (yield* notched(slab, text, u, top))) return 1;
    slab.classList.add("panel");
  }
  slab.classList.toggle("tight", words.clientHeight < ROOM * u); // a long label: the picture and the margins give way
  yield;
  if (yield* fitting(text, words, u, top)) return 1;
  if (slab.classList.contains("panel") && !slab.classList.contains("tight")) {
    slab.classList.add("tight"); // rather a smaller picture than words in pages
    if (yield* fitting(text, words, u, top)) return 1;
  }
  text.classList.add("breaks");
  if (yield* fitting(text, words, u, top)) return 1;
  text.classList.add("paged");
  if (label) label.dataset["page"] = "88\u00a0/\u00a088"; // before measuring: the mark takes its own room, the widest that it may need
  const line = lineOf(text, u);
  if (words.clientHeight < line) text.classList.add("lean");
  const page = Math.max(1, Math.floor((words.clientHeight + 1) / line)) * lineOf(text, u);
  words.style.maxHeight = `${page}px`;
  const pages = Math.max(1, Math.ceil((text.scrollHeight - lineOf(text, u) / 2) / page));
  if (pages > 1) turnPage(slab, 0, pages);
  else label?.removeAttribute("data-page");
  return pages;
}

function lineOf(text: HTMLElement, u: number): number {
  return parseFloat(getComputedStyle(text).lineHeight) || step(0) * u * 1.3;
}

/** Shows page `page` (from 0) of `pages`. */
export function turnPage(slab: HTMLElement, page: number, pages: number): void {
  const words = slab.querySelector<HTMLElement>(".words");
  const text = slab.querySelector<HTMLElement>(".text");
  if (!words || !text) return;
  text.style.transform = `translateY(${-page * parseFloat(words.style.maxHeight)}px)`;
  const label = slab.querySelector<HTMLElement>(".label");
  if (label) label.dataset["page"] = `${page + 1}\u00a0/\u00a0${pages}`;
}
