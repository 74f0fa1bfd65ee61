import type { Lang } from "../state/types";
import { en, type Words } from "./en";
import { fr } from "./fr";

export const WORDS: Readonly<Record<Lang, Words>> = { en, fr };

/** The words of the language in use; every template reads them anew. */
export let t: Words = en;

export function setLang(lang: Lang): void {
  t = WORDS[lang];
}
