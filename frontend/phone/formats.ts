// The formats on the phone: plain forms without script; with it, they answer in place and show the result.
import * as kit from "../kit/phone";
import { loadHalf } from "../kit/half";
import { Live, pageSnapshot } from "../kit/live";

const standing: Record<string, kit.PhoneFormat> = {};

/** The place of a format: the server's, with its form, or a new one at the end. */
function placeOf(format: string): HTMLElement {
  const found = Array.from(document.querySelectorAll<HTMLElement>("[data-format]")).filter(
    (one) => one.dataset["format"] === format,
  )[0];
  if (found) return found;
  const place = document.createElement("div");
  place.dataset["format"] = format;
  (document.getElementById("vote") ?? document.querySelector("main") ?? document.body).append(place);
  return place;
}

function draw(face: kit.FormatFace, wall: kit.WallFace): void {
  const name = `parvis-${face.plugin}-phone`;
  if (!customElements.get(name)) {
    // Until it is there, and if it never comes, the server's form stays.
    loadHalf(`/static/formats/${face.plugin}.phone.js`).then(
      () => customElements.get(name) && draw(face, wall),
      () => undefined,
    );
    return;
  }
  let element = standing[face.format];
  if (!element) {
    element = document.createElement(name) as kit.PhoneFormat;
    element.wall = wall.wall;
    standing[face.format] = element;
    placeOf(face.format).replaceChildren(element);
  }
  element.lang = document.documentElement.lang;
  element.face = face;
}

function renew(snapshot: kit.Snapshot): void {
  for (const id of Object.keys(standing)) {
    if (snapshot.formats.some((face) => face.format === id)) continue;
    placeOf(id).remove();
    delete standing[id];
  }
  for (const face of snapshot.formats) draw(face, snapshot.wall);
}

/** The page has other words and new places: what stands goes there, with the vote in it. */
export function settleFormats(): void {
  for (const id of Object.keys(standing)) {
    const element = standing[id]!;
    placeOf(id).replaceChildren(element);
    element.lang = document.documentElement.lang;
    element.requestUpdate();
  }
}

/** Follows the wall's formats, and nothing else of it. */
export function followFormats(): void {
  const snapshot = pageSnapshot();
  if (!snapshot) return;
  renew(snapshot);
  const wall = snapshot.wall.wall;
  new Live(
    snapshot,
    {
      changed: (fresh, message) => {
        if (!message || message.type === "format") renew(fresh);
      },
      connected: () => undefined,
    },
    `/live/${wall}?view=formats`,
    `/api/walls/${wall}/snapshot`,
  ).start();
}
