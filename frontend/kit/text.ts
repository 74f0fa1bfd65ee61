import { emojiImage, withEmoji } from "./emoji";
import type { Entity } from "./wire";

/** What an entity becomes: words that stand out on a wall, a link where somebody can follow it. */
export type Linking = "spans" | "links";

const WEB = /^https?:\/\//i;

function mark(entity: Entity, words: string, linking: Linking): Node {
  if (entity.type === "emoji" && entity.image && entity.image.charAt(0) === "/") {
    return emojiImage(entity.image, words);
  }
  const href = entity.href ?? "";
  const element = document.createElement(linking === "links" && WEB.test(href) ? "a" : "span");
  if (element instanceof HTMLAnchorElement) {
    element.href = href;
    element.rel = "nofollow noopener noreferrer";
    element.target = "_blank";
  }
  element.className = entity.type;
  element.dir = "auto"; // apart from the words around it: the sign of a hashtag stays on its own side
  element.textContent = words;
  return element;
}

/** The text as nodes: nothing in it is ever read as markup. Offsets count code points. */
export function textNodes(text: string, entities: readonly Entity[] = [], linking: Linking = "spans"): DocumentFragment {
  const points = Array.from(text);
  const whole = document.createDocumentFragment();
  let done = 0;
  for (const entity of entities.slice().sort((a, b) => a.start - b.start)) {
    if (entity.start < done || entity.end <= entity.start || entity.end > points.length) continue;
    if (entity.start > done) whole.append(...withEmoji(points.slice(done, entity.start).join("")));
    whole.append(mark(entity, points.slice(entity.start, entity.end).join(""), linking));
    done = entity.end;
  }
  if (done < points.length) whole.append(...withEmoji(points.slice(done).join("")));
  return whole;
}

/** How many words somebody has to read; a script without spaces counts two signs as a word. */
export function wordsIn(text: string): number {
  const close = text.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g);
  const spaced = text.split(/\s+/).filter((word) => word !== "").length;
  return close ? Math.max(spaced, Math.ceil(close.length / 2)) : spaced;
}
