import type { WallFace } from "./wire";

/** The wall's first hashtag with its sign; '' where it has none. */
export function tagOf(wall: WallFace): string {
  const tag = (wall.hashtags ?? [])[0] ?? "";
  return tag === "" || tag.charAt(0) === "#" ? tag : `#${tag}`;
}

/** Where a phone takes part, as it is written on the wall; '' where no phone can reach this server. */
export function joinOf(): string {
  return document.querySelector<HTMLElement>("parvis-stage")?.dataset["join"] ?? "";
}

/** The QR code that our own server drew of that address; undefined where there is none. */
export function qr(wall: WallFace): HTMLImageElement | undefined {
  const join = joinOf();
  if (!join) return undefined;
  const image = document.createElement("img");
  image.className = "qr";
  image.alt = join;
  image.onerror = () => image.remove();
  image.src = `/qr/${encodeURIComponent(wall.wall)}.svg?for=${encodeURIComponent(join)}`;
  return image;
}

/** The brand's logo, or its name in words. */
export function nameplate(wall: WallFace): HTMLElement {
  const title = document.createElement("p");
  title.className = "title";
  title.dir = "auto";
  title.textContent = wall.title;
  const logo = wall.look?.logo;
  if (logo) {
    const image = document.createElement("img");
    image.className = "logo";
    image.alt = wall.title;
    image.onerror = () => image.parentNode?.replaceChild(document.createTextNode(wall.title), image);
    image.src = logo;
    title.replaceChildren(image);
  }
  return title;
}
