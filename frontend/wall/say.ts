// What the wall says itself: how to take part while it is empty, and the one line of the safe slide.
import { fill, fit, joinOf, motif, nameplate, qr, shrink, tagOf, type WallFace, wordsOf } from "@parvis/kit";

function box(name: string, field: number, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement("div");
  element.className = name;
  element.dataset["field"] = String(field);
  element.append(...children);
  return element;
}

function line(name: string, text: string): HTMLElement {
  const element = document.createElement("p");
  element.className = name;
  element.dir = "auto";
  element.textContent = text;
  return element;
}

/** Where somebody takes part, as it is written on the wall. */
function address(wall: WallFace): string {
  const here = joinOf().replace(/^https?:\/\//, "") || `${location.host}/p/${wall.wall}`;
  return `\u2066${here}\u2069`; // isolated: it reads from the left on every wall
}

/** An empty wall explains itself: what it is, how to take part, what happens to the message. */
export function invite(element: HTMLElement, wall: WallFace): void {
  const words = wordsOf(wall.lang);
  // each isolated: its sign stays on its own side, whatever script stands around it
  const tags = (wall.hashtags ?? []).map((tag) => `\u2068${tag.charAt(0) === "#" ? tag : `#${tag}`}\u2069`).join(" ");
  const join = tags ? fill(words.join, { tags }) : words.waiting;
  const code = qr(wall);
  const call = document.createElement("div");
  call.className = "words";
  const shout = line("display shout", words.call);
  call.append(shout);
  const says = box("call", 2, nameplate(wall), call, line("say", `${words.empty} ${code ? `${words.scan} ` : ""}${join}`));
  const middle = document.createElement("div");
  middle.className = "code orbit";
  if (code) middle.append(code);
  const scan = box("scan", 4, code ? middle : motif(wall.title, 0));
  const how = box("how", 3, ...(tags ? [line("tags", tagOf(wall))] : []), line("say", fill(words.or, { address: address(wall) })));
  element.replaceChildren(says, scan, how);
}

/** Sizes the invitation to its box. */
export function fitInvite(element: HTMLElement, u: number): void {
  const words = element.querySelector<HTMLElement>(".call .words");
  const shout = words?.querySelector<HTMLElement>(".shout");
  if (!words || !shout) return;
  shout.classList.remove("breaks");
  if (!fit(shout, words, u, 7)) shout.classList.add("breaks");
}

/** The words of the safe slide take no more of the motif than they need. */
export function fitCover(cover: HTMLElement): void {
  for (const words of Array.from(cover.querySelectorAll<HTMLElement>("p"))) {
    words.style.width = "";
    if (words.clientWidth > 0) shrink(words, words);
  }
}

/** The safe slide: motif and one line, nothing from the feed. */
export function calmDown(cover: HTMLElement, wall: WallFace): void {
  const say = line("say", wordsOf(wall.lang).pause);
  cover.replaceChildren(motif(wall.title, 0, true), line("title", wall.title), say);
  fitCover(cover);
}
