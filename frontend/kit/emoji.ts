// Emoji as pictures of our own: a screen's fonts are a lottery, and sequences fall apart in old engines. The same
// pattern stands in src/parvis/core/emoji.py; a test holds that both know the whole set.

const SKIN = "[\\u{1F3FB}-\\u{1F3FF}]";
const SELF =
  "[\\u231A\\u231B\\u23E9-\\u23EC\\u23F0\\u23F3\\u25FD\\u25FE\\u2614\\u2615\\u2648-\\u2653\\u267F\\u2693\\u26A1\\u26AA\\u26AB" +
  "\\u26BD\\u26BE\\u26C4\\u26C5\\u26CE\\u26D4\\u26EA\\u26F2\\u26F3\\u26F5\\u26FA\\u26FD\\u2705\\u270A\\u270B\\u2728\\u274C\\u274E" +
  "\\u2753-\\u2755\\u2757\\u2795-\\u2797\\u27B0\\u27BF\\u2B1B\\u2B1C\\u2B50\\u2B55\\u{1F004}\\u{1F0CF}\\u{1F170}\\u{1F171}" +
  "\\u{1F17E}\\u{1F17F}\\u{1F18E}\\u{1F191}-\\u{1F19A}\\u{1F201}\\u{1F202}\\u{1F21A}\\u{1F22F}\\u{1F232}-\\u{1F23A}\\u{1F250}" +
  "\\u{1F251}\\u{1F300}-\\u{1F64F}\\u{1F680}-\\u{1F6FF}\\u{1F7E0}-\\u{1F7F0}\\u{1F90C}-\\u{1FAFF}]";
const ASKED = "[\\u00A9\\u00AE\\u203C\\u2049\\u2122\\u2139\\u2194-\\u21AA\\u2300-\\u27BF\\u2900-\\u2BFF\\u3030\\u303D\\u3297\\u3299]";
const ONE = `(?:${SELF}\\uFE0F?${SKIN}?|${ASKED}(?:\\uFE0F${SKIN}?|${SKIN}))`;
const JOINED = `(?:\\u200D(?:${SELF}|${ASKED})\\uFE0F?${SKIN}?)`;
const PATTERN =
  "[\\u{1F1E6}-\\u{1F1FF}]{2}|[0-9#*]\\uFE0F?\\u20E3|" +
  `\\u{1F3F4}[\\u{E0020}-\\u{E007E}]+\\u{E007F}|${ONE}${JOINED}*`;

/** Finds each emoji in a text, whole sequences. */
export function emojiIn(text: string): RegExpMatchArray | null {
  return /[^\x00-\u00a8]|\u20e3/.test(text) ? text.match(new RegExp(PATTERN, "gu")) : null;
}

/** The picture's name: code points without the variation sign. */
export function emojiName(emoji: string): string {
  return Array.from(emoji)
    .map((sign) => sign.codePointAt(0)!.toString(16))
    .filter((code) => code !== "fe0f")
    .join("-");
}

/** A picture that reads as `alt`; where it cannot be had, the words stand. */
export function emojiImage(src: string, alt: string): HTMLImageElement {
  const image = document.createElement("img");
  image.className = "emoji";
  image.alt = alt;
  image.onerror = () => {
    if (image.parentNode) image.parentNode.replaceChild(document.createTextNode(alt), image);
  };
  image.src = src;
  return image;
}

/** `text` with every emoji as a picture. It never begins a line: the blank before it does not break. */
export function withEmoji(text: string): (string | HTMLElement)[] {
  const found = emojiIn(text);
  if (!found) return [text];
  const nodes: (string | HTMLElement)[] = [];
  let rest = text;
  for (const emoji of found) {
    const at = rest.indexOf(emoji);
    if (at > 0) nodes.push(rest.slice(0, at).replace(/(\S) $/, "$1\u00a0"));
    nodes.push(emojiImage(`/static/emoji/${emojiName(emoji)}.svg`, emoji));
    rest = rest.slice(at + emoji.length);
  }
  if (rest) nodes.push(rest);
  return nodes;
}
