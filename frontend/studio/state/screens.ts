import type { Screen } from "./types";

/** The screens that count: a tab without a name that somebody closed is no screen that went dark. */
export function standing(screens: readonly Screen[]): readonly Screen[] {
  return screens.filter((one) => one.up || !one.id.startsWith("tab-"));
}
