// The pictures of posts: what is in doubt is blurred wherever it is drawn, until somebody asks.
import { html, nothing, type TemplateResult } from "lit";
import type { Desk } from "../state/desk";
import { capsOf, keyOf } from "../state/keys";
import { doubtful } from "../state/line";
import type { Post, Queued } from "../state/types";
import { t } from "../words";
import { cap, icon, pictureOf, seenOf } from "./small";

/** Who looks: whether they asked to see what is blurred. */
export interface Looker {
  readonly desk: Desk;
  readonly looking: boolean;
  look(on: boolean): void;
}

/** A post's first picture in a line of a list; `post`: the post as it is drawn there. */
export function thumb(item: Queued, post: Post = item.post): TemplateResult | typeof nothing {
  const picture = pictureOf(post);
  if (!picture) return nothing;
  return html`<span class="thumb ${doubtful(item) ? "blur" : ""}"><img src=${picture} alt="" loading="lazy" />${doubtful(item) ? icon("eye-off", 16) : nothing}</span>`;
}

/** Every picture and film, so that nobody says yes to what they have not seen; blurred while a rule doubts: V held, or the button, shows them. */
export function media(looker: Looker, item: Queued, tall = false): readonly TemplateResult[] {
  const blurred = doubtful(item) && !looker.looking;
  const key = keyOf("look", looker.desk.own.keys);
  const veil = html`<div class="veil">${icon("eye-off", 20)}<span class="b">${t.queue.blurred}</span>
    <button class="btn sm" @click=${() => looker.look(true)}>${key && !tall ? html`${t.queue.hold_a} ${capsOf(key).map(cap)} ${t.queue.hold_b}` : t.queue.press}</button></div>`;
  const again = html`<button class="btn sm again" @click=${() => looker.look(false)}>${icon("eye-off", 14)}${t.queue.blur}</button>`;
  return seenOf(item.post).map(({ picture, film, alt }, at) => html`<figure class="photo ${tall ? "tall" : ""} ${blurred ? "blur" : ""}">${film && !blurred
    ? html`<video src=${film} poster=${picture || nothing} controls playsinline preload="metadata" aria-label=${alt || t.queue.film}></video>`
    : picture ? html`<img src=${picture} alt=${blurred ? t.queue.blurred : alt || t.queue.no_desc} />` : nothing}${at || !doubtful(item) ? nothing : blurred ? veil : again}</figure>`);
}
