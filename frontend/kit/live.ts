import { apply } from "./apply";
import { type Cancel, after, hearTime, jitter, now } from "./clock";
import type { Message, Snapshot } from "./wire";

/** Silence longer than this means a dead line: the server's heartbeat comes every 15 s. */
export const SILENCE_MS = 40_000;
/** A burst is read in pieces of so many ms. */
const PIECE_MS = 8;
const FIRST_WAIT_MS = 800;
const LONGEST_WAIT_MS = 30_000;

/** What a page hears from its wall. `message` is undefined when the whole snapshot was loaded anew. */
export interface Listener {
  changed(snapshot: Snapshot, message: Message | undefined): void;
  connected(up: boolean): void;
}

interface Frame {
  readonly id: number | undefined;
  readonly data: string;
}

/** Cuts a stream of server-sent events into frames, however the chunks fall. */
export class Frames {
  private rest = "";

  take(chunk: string): Frame[] {
    let text = this.rest + chunk;
    const half = text.slice(-1) === "\r" ? "\r" : ""; // its other half may come with the next chunk
    if (half) text = text.slice(0, -1);
    const blocks = text.replace(/\r\n?/g, "\n").split("\n\n");
    this.rest = (blocks.pop() ?? "") + half;
    const frames: Frame[] = [];
    for (const block of blocks) {
      const data: string[] = [];
      let id: number | undefined;
      for (const line of block.split("\n")) {
        const colon = line.indexOf(":");
        const value = line.slice(colon + 1).replace(/^ /, "");
        if (colon === 4 && line.slice(0, 4) === "data") data.push(value);
        else if (colon === 2 && line.slice(0, 2) === "id" && /^\d+$/.test(value)) id = Number(value);
      }
      if (data.length > 0) frames.push({ id, data: data.join("\n") });
    }
    return frames;
  }
}

function isOf(response: Response, type: string): boolean {
  return response.ok && (response.headers.get("content-type") ?? "").split(";")[0]!.trim() === type;
}

/**
 * Follows one wall: reads the stream, applies each message, comes back after every cut where it was.
 * A stream read by `fetch`, not EventSource, because the watchdog has to hear the heartbeat's comments, and an answer
 * that is not ours (a captive portal's page) must be told from a wall. Whatever goes wrong, what stands stays.
 */
export class Live {
  private run = 0;
  private waitMs = FIRST_WAIT_MS;
  private end: Cancel = () => undefined;
  private snapshot: Snapshot;
  private readonly listener: Listener;
  private readonly liveUrl: string;
  private readonly snapshotUrl: string;

  constructor(snapshot: Snapshot, listener: Listener, liveUrl: string, snapshotUrl: string) {
    this.snapshot = snapshot;
    this.listener = listener;
    this.liveUrl = liveUrl;
    this.snapshotUrl = snapshotUrl;
  }

  start(): void {
    void this.follow(++this.run);
  }

  stop(): void {
    this.run++;
    this.end();
  }

  private async follow(run: number): Promise<void> {
    while (run === this.run) {
      let reset = false;
      try {
        reset = await this.read(run);
        if (reset) await this.reload(run);
      } catch {
        reset = false; // no line, or not our answer
      }
      if (run !== this.run || reset) continue;
      this.listener.connected(false);
      await this.pause();
    }
  }

  private pause(): Promise<void> {
    const wait = jitter(this.waitMs);
    this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
    return new Promise((wake) => {
      const cancel = after(wait, wake);
      this.end = () => {
        cancel();
        wake();
      };
    });
  }

  /** Reads one connection to its end; true when the server asks to load the snapshot again. */
  private async read(run: number): Promise<boolean> {
    let line: ReadableStreamDefaultReader<Uint8Array> | undefined;
    let hang: (() => void) | undefined;
    const cut = new Promise<never>((_, fail) => {
      hang = () => {
        fail(new Error("silence"));
        if (line) line.cancel().catch(() => undefined);
      };
    });
    cut.catch(() => undefined);
    this.end = () => hang?.();
    let watchdog = after(SILENCE_MS, () => hang?.());
    try {
      const response = await Promise.race([this.open(), cut]);
      if (!isOf(response, "text/event-stream") || !response.body) throw new Error("not our stream");
      hearTime(Number(response.headers.get("x-parvis-now")));
      line = response.body.getReader();
      this.listener.connected(true);
      const frames = new Frames();
      const decoder = new TextDecoder();
      while (run === this.run) {
        const { value, done } = await Promise.race([line.read(), cut]);
        if (done) break;
        watchdog();
        watchdog = after(SILENCE_MS, () => hang?.());
        this.waitMs = FIRST_WAIT_MS;
        let piece = now();
        for (const frame of frames.take(decoder.decode(value, { stream: true }))) {
          if (now() - piece > PIECE_MS) {
            await new Promise<void>((next) => after(0, next)); // a burst is no reason for a frame to be late
            if (run !== this.run) return false;
            piece = now();
          }
          if (this.hear(frame)) return true;
        }
      }
      return false;
    } finally {
      watchdog();
      if (line) line.cancel().catch(() => undefined);
    }
  }

  private open(): Promise<Response> {
    const seq = String(this.snapshot.seq);
    return fetch(`${this.liveUrl}${this.liveUrl.indexOf("?") < 0 ? "?" : "&"}after=${seq}`, {
      headers: { Accept: "text/event-stream", "Last-Event-ID": seq },
      cache: "no-store",
      credentials: "same-origin",
    });
  }

  /** Applies one frame; true on `reset`. */
  private hear(frame: Frame): boolean {
    const message = JSON.parse(frame.data) as Message;
    if (message.type === "reset") return true;
    if (frame.id !== undefined && frame.id <= this.snapshot.seq) return false; // replayed: it is in already
    this.snapshot = apply(this.snapshot, message, frame.id ?? 0);
    this.listener.changed(this.snapshot, message);
    return false;
  }

  private async reload(run: number): Promise<void> {
    const response = await fetch(this.snapshotUrl, { cache: "no-store", credentials: "same-origin" });
    if (!isOf(response, "application/json")) throw new Error("not our snapshot");
    const fresh = (await response.json()) as Snapshot;
    if (typeof fresh.seq !== "number" || fresh.wall.wall !== this.snapshot.wall.wall) throw new Error("not our wall");
    if (run !== this.run) return;
    this.snapshot = fresh;
    this.listener.changed(fresh, undefined);
  }
}

/** The snapshot that the server wrote into the page. */
export function pageSnapshot(): Snapshot | undefined {
  const text = document.getElementById("parvis-snapshot")?.textContent;
  return text ? (JSON.parse(text) as Snapshot) : undefined;
}
