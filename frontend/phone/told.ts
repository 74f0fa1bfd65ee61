// What the server tells the page's script: texts in the visitor's language, and the limits.
import { fill } from "../kit/phone";

export interface Told {
  readonly lang: string;
  readonly wall: string;
  readonly words: Readonly<Record<string, string>>;
  readonly pictures: number;
  readonly film_bytes: number;
  readonly max_bytes: number;
  readonly signs: number;
  readonly now_ms: number;
}

/** The JSON that the server wrote into the page under this id. */
export function inPage<T>(id: string): T | undefined {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : undefined;
}

let held: Told | undefined;

/** What the server told this page, once it is read to its end. */
export function told(): Told | undefined {
  return (held ??= inPage<Told>("parvis-phone"));
}

/** The page says it anew, in another language. */
export function tellAnew(): void {
  held = undefined;
}

/** A text of the page, its places filled in. */
export function say(name: string, values: Readonly<Record<string, string>> = {}): string {
  return fill(told()?.words[name] ?? "", values);
}

/** A whole number as people of the page's language write it. */
export function figure(value: number): string {
  const lang = document.documentElement.lang;
  return value.toLocaleString(lang === "ar" ? "ar-EG" : lang);
}

/** An element with a class and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** The round button that takes something away. */
export function cross(label: string, act: () => void): HTMLButtonElement {
  const button = make("button", "x");
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
  return button;
}

/** A time of the day, here. */
export function hour(atMs: number, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hour12: false };
  if (seconds) options.second = "2-digit";
  return new Date(atMs).toLocaleTimeString("fr", options);
}
