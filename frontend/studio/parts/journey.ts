import { html, type TemplateResult } from "lit";
import { exact, span } from "../state/format";
import type { Lang, Queued } from "../state/types";
import { t } from "../words";
import { writtenOn } from "./small";

type How = "" | "now" | "wait" | "bad";

export interface Station {
  readonly time: string;
  readonly what: string;
  readonly how: How;
}

interface Names {
  nameOf(by: string): string | undefined;
}

const ID = /^[0-9a-f-]{12,}$/;

/** Who decided, as people say it: a name, "you" by name, or somebody of the team; never an id. */
export function who(by: string, desk?: Names): string {
  if (by.startsWith("rule:") || by === "") return t.journey.rule;
  const name = by.replace(/^\w+:/, "");
  return desk?.nameOf(by) ?? (ID.test(name) || name === "owner" ? t.journey.someone : name);
}

/** A sentence of the server's with the name of whoever it calls by an id. */
export const named = (sentence: string, desk: Names): string => sentence.replace(/\b[0-9a-f]{32}\b/g, (id) => desk.nameOf(`person:${id}`) ?? t.journey.someone);

/** Written, reached us, decided, shown: the same steps for every post, each with a time or a delay. Pure. */
export function stationsOf(item: Queued, now_ms: number, lang: Lang, desk?: Names): readonly Station[] {
  const { post, placement, decision } = item;
  const came = post.received_at_ms || item.journey?.[0]?.at_ms || 0;
  const stations: Station[] = [{ time: exact(post.created_at_ms), what: writtenOn(post.network), how: "" }];
  const after = (at_ms: number, before_ms: number): string => (at_ms >= before_ms ? `+${span(at_ms - before_ms, lang)}` : exact(at_ms));
  if (came) stations.push({ time: after(came, post.created_at_ms), what: t.journey.reached, how: "" });
  const since = came || post.created_at_ms;
  const state = placement.state;
  const at = decision?.at_ms ?? 0;
  const machine = decision !== null && !decision.by.startsWith("person:");
  const waits = { time: span(Math.floor((now_ms - (at || since)) / 1000) * 1000, lang), what: t.journey.waits, how: "now" as const };
  const ahead = { time: t.journey.not_yet, what: t.journey.on_screens, how: "wait" as const };
  if (state === "new" || state === "pending") {
    if (decision && machine) stations.push({ time: after(at, since), what: t.journey.by_rule, how: "" });
    return [...stations, waits, ahead];
  }
  const by = who(decision?.by ?? "", desk);
  const told = state === "approved" ? t.journey.approved(by) : state === "hidden" ? t.journey.aside(by) : state === "withdrawn" ? t.journey.withdrawn : t.journey.rejected(by);
  stations.push({ time: at ? after(at, since) : t.journey.not_yet, what: told, how: state === "approved" ? "" : "bad" });
  if (state !== "approved") return stations;
  const shown = [...(item.journey ?? [])].reverse().find((step) => /show/.test(step.what));
  return [...stations, shown ? { time: after(shown.at_ms, at || since), what: t.journey.on_screens, how: "" } : ahead];
}

export const journey = (item: Queued, now_ms: number, lang: Lang, down = false, desk?: Names): TemplateResult =>
  html`<ol class="jr ${down ? "down" : ""}" aria-label=${t.journey.label}>${stationsOf(item, now_ms, lang, desk).map(
    (one) => html`<li class=${one.how} aria-current=${one.how === "now" ? "step" : "false"}><b>${one.time}</b>${one.what}</li>`,
  )}</ol>`;
