// What a person set for themselves on this machine, and what they did while nobody answered: all that the studio keeps
// after its tab is closed.
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

interface Kept {
  readonly id: string;
  readonly by: string;
  readonly at: number;
}

const ACT = "parvis-act-";

/** Each act under a key of its own, so that two tabs lose none of each other's. */
export function keepAct(act: Kept): void {
  try {
    localStorage.setItem(ACT + act.id, JSON.stringify(act));
  } catch {
    // A browser that keeps nothing: the act lasts as long as this page.
  }
}

export function dropAct(act: Kept): void {
  try {
    localStorage.removeItem(ACT + act.id);
  } catch {
    // As above.
  }
}

/** What this person did and nobody heard of yet, in order. */
export function keptActs<A extends Kept>(by: string): readonly A[] {
  const found: A[] = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(ACT)) continue;
      const act = JSON.parse(localStorage.getItem(key) ?? "{}") as A;
      if (act.by === by && act.id) found.push(act);
    }
  } catch {
    // What cannot be read is left where it is.
  }
  return found.sort((one, other) => one.at - other.at);
}
