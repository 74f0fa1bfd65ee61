// What a phone's half of a format may import: a part of the kit, since phones load it over bad networks.
export { css, html, LitElement, nothing, svg } from "lit";
export type { CSSResultGroup, PropertyValues, TemplateResult } from "lit";
export { apply } from "./apply";
export { after, jitter, now, timeOf } from "./clock";
export type { Cancel } from "./clock";
export { PhoneFormat } from "./format";
export { directionOf, fill, wordsOf } from "./words";
export { DEFAULTS } from "./wire";
export type { Author, Card, CardPolicy, Entity, FormatFace, Media, Message, Snapshot, WallFace } from "./wire";
