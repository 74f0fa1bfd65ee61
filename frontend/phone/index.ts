// The audience's page: works as a plain form without script; with it, the formats answer in place and show the result.
import "../kit/old";
import * as kit from "@parvis/kit";
import { loadHalf } from "../kit/half";
import { Live, pageSnapshot } from "../kit/live";
import "./phone.css";

const { directionOf } = kit;
const standing: Record<string, kit.PhoneFormat> = {};

/** The place of a format: the server's section with its form, or a new one at the end. */
function placeOf(format: string): HTMLElement {
  const sections = Array.from(document.querySelectorAll<HTMLElement>("[data-format]"));
  const found = sections.filter((one) => one.dataset["format"] === format)[0];
  if (found) return found;
  const section = document.createElement("section");
  section.dataset["format"] = format;
  (document.querySelector("main") ?? document.body).append(section);
  return section;
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
  element.lang = wall.lang;
  element.face = face;
}

function renew(snapshot: kit.Snapshot): void {
  document.documentElement.lang = snapshot.wall.lang;
  document.documentElement.dir = directionOf(snapshot.wall.lang);
  for (const id of Object.keys(standing)) {
    if (snapshot.formats.some((face) => face.format === id)) continue;
    placeOf(id).remove();
    delete standing[id];
  }
  for (const face of snapshot.formats) draw(face, snapshot.wall);
}

function open(): void {
  const snapshot = pageSnapshot();
  if (!snapshot) return;
  renew(snapshot);
  const wall = snapshot.wall.wall;
  new Live(
    snapshot,
    {
      changed: (fresh, message) => {
        if (!message || message.type === "format" || message.type === "face") renew(fresh);
      },
      connected: () => undefined,
    },
    `/live/${wall}`,
    `/api/walls/${wall}/snapshot`,
  ).start();
}

(window as unknown as { parvis: { kit: typeof kit } }).parvis = { kit };
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", open, { once: true });
else open();
