import type { Desk } from "../state/desk";
import type { Line } from "../state/line";
import type { Held, Queued } from "../state/types";

const FOR_S = 45;
export const AGAIN_MS = 31_500; // it is claimed anew before it ends
const MOST = 200; // so many posts in one claim

/** Whose the line in hand is: claimed while the person looks at it, let go of when they turn away. */
export class Claim {
  /** Until when it is this person's; 0 when it is nobody's. */
  until = 0;
  private readonly held = new Map<string, Held>();
  private line: Line | undefined;
  private wall = "";
  private timer = 0;
  private readonly desk: () => Desk;

  constructor(desk: () => Desk) {
    this.desk = desk;
  }

  /** What is to happen if the line is still in hand by then. */
  after(ms: number, then: () => void): void {
    this.timer = window.setTimeout(then, ms);
  }

  /** "mine", "theirs", or "unknown" where no claim can be had now: the server decides who was first. */
  async take(line: Line, here: () => boolean): Promise<"mine" | "theirs" | "unknown"> {
    const desk = this.desk();
    const { wall } = desk.place;
    const keys = line.items.map((one) => one.post.key);
    try {
      const told = await desk.api.claim(wall, keys.slice(0, MOST), FOR_S);
      for (const one of told.held) this.held.set(one.post, one);
      if (here() && told.claimed.length) {
        [this.until, this.line, this.wall] = [Date.now() + FOR_S * 1000, line, wall];
      }
      return told.claimed.includes(keys[0]!) ? "mine" : "theirs";
    } catch {
      return "unknown";
    }
  }

  drop(): void {
    window.clearTimeout(this.timer);
    if (this.line && this.until > Date.now()) void this.desk().api.release(this.wall, this.line.items.map((one) => one.post.key)).catch(() => undefined);
    this.until = 0;
    this.line = undefined;
  }

  /** Who else has it; undefined when it may be decided. `mine`: it is the one in hand. */
  other(item: Queued, mine: boolean): { readonly name: string; readonly until_ms: number } | undefined {
    const held = this.held.get(item.post.key) ?? item.claim ?? undefined;
    if (!held || held.until_ms < Date.now() || (mine && this.until > Date.now())) return undefined;
    const { me } = this.desk();
    return held.by === `person:${me?.id ?? ""}` || (!me?.id && held.name === me?.name) ? undefined : held;
  }
}
