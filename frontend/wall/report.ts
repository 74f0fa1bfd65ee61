import type { Listener } from "../kit/live";
import type { Message, Snapshot } from "../kit/wire";

/** A screen says how it is this often, and at once when something happens. */
const EVERY_MS = 15_000;
const AT_MOST_EVERY_MS = 500;
const MOST_ERRORS = 5;

interface Heeded {
  /** The player's version at the server; '' where it has none. */
  readonly version?: string;
}

/** The server has another player than ours: the page may renew itself. */
function heard(stage: HTMLElement, theirs: string | undefined, ours: string): void {
  if (theirs && ours && theirs !== ours) stage.dispatchEvent(new CustomEvent("parvis-upgrade", { detail: theirs }));
}

/** The name under which this page reports: the screen's, or one that lasts as long as this tab. */
function nameOf(stage: HTMLElement): string {
  const given = stage.dataset["screen"];
  if (given) return given;
  const made = `tab-${Math.random().toString(36).slice(2, 10)}`;
  try {
    const kept = sessionStorage.getItem("parvis-screen") ?? made;
    sessionStorage.setItem("parvis-screen", kept);
    return kept;
  } catch {
    return made; // a browser that keeps nothing
  }
}

/** The player's own version: the mark of its script in the page. */
function version(): string {
  const script = document.querySelector<HTMLScriptElement>("script[src*='wall/player.js']");
  return script ? (script.src.split("?v=")[1] ?? "") : "";
}

function amount(text: string | undefined): number {
  const found = Number(text ?? 0);
  return found >= 0 ? found : 0;
}

/**
 * Reports the stage to the studio: every 15 s, when its box changes, and as soon as panic has covered it. What the stage
 * knows beside the snapshot it writes into its own data: `data-waiting-posts`, `data-waiting-s`.
 */
export function reporting(stage: HTMLElement, first: Snapshot, listener: Listener): Listener {
  if (window.name === "parvis-preview") return listener; // a look tried out in the studio is no screen
  const address = `/w/${encodeURIComponent(first.wall.wall)}/${nameOf(stage)}/report`;
  const errors: string[] = [];
  let snapshot = first;
  let covered = first.wall.panic ? first.seq : 0;
  let up = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -AT_MOST_EVERY_MS;

  const send = (): void => {
    clearTimeout(timer);
    timer = setTimeout(send, EVERY_MS);
    last = performance.now();
    const report = {
      seq: snapshot.seq,
      box: [stage.clientWidth, stage.clientHeight],
      dpr: devicePixelRatio || 1,
      layout: snapshot.wall.layout,
      waiting: { posts: amount(stage.dataset["waitingPosts"]), seconds: amount(stage.dataset["waitingS"]) },
      link: up ? "up" : "cut",
      covered_seq: covered,
      errors,
      version: version(),
    };
    const headers = { "content-type": "application/json" };
    fetch(address, { method: "POST", headers, body: JSON.stringify(report), credentials: "omit" }).then(
      (answer) => {
        if (!answer.ok) return;
        errors.length = 0;
        void answer.json().then((heeded: Heeded) => heard(stage, heeded.version, version()), () => undefined);
      },
      () => undefined, // the server is away: the next report tells
    );
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(send, Math.max(0, last + AT_MOST_EVERY_MS - performance.now()));
  };

  addEventListener("resize", soon);
  addEventListener("error", (event) => {
    if (errors.length < MOST_ERRORS) errors.push(String(event.message).slice(0, 200));
  });
  soon();
  return {
    changed(fresh: Snapshot, message: Message | undefined): void {
      listener.changed(fresh, message); // first of all: what covers is drawn before it is told
      snapshot = fresh;
      if (message !== undefined && message.type !== "face") return;
      const before = covered;
      covered = fresh.wall.panic ? fresh.seq : 0;
      if (covered !== before) requestAnimationFrame(send);
    },
    connected(now: boolean): void {
      listener.connected(now);
      if (now !== up) soon();
      up = now;
    },
  };
}
