import type { Desk } from "../state/desk";
import type { Queued } from "../state/types";
import { quoted } from "../state/format";
import { gist } from "../parts/small";
import { t } from "../words";

/** So long after a rejection without a reason a digit says why it was, and rejects nothing else. */
export const REASON_MS = 6000;

/** The last rejection, while its reason may follow: R, then a digit, is one gesture about one post. */
export class Reason {
  private items: readonly Queued[] = [];
  private until = 0;
  private readonly desk: () => Desk;

  constructor(desk: () => Desk) {
    this.desk = desk;
  }

  /** They were rejected, and nobody said why. */
  may(items: readonly Queued[]): void {
    this.items = items;
    this.until = performance.now() + REASON_MS;
  }

  /** Whatever else somebody does is about something else. */
  over(): void {
    this.until = 0;
  }

  /** Whether the digit was about it; then it has its reason. */
  given(clause: number, refused: () => void): boolean {
    if (performance.now() > this.until) return false;
    this.over();
    const desk = this.desk();
    const why = t.queue.clauses[clause - 1]!;
    const decisions = this.items.map((one) => ({ post: one.post.key, state: "rejected", why, code: `clause_${clause}` }));
    const [one, ...more] = decisions;
    desk.act("reason", more.length ? "posts/decide_all" : "posts/decide", more.length ? { decisions } : one!, {
      refused: (problem) => {
        desk.say({ text: desk.sentence(problem), bad: true });
        refused();
      },
    });
    desk.say({ text: t.toast.because(why), quote: quoted(gist(this.items[0]!.post), desk.lang), undo: true });
    return true;
  }
}
