// Generated from src/parvis/core/wire.py by `python -m parvis.run.wire_ts`: change that file.

/** Who wrote it, as the network says; `key` is `network:host:id`. */
export interface Author {
  readonly key: string;
  readonly handle: string;
  readonly name: string;
  readonly url?: string;
  readonly avatar?: string;
  readonly bot?: boolean;
  readonly followers?: number;
  readonly opt_outs?: readonly string[];
}

/** A post as screens get it: public, minimal, already cleared. `order` sorts cards, newest largest. */
export interface Card {
  readonly post: string;
  readonly network: string;
  readonly text: string;
  readonly order: number;
  readonly shown_at_ms: number;
  readonly created_at_ms: number;
  readonly kind?: "post" | "reply" | "repost" | "quote" | "comment" | "chat" | "review" | "submission";
  readonly entities?: readonly Entity[];
  readonly lang?: string;
  readonly dir?: "ltr" | "rtl";
  readonly media?: readonly Media[];
  readonly author?: Author | null;
  readonly permalink?: string;
  readonly policy?: CardPolicy;
}

/** The part of the network's display policy that a screen must obey. */
export interface CardPolicy {
  readonly must_show?: readonly string[];
  readonly may_crop?: boolean;
  readonly overlay_ok?: boolean;
  readonly player_only?: boolean;
}

/** A stretch of the text that means something: `text[start:end]` in code points. */
export interface Entity {
  readonly type: "tag" | "mention" | "link" | "emoji" | "cashtag";
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly href?: string;
  readonly image?: string;
}

/** The wall's own settings changed. */
export interface Face {
  readonly type: "face";
  readonly wall: WallFace;
}

/** A format's public state; `gone` ends it. */
export interface Format {
  readonly type: "format";
  readonly face: FormatFace;
  readonly gone: boolean;
}

/** The public state of a format on a wall; `view` is what its browser half draws. */
export interface FormatFace {
  readonly format: string;
  readonly plugin: string;
  readonly view: Readonly<Record<string, unknown>>;
}

/** The post is off the wall: cover it now. */
export interface Hide {
  readonly type: "hide";
  readonly post: string;
}

/** The computed tokens. Four fields, each with its ink; `soft` is for what stands behind. */
export interface Look {
  readonly ground: string;
  readonly ink: string;
  readonly soft: string;
  readonly fields: readonly [string, string, string, string];
  readonly inks: readonly [string, string, string, string];
  readonly face: string;
  readonly motif: string;
  readonly joint: number;
  readonly radius: number;
  readonly logo: string;
  readonly calm: boolean;
}

/** One picture, film or sound; sizes in px, duration in seconds. */
export interface Media {
  readonly type: "image" | "video" | "gif" | "audio" | "document" | "embed";
  readonly url: string;
  readonly mime?: string;
  readonly alt?: string;
  readonly w?: number;
  readonly h?: number;
  readonly duration_s?: number;
  readonly poster?: string;
  readonly blurhash?: string;
  readonly focus?: readonly [number, number];
  readonly sensitive?: boolean;
  readonly url_expires_at_ms?: number;
}

/** What the team puts forward, all of it. */
export interface Picked {
  readonly type: "picks";
  readonly picks: Picks;
}

/** What the team puts forward: pinned cards, last pinned first, and one in the light until `until_ms` of the server's clock. They are whole, for they may stand beyond the wall's capacity. */
export interface Picks {
  readonly pinned?: readonly Card[];
  readonly featured?: Card | null;
  readonly until_ms?: number;
}

/** The server cannot replay from where you are: load the snapshot again. Never carries an id. */
export interface Reset {
  readonly type: "reset";
}

/** The card is on the wall, or replaces its older self. */
export interface Show {
  readonly type: "show";
  readonly card: Card;
}

/** The wall at `seq`: at most `capacity` cards, newest first, and its formats by id. */
export interface Snapshot {
  readonly seq: number;
  readonly wall: WallFace;
  readonly cards: readonly Card[];
  readonly formats: readonly FormatFace[];
  readonly picks: Picks;
}

/** What a screen knows of its wall. */
export interface WallFace {
  readonly wall: string;
  readonly title: string;
  readonly lang: string;
  readonly layout: string;
  readonly theme: string;
  readonly scheme: string;
  readonly hashtags?: readonly string[];
  readonly capacity?: number;
  readonly panic?: boolean;
  readonly look?: Look | null;
}

/** Everything the live stream says. */
export type Message = Show | Hide | Face | Format | Picked | Reset;

export const DEFAULTS = {
  Author: { url: "", avatar: "", bot: false, followers: -1 },
  Card: { kind: "post", lang: "", dir: "ltr", permalink: "" },
  CardPolicy: { may_crop: true, overlay_ok: true, player_only: false },
  Entity: { href: "", image: "" },
  Media: { mime: "", alt: "", w: 0, h: 0, duration_s: 0.0, poster: "", blurhash: "", sensitive: false, url_expires_at_ms: 0 },
  Picks: { until_ms: 0 },
  WallFace: { capacity: 50, panic: false },
} as const;
