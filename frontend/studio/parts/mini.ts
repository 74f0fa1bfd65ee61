import { html, nothing, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { css } from "./style";
import type { Post, Queued, WallLine } from "../state/types";
import { drawn, langOf, nameOf, pictureOf, said } from "./small";

const COLOUR = /^#[0-9a-f]{6}$/i;

function coloursOf(wall: WallLine | undefined): Record<string, string> {
  const fields = Array.isArray(wall?.brand?.["fields"]) ? (wall.brand["fields"] as unknown[]).filter((one): one is string => typeof one === "string" && COLOUR.test(one)) : [];
  return fields[0] ? { "--w-acc": fields[0] } : {};
}

function card(post: Post, big: boolean): TemplateResult {
  const picture = pictureOf(post);
  return html`<div class=${classMap({ wc: true, big, bare: !picture })}>
    ${picture ? html`<img class="wp" src=${picture} alt="" loading="lazy" />` : nothing}
    <div class="wt" lang=${langOf(post)} dir=${post.dir ?? "auto"}>${post.text ? said(post) : ""}</div><div class="wa" dir="auto">${drawn(nameOf(post.author))}</div></div>`;
}

/** The post as the wall has it: without the pictures that a moderator kept back. */
export const asShown = (item: Queued): Post => (item.decision?.without_media || item.kept === "same" ? { ...item.post, media: [] } : item.post);

/** A small drawing of a wall from the posts on it, in the shape of its screen. Said to be a drawing wherever it stands. */
export function mini(wall: WallLine | undefined, posts: readonly Post[], ratio: number, covered = false): TemplateResult {
  const shape = ratio > 3 ? "strip" : ratio < 0.9 ? "tall" : "wide";
  const shown = posts.slice(0, shape === "strip" ? 1 : shape === "tall" ? 3 : 5);
  const tag = wall?.hashtags?.[0] ? `#${wall.hashtags[0]}` : (wall?.title ?? "");
  return html`<div class="wall ${shape} n${shown.length}" ${css({ "aspect-ratio": String(ratio), ...coloursOf(wall) })} aria-hidden="true">
    ${covered
      ? html`<div class="safe">${wall?.title}</div>`
      : html`<div class="wi">${shown.map((post, at) => card(post, at === 0))}</div><div class="wb">${tag}</div>`}</div>`;
}

/** One post as it would stand alone. */
export const alone = (post: Post): TemplateResult => html`<div class="wall one"><div class="wi">${card(post, true)}</div></div>`;
