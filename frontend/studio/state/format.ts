// Times and figures as each language writes them. Pure: what is "now" is always given.
import type { Lang } from "./types";

const THIN = "\u202f";
const HARD = "\u00a0";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 1 942 · 1.7 (en) · 1,7 (fr): a thin space in thousands in both. */
export function number(value: number, lang: Lang, digits = 0): string {
  const [whole = "", part] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return (value < 0 ? "\u2212" : "") + grouped + (part ? (lang === "fr" ? "," : ".") + part : "");
}

/** 46 %, from a share of one. */
export function percent(share: number, lang: Lang): string {
  return number(Math.round(share * 100), lang) + HARD + "%";
}

/** How long, in the two largest units that matter: 0.9 s · 40 s · 1 min 10 · 3 h 05 · 2 d. */
export function span(ms: number, lang: Lang): string {
  const at = Math.max(0, ms);
  if (at < 10 * SECOND && at % SECOND !== 0) return number(at / SECOND, lang, at < 100 ? 2 : 1) + HARD + "s";
  if (at < MINUTE) return Math.floor(at / SECOND) + HARD + "s";
  if (at < HOUR) {
    const seconds = Math.floor((at % MINUTE) / SECOND);
    const minutes = Math.floor(at / MINUTE) + HARD + "min";
    return seconds && at < 10 * MINUTE ? minutes + HARD + String(seconds).padStart(2, "0") : minutes;
  }
  if (at < DAY) return Math.floor(at / HOUR) + HARD + "h" + HARD + String(Math.floor((at % HOUR) / MINUTE)).padStart(2, "0");
  return Math.floor(at / DAY) + HARD + (lang === "fr" ? "j" : "d");
}

/** A wait in whole units: half a second is 0 s. */
export function wait(ms: number, lang: Lang): string {
  return span(Math.floor(Math.max(0, ms) / SECOND) * SECOND, lang);
}

/** A countdown: 0:24. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** 19:41 · 19 h 41. */
export function clock(at_ms: number, lang: Lang): string {
  const at = new Date(at_ms);
  const minutes = String(at.getMinutes()).padStart(2, "0");
  return lang === "fr" ? `${at.getHours()}${HARD}h${HARD}${minutes}` : `${String(at.getHours()).padStart(2, "0")}:${minutes}`;
}

/** 19:48:31, in both languages: it is a code to compare. */
export function exact(at_ms: number): string {
  const at = new Date(at_ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Friday 11 June · vendredi 11 juin. */
export function day(at_ms: number, lang: Lang): string {
  const parts = { weekday: "long", day: "numeric", month: "long" } as const;
  return new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", parts).format(at_ms).replace(",", "");
}

/** The clock if it was today, else the day and the clock. */
export function when(at_ms: number, now_ms: number, lang: Lang): string {
  const near = new Date(at_ms).toDateString() === new Date(now_ms).toDateString();
  if (near) return clock(at_ms, lang);
  const date = new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", { day: "numeric", month: "short" }).format(at_ms);
  return `${date}, ${clock(at_ms, lang)}`;
}

/** 214 MB · 214 Mo. */
export function bytes(size: number, lang: Lang): string {
  const units = lang === "fr" ? ["o", "ko", "Mo", "Go", "To"] : ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  let left = size;
  while (left >= 1000 && at < units.length - 1) {
    left /= 1000;
    at++;
  }
  return number(left, lang, at > 2 && left < 100 ? 1 : 0) + HARD + units[at];
}

/** The name of a language in the reader's own. */
export function language(code: string, lang: Lang): string {
  try {
    return new Intl.DisplayNames([lang], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** What somebody said, shortened, in the marks of the language. */
export function quoted(text: string, lang: Lang): string {
  const letters = Array.from(text);
  const short = letters.length > 60 ? `${letters.slice(0, 58).join("")}…` : text;
  return lang === "fr" ? `«${THIN}${short}${THIN}»` : `“${short}”`;
}
