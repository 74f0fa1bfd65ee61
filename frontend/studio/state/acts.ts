import { Problem } from "./api";

/** Something a person did: sent in order, kept while nobody answers. */
export interface Act {
  readonly kind: string;
  send(): Promise<unknown>;
  refused(problem: Problem): void;
}

const AGAIN_MS = 3000;

/** Sends acts one after the other, so that undo follows what it undoes. With no answer, they wait here. */
export class Acts {
  private line: Act[] = [];
  private running = false;
  private timer = 0;
  /** Since when nobody answers; 0 while the server does. */
  stuckSince = 0;
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** What waits, by kind. */
  get waiting(): ReadonlyMap<string, number> {
    const kinds = new Map<string, number>();
    for (const { kind } of this.line) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    return kinds;
  }

  get size(): number {
    return this.line.length;
  }

  add(act: Act): void {
    this.line.push(act);
    void this.run();
  }

  /** Takes the last act back if it was never sent. */
  takeBack(): boolean {
    if (!this.stuckSince || this.line.length === 0) return false;
    this.line.pop();
    this.changed();
    return true;
  }

  again(): void {
    window.clearTimeout(this.timer);
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.line.length > 0) {
      const act = this.line[0]!;
      try {
        await act.send();
        this.stuckSince = 0;
        this.line = this.line.filter((one) => one !== act);
      } catch (error) {
        const problem = error instanceof Problem ? error : new Problem(500, String(error));
        if (problem.status === 0 || problem.status === 503) {
          this.stuckSince ||= Date.now();
          this.timer = window.setTimeout(() => void this.run(), AGAIN_MS);
          break;
        }
        this.line = this.line.filter((one) => one !== act);
        act.refused(problem);
      }
      this.changed();
    }
    this.running = false;
    this.changed();
  }
}
