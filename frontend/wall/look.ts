import { type WallFace } from "@parvis/kit";
import { loadSheet } from "../kit/scripts";

const FIELD = /^#[0-9a-f]{6}$/;

/** Puts the wall's look on the page: the same tokens as the page's own style sheet of it (`/look/…`). */
export function wear(wall: WallFace): void {
  const root = document.documentElement;
  root.dataset["theme"] = wall.theme;
  root.dataset["scheme"] = wall.scheme;
  const look = wall.look;
  if (!look) return;
  const set = (name: string, value: string): void => root.style.setProperty(`--${name}`, value);
  const colour = (name: string, value: string): void => {
    if (FIELD.test(value)) set(name, value);
  };
  look.fields.forEach((field, at) => colour(`f${at + 1}`, field));
  look.inks.forEach((ink, at) => colour(`o${at + 1}`, ink));
  colour("ground", look.ground);
  colour("ink", look.ink);
  colour("soft", look.soft);
  set("k-joint", String(Number(look.joint)));
  set("k-radius", String(Number(look.radius)));
  root.dataset["face"] = look.face;
  root.dataset["motif"] = look.motif;
  root.dataset["hang"] = look.joint > 0 && look.radius === 0 ? "yes" : "no";
  root.dataset["calm"] = look.calm || root.dataset["slow"] === "yes" ? "yes" : "no";
  if (/^[a-z]+$/.test(look.face)) void loadSheet(look.face);
}
