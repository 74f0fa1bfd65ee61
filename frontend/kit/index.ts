// The stable door of the browser's part: what layouts and formats, ours and others', may import. Additions only.
export { css, html, LitElement, nothing, svg } from "lit";
export type { CSSResultGroup, PropertyValues, TemplateResult } from "lit";
export { apply, capacityOf } from "./apply";
export { after, jitter, now, timeOf } from "./clock";
export type { Cancel } from "./clock";
export { fit, step } from "./fit";
export { PhoneFormat, WallFormat } from "./format";
export { Layout, measure } from "./layout";
export type { Box } from "./layout";
export { textNodes, wordsIn } from "./text";
export { drawSlab, fitSlab, holdOf, mustShow, networkName, pictureOf, turnPage } from "./slab";
export { directionOf, fill, wordsOf } from "./words";
export { DEFAULTS } from "./wire";
export type { Author, Card, CardPolicy, Entity, FormatFace, Media, Message, Snapshot, WallFace } from "./wire";
