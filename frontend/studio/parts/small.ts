// The small things every page is made of.
import { html, nothing, type TemplateResult } from "lit";
import { ifDefined } from "lit/directives/if-defined.js";
import type { Desk } from "../state/desk";
import { capsOf, keyOf } from "../state/keys";
import { emojiIn, emojiName } from "../../kit/emoji";
import { loadSheet, sheetsFor } from "../../kit/scripts";
import type { Author, Entity } from "../../kit/wire";
import type { Post, Span } from "../state/types";
import { t } from "../words";

export const icon = (name: string, size = 16): TemplateResult => html`<parvis-icon name=${name} size=${size}></parvis-icon>`;

/** The caps of a key; what a screen reader says is on the button itself. */
export function caps(desk: Desk, act: string): TemplateResult | typeof nothing {
  const key = keyOf(act, desk.own.keys);
  const silent = !desk.own.letters && !key.startsWith("mod+") && !key.includes("enter");
  if (!key || silent) return nothing;
  return html`<span class="row g4 caps" aria-hidden="true">${capsOf(key).map((cap) => html`<kbd>${cap}</kbd>`)}</span>`;
}

export const cap = (sign: string): TemplateResult => html`<kbd aria-hidden="true">${sign}</kbd>`;

/** Asks for the typefaces of words that people wrote, the first time they are drawn. */
function written(text: string, lang = ""): string {
  // Words of an unknown language may be Chinese as well as Japanese: a face for each.
  for (const sheet of [...sheetsFor(text, lang), ...(lang ? [] : sheetsFor(text, "zh"))]) void loadSheet(sheet);
  return text;
}

type Drawn = readonly (string | TemplateResult)[];

/** The text with its emoji as pictures of our own: nobody has to have a typeface for them. */
export function drawn(text: string): Drawn {
  const found = emojiIn(text);
  if (!found) return [text];
  const parts: (string | TemplateResult)[] = [];
  let rest = text;
  for (const emoji of found) {
    const at = rest.indexOf(emoji);
    parts.push(rest.slice(0, at), html`<img class="emoji" alt=${emoji} src="/static/emoji/${emojiName(emoji)}.svg" @error=${inWords} />`);
    rest = rest.slice(at + emoji.length);
  }
  return [...parts, rest];
}

/** Where the picture cannot be had, the sign itself stands. */
function inWords(event: Event): void {
  const image = event.target as HTMLImageElement;
  image.replaceWith(image.alt);
}

export function nameOf(author: Author | null | undefined): string {
  return written(author?.name || author?.handle || "") || t.queue.anonymous;
}

