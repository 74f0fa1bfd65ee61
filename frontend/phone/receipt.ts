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
  const look = async (): Promise<void> => {
    if (!document.hidden && !document.querySelector("details[open]")) {
      try {
        const answer = await fetch(`/r/${word}`, { headers: { Accept: "application/json" }, cache: "no-store" });
        const now = answer.ok ? ((await answer.json()) as { face: string; rev: number }) : { face: "unknown", rev: 0 };
        const then = main.dataset["face"];
        if (now.face !== then || (answer.ok && String(now.rev) !== main.dataset["rev"] && now.face !== "withdrawn")) {
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

async function remember(main: HTMLElement, word: string): Promise<void> {
  const wall = main.dataset["wall"] ?? "";
  if (main.dataset["face"] === "withdrawn") {
    await drop("mine", word);
  } else if (main.dataset["sent"] && !(await mine(wall)).some((post) => post.word === word)) {
    await keep("mine", { word, wall, text: main.dataset["text"] ?? "", sentMs: Date.now() });
  }
}
