// The receipt: looks whether anything changed, and loads the page anew when it did. The phone remembers the link.
import { drop, keep, mine } from "./store";

const SOON_MS = 2_000;
const LATER_MS = 15_000;
const BEGUN = Date.now();

/** Asks now and then; a page that is not looked at asks nothing. */
export function followReceipt(main: HTMLElement): void {
  const word = main.dataset["receipt"] ?? "";
  if (!word) return;
  void remember(main, word);
  const correct = document.querySelector<HTMLDetailsElement>("details.correct:not(.withdraw)");
  correct?.addEventListener("toggle", () => correct.open && bring(correct));
  if (correct?.open) bring(correct);
  const look = async (): Promise<void> => {
    if (!document.hidden && !document.querySelector("details[open]")) {
      try {
        const answer = await fetch(`/r/${word}`, { headers: { Accept: "application/json" }, cache: "no-store" });
        const now = answer.ok ? ((await answer.json()) as Now) : { face: "unknown", rev: 0, turn: "" };
        const then = main.dataset["face"];
        if (now.face !== then || now.turn !== (main.dataset["turn"] ?? "") || (answer.ok && String(now.rev) !== main.dataset["rev"] && now.face !== "withdrawn")) {
          location.replace(location.pathname + location.search.replace(/[?&](sent|told)=[^&]*/g, ""));
          return;
        }
      } catch {
        // the network will be back
      }
    }
    setTimeout(look, Date.now() - BEGUN < 120_000 ? SOON_MS : LATER_MS);
  };
  if (main.dataset["face"] !== "withdrawn") setTimeout(look, SOON_MS);
}

interface Now {
  readonly face: string;
  readonly rev: number;
  readonly turn: string;
}

/** A correction opens below the fold, under the bar: its words are brought up, ready to be changed. */
function bring(correct: HTMLElement): void {
  correct.scrollIntoView();
  correct.querySelector("textarea")?.focus({ preventScroll: true });
}

async function remember(main: HTMLElement, word: string): Promise<void> {
  const wall = main.dataset["wall"] ?? "";
  if (main.dataset["face"] === "withdrawn") {
    await drop("mine", word);
  } else if (main.dataset["sent"] && !(await mine(wall)).some((post) => post.word === word)) {
    await keep("mine", { word, wall, text: main.dataset["text"] ?? "", sentMs: Date.now() });
  }
}