export function avatar(name: string, size: "" | "s20" | "s24" | "s36" = ""): TemplateResult {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0;
  const first = Array.from(name.replace(/^[@#]/, ""))[0] ?? "?";
  return html`<span class="av c${sum % 8} ${size}" aria-hidden="true">${first.toUpperCase()}</span>`;
}

const NETWORKS: Readonly<Record<string, string>> = {
  mastodon: "Mastodon", bluesky: "Bluesky", instagram: "Instagram", youtube: "YouTube", x: "X", tiktok: "TikTok", threads: "Threads", reddit: "Reddit", flickr: "Flickr", facebook: "Facebook", telegram: "Telegram", whatsapp: "WhatsApp", slack: "Slack",
};

export function networkName(network: string): string {
  return NETWORKS[network] ?? t.queue.from[network] ?? network;
}

/** Its glyph; with `said` false its name stands beside it already. */
export const network = (name: string, size = 16, said = true): TemplateResult =>
  html`<span class="net s${size}" title=${networkName(name)}><parvis-icon name="net:${name}" size=${Math.round(size * 0.62)}></parvis-icon>${said ? html`<span class="hid">${networkName(name)}</span>` : nothing}</span>`;

/** "written on Mastodon", "written by phone, in the room". */
export const writtenOn = (network: string): string => (NETWORKS[network] || !t.queue.from[network] ? t.journey.written(networkName(network)) : t.journey.wrote(networkName(network)));

interface Piece {
  readonly text: string;
  readonly kind: "" | "tag" | "mention" | "link" | "emoji" | "cashtag" | "hard" | "soft";
}

/** The words cut where something begins or ends; offsets count code points. Evidence wins over entities. */
export function cut(text: string, entities: readonly Entity[], hard: readonly Span[], soft: readonly Span[]): readonly Piece[] {
  const points = Array.from(text);
  const kinds: Piece["kind"][] = points.map(() => "");
  const paint = (from: number, to: number, kind: Piece["kind"]): void => {
    for (let at = Math.max(0, from); at < Math.min(to, points.length); at++) kinds[at] = kind;
  };
  for (const entity of entities) paint(entity.start, entity.end, entity.type);
  for (const span of soft) paint(span.start, span.end, "soft");
  for (const span of hard) paint(span.start, span.end, "hard");
  const pieces: Piece[] = [];
  points.forEach((point, at) => {
    const last = pieces[pieces.length - 1];
    if (last && last.kind === kinds[at]) pieces[pieces.length - 1] = { text: last.text + point, kind: last.kind };
    else pieces.push({ text: point, kind: kinds[at]! });
  });
  return pieces;
}

/** A post's words as text nodes, evidence underlined; never markup. */
export function words(post: Post, hard: readonly Span[] = [], soft: readonly Span[] = []): readonly (string | TemplateResult)[] {
  return cut(written(post.text, post.lang), post.entities ?? [], hard, soft).map(({ text, kind }) =>
    kind === "hard" ? html`<mark>${drawn(text)}</mark>` : kind === "soft" ? html`<mark class="soft">${drawn(text)}</mark>` : kind ? html`<span class="ent">${drawn(text)}</span>` : html`${drawn(text)}`,
  );
}

export const langOf = (post: Post): unknown => ifDefined(post.lang || undefined);

/** What stands for a post in a line: its words, or what it has instead. */
export function gist(post: Post): string {
  if (post.text.trim()) return written(post.text, post.lang);
  const first = post.media?.[0]?.type;
  return first === "video" || first === "gif" ? t.queue.film : first ? t.queue.photo : t.queue.nowords;
}

/** The same, to be looked at. */
export const said = (post: Post): Drawn => drawn(gist(post));

export interface Seen {
  readonly picture: string;
  readonly film: string;
  readonly alt: string;
}

/** What can be looked at of a post, only from this server: the page asks nobody else. */
export function seenOf(post: Post): readonly Seen[] {
  const ours = (address = ""): string => (/^(\/|data:image\/|blob:https?:)/.test(address) ? address : "");
  return (post.media ?? []).map(({ type, url, poster, alt = "" }) => ({ picture: ours(type === "image" || type === "gif" ? url : poster), film: type === "video" ? ours(url) : "", alt })).filter(({ picture, film }) => picture || film);
}

export const pictureOf = (post: Post): string => seenOf(post).find(({ picture }) => picture)?.picture ?? "";

export function toggle(label: string, help: string, on: boolean, changed: (on: boolean) => void): TemplateResult {
  return html`<label class="row top g12 switch"><input type="checkbox" class="tog" role="switch" .checked=${on} @change=${(event: Event) => changed((event.target as HTMLInputElement).checked)} />
    <span class="col"><span class="m">${label}</span>${help ? html`<span class="t12 i3">${help}</span>` : nothing}</span></label>`;
}

/** Three grey lines after 200 ms; a sentence after 3 s. */
export const loading = (): TemplateResult => html`<div class="loading" role="status"><span class="hid">${t.app.loading}</span>
  ${[1, 2, 3].map((one) => html`<div class="row g12 bone n${one}"><span></span><i></i></div>`)}<p class="late i2">${t.app.slow}</p></div>`;

export const failed = (title: string, sentence: string, again: () => void): TemplateResult => html`<div class="empty" role="alert">
  <span class="bad">${icon("circle-alert", 24)}</span><div class="col g8"><h2 class="t18">${title}</h2><p class="i2">${sentence}</p><div><button class="btn" @click=${again}>${icon("refresh-cw", 14)}${t.states.again}</button></div></div></div>`;

export const empty = (title: string, help: string, more: unknown = nothing): TemplateResult => html`<div class="empty"><div class="wallet" aria-hidden="true">${[1, 2, 3, 4, 5, 6, 7].map((one) => html`<i class="n${one}"></i>`)}</div>
  <div class="col g8"><h2 class="t24">${title}</h2><p class="t15 i2">${help}</p>${more}</div></div>`;
