import { LitElement } from "lit";
import type { FormatFace } from "./wire";

/** What wall and phone halves share: one public state, drawn again whenever it changes, in the page's own style sheet. */
export abstract class FormatElement extends LitElement {
  static override properties = { face: { attribute: false }, lang: {} };
  declare face: FormatFace | undefined;
  declare lang: string;

  protected override createRenderRoot(): HTMLElement {
    return this; // light DOM: one style sheet, no inline style, which the page's policy forbids
  }
}

/** The wall half: `formats/<plugin>/wall.ts` registers it as `parvis-<plugin>-wall`. */
export abstract class WallFormat extends FormatElement {
  /** The format's box has another size; `u` is 1 % of the wall's short side, px. */
  resized(_u: number): void {}
}

/** The phone half: `formats/<plugin>/phone.ts` registers it as `parvis-<plugin>-phone`. */
export abstract class PhoneFormat extends FormatElement {
  static override properties = { ...FormatElement.properties, wall: {} };
  declare wall: string;

  /** Posts to one of the format's doors. Resolves to '' or to the sentence that says why not. */
  protected async knock(door: string, data: Readonly<Record<string, string>>): Promise<string> {
    const address = [this.wall, this.face?.format ?? "", door].map(encodeURIComponent).join("/");
    const response = await fetch(`/p/${address}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify({ ...data, who: whoIsHere() }),
    });
    return response.ok ? "" : (await refusal(response)) || String(response.status);
  }
}

async function refusal(response: Response): Promise<string> {
  const text = (await response.text()).slice(0, 400);
  if ((response.headers.get("content-type") ?? "").indexOf("json") < 0) {
    return /^\s*</.test(text) ? "" : text;
  }
  try {
    const problem = JSON.parse(text) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? "";
  } catch {
    return "";
  }
}

let token = "";

/** A random word for this tab and its life, so that a second vote replaces the first; it names nobody. */
export function whoIsHere(): string {
  const key = "parvis-who";
  try {
    token = token || sessionStorage.getItem(key) || "";
  } catch {
    // storage is forbidden: memory must do
  }
  if (!token) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    token = Array.from(bytes, (byte) => `0${byte.toString(16)}`.slice(-2)).join("");
    try {
      sessionStorage.setItem(key, token);
    } catch {
      // as above
    }
  }
  return token;
}
