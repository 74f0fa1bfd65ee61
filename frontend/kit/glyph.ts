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
};

/** The network's name as it stands on the label; '' for our own doors, where the author alone says it. */
export function networkName(network: string): string {
  return NETWORKS[network] ?? "";
}

/** The network's own sign, in the ink it stands in; undefined where we have none. */
export function glyph(network: string): SVGElement | undefined {
  const name = networkName(network);
  if (!name) return undefined;
  const use = svgPart("use", { href: `/static/wall/glyphs.svg#${network}` });
  return svgPart("svg", { class: "glyph", viewBox: "0 0 24 24", role: "img", "aria-label": name }, use);
}
