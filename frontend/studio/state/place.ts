/** Where somebody is: the part of the address after #. */
export interface Place {
  readonly wall: string;
  readonly page: string;
  readonly item: string;
}

export const PAGES = ["tonight", "queue", "posts", "write", "screens", "look", "sources", "numbers", "settings", "new-wall"] as const;
export type PageName = (typeof PAGES)[number];

/** `#/wall/page/item`; what is not an address of ours is the start. */
export function placeOf(hash: string): Place {
  if (!hash.startsWith("#/")) return { wall: "", page: "tonight", item: "" };
  const [wall = "", page = "", ...item] = hash.slice(2).split("/").map(read);
  return { wall, page: (PAGES as readonly string[]).includes(page) ? page : "tonight", item: item.join("/") };
}

export function hrefOf({ wall, page, item }: Place): string {
  return `#/${encodeURIComponent(wall)}/${page}${item ? `/${encodeURIComponent(item)}` : ""}`;
}

function read(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
