import { svgPart } from "./motif";

const NETWORKS: Record<string, string> = {
  mastodon: "Mastodon",
  bluesky: "Bluesky",
  youtube: "YouTube",
  instagram: "Instagram",
  facebook: "Facebook",
  x: "X",
  tiktok: "TikTok",
  threads: "Threads",
  reddit: "Reddit",
  flickr: "Flickr",
  telegram: "Telegram",
  whatsapp: "WhatsApp",
};

/** The network's name as it stands on the label; '' for our own doors, where the author alone says it. */
export function networkName(network: string): string {
  return NETWORKS[network] ?? "";
}

const SHEET = "/static/wall/glyphs.svg";
let sheet: Document | undefined;

/** Fetches the signs once: what is drawn from them afterwards is whole at once, where a reference comes a frame later. */
export function loadGlyphs(): void {
  const ask = new XMLHttpRequest();
  ask.open("GET", SHEET);
  ask.responseType = "document";
  ask.onload = () => (sheet = ask.status === 200 ? (ask.responseXML ?? undefined) : undefined);
  ask.send();
}

/** The network's own sign, in the ink it stands in; undefined where we have none. */
export function glyph(network: string): SVGElement | undefined {
  const name = networkName(network);
  if (!name) return undefined;
  const symbol = sheet?.getElementById(network);
  const shapes = symbol ? Array.from(symbol.childNodes, (shape) => document.importNode(shape, true)) : undefined;
  const drawn = shapes ?? [svgPart("use", { href: `${SHEET}#${network}` })];
  return svgPart("svg", { class: "glyph", viewBox: "0 0 24 24", role: "img", "aria-label": name }, ...drawn);
}
