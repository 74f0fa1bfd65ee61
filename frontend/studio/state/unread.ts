import type { SourceSpec } from "./types";

const bare = (tag: unknown): string => String(tag).replace(/^#/, "").toLocaleLowerCase();

/** Hashtags that the wall shows and no running source asks for. A webhook may bring any: of those nothing is known. */
export function unread(tags: readonly string[], sources: readonly SourceSpec[]): readonly string[] {
  const running = sources.filter((one) => one.enabled !== false);
  if (running.some((one) => one.plugin === "webhook")) return [];
  const read = new Set(running.flatMap((one) => Object.values(one.settings ?? {}).filter(Array.isArray).flat()).map(bare));
  return tags.filter((tag) => !read.has(bare(tag)));
}
