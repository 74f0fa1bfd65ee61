import { timeOf } from "./clock";
import { fit, step } from "./fit";
import { textNodes, wordsIn } from "./text";
import { DEFAULTS, type Card, type Media } from "./wire";

const NETWORKS: Record<string, string> = {
  mastodon: "Mastodon",
  bluesky: "Bluesky",
  youtube: "YouTube",
  instagram: "Instagram",
  facebook: "Facebook",
  x: "X",
  tiktok: "TikTok",
  threads: "Threads",
  reddit: "Reddit",
  flickr: "Flickr",
};
const PICTURES = ["image", "gif"];

/** The network's name as it stands on the label; '' for our own doors, where the author alone says it. */
export function networkName(network: string): string {
  return NETWORKS[network] ?? "";
}

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

function label(card: Card, lang: string): HTMLElement {
  const author = card.author;
  const footer = part("footer", "label");
  const add = (element: HTMLElement): void => {
    if (footer.childNodes.length > 0) footer.append("\u2002");
    footer.append(element);
  };
  if (author?.avatar && mustShow(card, "avatar")) {
    const avatar = document.createElement("img");
    avatar.className = "avatar";
    avatar.alt = "";
    avatar.src = author.avatar;
    add(avatar);
  }
  const name = author?.name || author?.handle || "";
  const network = networkName(card.network);
  if (name) add(bidi(part("span", "name", name)));
  if (author?.handle && author.handle !== name && mustShow(card, "handle")) {
    add(bidi(part("span", "handle", author.handle.charAt(0) === "@" ? author.handle : `@${author.handle}`)));
  }
  if (network) add(part("span", "network", network));
  if (mustShow(card, "timestamp")) {
    const time = part("time", "when", timeOf(card.created_at_ms, lang)) as HTMLTimeElement;
    time.dateTime = new Date(card.created_at_ms).toISOString();
    add(time);
  }
  return footer;
}

function bidi(element: HTMLElement): HTMLElement {
  element.dir = "auto"; // a name of another script than the post's keeps its own direction
  return element;
}

function frame(card: Card, old: HTMLImageElement | null): HTMLElement | undefined {
  const picture = pictureOf(card);
  if (!picture) return undefined;
  const kept = old && old.getAttribute("src") === picture.src ? old : document.createElement("img");
  if (kept !== old) kept.src = picture.src;
  kept.alt = picture.media.alt ?? "";
  const [x, y] = picture.media.focus ?? [0, 0];
  kept.style.objectPosition = `${50 + x * 50}% ${50 - y * 50}%`;
  const holder = part("div", card.policy?.may_crop === false ? "frame whole" : "frame", kept);
  // A picture that cannot be had leaves its field, never the engine's broken mark.
  kept.onerror = () => holder.classList.add("lost");
  return holder;
}

/**
 * Draws a card into `slab` (the server's own element, or a new one): picture, words and label side by side, never one
 * over another, so that no policy on overlays can be broken. A picture that is already there is not loaded again.
 */
export function drawSlab(slab: HTMLElement, card: Card, lang: string): void {
  slab.dataset["postId"] = card.post;
  slab.dataset["network"] = card.network;
  slab.className = "slab";
  slab.dir = card.dir ?? DEFAULTS.Card.dir;
  if (card.lang) slab.lang = card.lang;
  else slab.removeAttribute("lang");
  const sheet = part("div", "sheet");
  const picture = frame(card, slab.querySelector<HTMLImageElement>(".frame img"));
  const side = part("div", "side");
  if (picture) sheet.append(picture);
  if (card.text.trim() !== "") {
    const text = part("p", "text", textNodes(card.text.replace(/\s+$/, ""), card.entities));
    text.dir = "auto";
    side.append(part("div", "words", text));
    slab.classList.add("says");
  }
  if (picture) slab.classList.add("shows");
  side.append(label(card, lang));
  sheet.append(side);
  slab.replaceChildren(sheet);
}

/** How long the words on a slab, or on one page of them, have to stand: ms. */
export function holdOf(text: string, pages = 1): number {
  return Math.max(7000, 2500 + (330 * wordsIn(text)) / pages);
}

/**
 * Sizes the words of `slab` to its box (`u`: 1 % of the wall's short side, px) and gives the number of pages that they
 * take: words too long for the smallest size are paged, never cut and never made smaller than can be read.
 */
export function fitSlab(slab: HTMLElement, u: number, top: number): number {
  const words = slab.querySelector<HTMLElement>(".words");
  const text = slab.querySelector<HTMLElement>(".text");
  if (!words || !text) return 1;
  words.style.maxHeight = "";
  text.style.transform = "";
  text.classList.remove("breaks", "paged");
  const label = slab.querySelector<HTMLElement>(".label");
  label?.removeAttribute("data-page");
  if (fit(text, words, u, top)) return 1;
  text.classList.add("breaks");
  if (fit(text, words, u, top)) return 1;
  text.classList.add("paged");
  if (label) label.dataset["page"] = "1 / 9"; // before measuring: the mark takes its own room
  const line = parseFloat(getComputedStyle(text).lineHeight) || step(0) * u * 1.3;
  const page = Math.max(1, Math.floor((words.clientHeight + 1) / line)) * line;
  words.style.maxHeight = `${page}px`;
  const pages = Math.max(1, Math.ceil((text.scrollHeight - line / 2) / page));
  if (pages > 1) turnPage(slab, 0, pages);
  else label?.removeAttribute("data-page");
  return pages;
}

/** Shows page `page` (from 0) of `pages`. */
export function turnPage(slab: HTMLElement, page: number, pages: number): void {
  const words = slab.querySelector<HTMLElement>(".words");
  const text = slab.querySelector<HTMLElement>(".text");
  if (!words || !text) return;
  text.style.transform = `translateY(${-page * parseFloat(words.style.maxHeight)}px)`;
  const label = slab.querySelector<HTMLElement>(".label");
  if (label) label.dataset["page"] = `${page + 1} / ${pages}`;
}
