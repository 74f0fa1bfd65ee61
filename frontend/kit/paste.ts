// The gesture: a poster is pasted over another. A field slides over, lines rise or the picture opens, the label comes last.
// Only transform and opacity move (wall.css); here is what the style sheet cannot know: where lines break, and when it ends.
import { after, type Cancel } from "./clock";

const FIELD_MS = 640;
const WORDS_MS = 480;
const LINE_MS = 420;
const STAGGER_MS = 60;
const PICTURE_MS = 900;
const LABEL_MS = 160;
const MOST_LINES = 6;

/** Whether moves are asked to be one short fade. */
export function isCalm(): boolean {
  if (document.documentElement.dataset["calm"] === "yes") return true;
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Where lines begin in `text`: the first `most` of them, as places in its text nodes. */
function lineStarts(text: HTMLElement, most: number): [node: Node, offset: number][] {
  const starts: [Node, number][] = [];
  const range = document.createRange();
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  let bottom = -Infinity;
  const meet = (rect: DOMRect | ClientRect | undefined, node: Node, offset: number): boolean => {
    if (!rect || rect.height === 0) return false;
    if ((rect.top + rect.bottom) / 2 > bottom) {
      starts.push([node, offset]);
      bottom = rect.bottom;
    } else bottom = Math.max(bottom, rect.bottom);
    return starts.length > most;
  };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof HTMLImageElement) {
      const parent = node.parentNode!;
      if (meet(node.getBoundingClientRect(), parent, Array.prototype.indexOf.call(parent.childNodes, node) as number)) return starts;
    } else if (node instanceof Text) {
      for (const word of each(node.data, /\S+/g)) {
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const boxes = range.getClientRects();
        if (boxes.length < 2) {
          if (meet(boxes[0], node, word.index)) return starts;
          continue;
        }
        for (const sign of each(word[0], /\S/gu)) { // a word that is broken, or a script without spaces
          range.setStart(node, word.index + sign.index);
          range.setEnd(node, word.index + sign.index + sign[0].length);
          if (meet(range.getClientRects()[0], node, word.index + sign.index)) return starts;
        }
      }
    }
  }
  return starts;
}

function each(text: string, what: RegExp): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  for (let one = what.exec(text); one; one = what.exec(text)) found.push(one);
  return found;
}

/** Puts each line of the words on a slab of its own edge while they rise; gives the number that follow one another. */
function rise(text: HTMLElement): { lines: number; settle: Cancel } {
  const whole = Array.from(text.childNodes);
  const starts = lineStarts(text, MOST_LINES);
  if (starts.length === 0) return { lines: 0, settle: () => undefined };
  const lines = starts.slice(0, MOST_LINES).map(([node, offset], at) => {
    const range = document.createRange();
    range.setStart(node, offset);
    const next = at === MOST_LINES - 1 ? undefined : starts[at + 1];
    if (next) range.setEnd(next[0], next[1]);
    else range.setEnd(text, text.childNodes.length);
    const lift = document.createElement("span");
    lift.className = "lift";
    lift.style.animationDelay = `${WORDS_MS + STAGGER_MS * at}ms`;
    lift.append(range.cloneContents());
    const line = document.createElement("span");
    line.className = next ? "line" : "line rest";
    line.append(lift);
    return line;
  });
  text.replaceChildren(...lines);
  return { lines: lines.length, settle: () => text.replaceChildren(...whole) };
}

/**
 * Pastes `sheet` (a slab, or a page of them), drawn and sized, over whatever stands in its place; `done` when all of it
 * is covered. `ms`: how long until it can be read, label and all.
 */
export function paste(sheet: HTMLElement, done: () => void): { ms: number; stop: Cancel } {
  sheet.classList.add("arrives");
  const calm = isCalm();
  const framed = sheet.querySelector(".frame") !== null;
  const notch = framed && sheet.classList.contains("slab") && !sheet.classList.contains("panel");
  const text = sheet.querySelector<HTMLElement>(".text:not(.paged)");
  const risen = !calm && !notch && text && sheet.classList.contains("slab") ? rise(text) : undefined;
  const words = risen && risen.lines > 0 ? WORDS_MS + LINE_MS + STAGGER_MS * (risen.lines - 1) : FIELD_MS;
  const stops = calm ? 0 : Math.max(notch ? 0 : words, framed ? FIELD_MS + PICTURE_MS : 0);
  const last = Array.from(sheet.querySelectorAll<HTMLElement>(notch ? ".side" : ".label"));
  for (const one of last) one.style.animationDelay = `${stops}ms`;
  let open = true;
  const end = (): void => {
    if (!open) return;
    open = false;
    risen?.settle();
    sheet.classList.remove("arrives");
    for (const one of last) one.style.animationDelay = "";
    done();
  };
  const ms = stops + LABEL_MS;
  const cancel = after(ms, end);
  return {
    ms,
    stop: () => {
      cancel();
      end();
    },
  };
}
