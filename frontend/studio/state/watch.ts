import { Frames } from "../../kit/live";
import type { Api } from "./api";
import type { Now } from "./types";

const SILENCE_MS = 40_000; // the heartbeat comes every 15 s
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;

export interface Watched {
  heard(now: Now): void;
  /** `again_ms`: when it will be tried again. */
  cut(again_ms: number): void;
  refused(status: number): void;
}

/** Follows what happens on one wall; what was heard stands until the next word. */
export class Watch {
  private stopped = false;
  private control = new AbortController();
  private timer = 0;
  private waitMs = FIRST_WAIT_MS;
  private readonly api: Api;
  private readonly wall: string;
  private readonly to: Watched;

  constructor(api: Api, wall: string, to: Watched) {
    this.api = api;
    this.wall = wall;
    this.to = to;
    void this.follow();
  }

  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
    this.control.abort();
  }

  again(): void {
    window.clearTimeout(this.timer);
    this.control.abort();
    this.control = new AbortController();
    void this.follow();
  }

  private async follow(): Promise<void> {
    const control = this.control;
    let silence = 0;
    const alive = (): void => {
      window.clearTimeout(silence);
      silence = window.setTimeout(() => control.abort(), SILENCE_MS);
    };
    try {
      alive();
      const response = await fetch(this.api.at(this.wall, "watch"), {
        headers: this.api.headers("text/event-stream"), credentials: "same-origin", cache: "no-store", signal: control.signal,
      });
      if (response.status === 401 || response.status === 403 || response.status === 404) {
        this.to.refused(response.status);
        if (response.status !== 404) return;
      }
      if (!response.ok || !response.body) throw new Error("no stream");
      await this.read(response.body, alive);
    } catch {
      // Told below, whatever it was.
    } finally {
      window.clearTimeout(silence);
    }
    if (this.stopped || control !== this.control) return;
    this.timer = window.setTimeout(() => void this.follow(), this.waitMs);
    this.to.cut(Date.now() + this.waitMs);
    this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
  }

  private async read(body: ReadableStream<Uint8Array>, alive: () => void): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const frames = new Frames();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      for (const frame of frames.take(decoder.decode(value, { stream: true }))) {
        this.waitMs = FIRST_WAIT_MS;
        this.to.heard(JSON.parse(frame.data) as Now);
      }
    }
  }
}
