// What a person set for themselves on this machine; the only thing the studio keeps after its tab is closed.
import type { Lang } from "./types";

export interface Own {
  readonly theme: "auto" | "light" | "dark";
  readonly lang: Lang | "";
  readonly letters: boolean;
  readonly keys: Readonly<Record<string, string>>;
  readonly holdToLook: boolean;
}

const PLACE = "parvis-studio";
const KEY = "parvis-key";
const FRESH: Own = { theme: "auto", lang: "", letters: true, keys: {}, holdToLook: true };

export function readOwn(): Own {
  try {
    return { ...FRESH, ...(JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<Own>) };
  } catch {
    return FRESH;
  }
}

export function writeOwn(own: Own): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(own));
  } catch {
    // A browser that keeps nothing: it holds for this page.
  }
}

/** The owner's key of this tab; '' where people sign in. */
export function keptKey(): string {
  return sessionStorage.getItem(KEY) ?? "";
}

export function keepKey(key: string): void {
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
}
