// The outbox: a post is kept on the phone before it is sent, and leaves it when the server has it. The receipt's word is
// made here, so a post that was sent twice is one post, and an answer that got lost loses nothing.
import { drop, keep, renew, waiting, type Mine, type Waiting } from "./store";
import { say } from "./told";

export interface Sending {
  percent(value: number): void;
}
export type Outcome = "sent" | "later" | "refused";

const SOONEST_MS = 1_500;
const SLOWEST_MS = 60_000;
let busy: Promise<void> | undefined;
let pause = SOONEST_MS;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners: (() => void)[] = [];

/** What waited and has left since this page was opened, oldest first. */
export const gone: Mine[] = [];

/** A new receipt's word: 144 random bits. */
export function newWord(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode.apply(null, Array.from(bytes))).replace(/\+/g, "-").replace(/\//g, "_");
}

/** Called whenever what waits has changed. */
export function onChange(listener: () => void): void {
  listeners.push(listener);
}

/** Tells the page so. */
export function changed(): void {
  for (const listener of listeners) listener();
}

/** Sends one post; resolves when it is known what became of it. */
export async function send(post: Waiting, progress: Sending): Promise<{ outcome: Outcome; says: string }> {
  const form = new FormData();
  for (const name of Object.keys(post.fields)) form.append(name, post.fields[name] ?? "");
  form.append("receipt", post.word);
  form.append("written", String(post.writtenMs));
  for (const file of post.files) form.append(file.field, file.body, file.name);
  const answer = await exchange(post.url, form, progress);
  if (answer.status >= 200 && answer.status < 300) {
    await drop("waiting", post.word);
    const sent = mineOf(post);
    await keep("mine", sent);
    changed();
    return { outcome: "sent", says: "" };
  }
  const final = answer.status >= 400 && answer.status < 500 && [408, 425, 429].indexOf(answer.status) < 0;
  if (!final) {
    pause = Math.max(pause, answer.againMs / 2);
    await renew({ ...post, later: answer.says || (answer.status ? say("busy") : "") });
    changed();
    return { outcome: "later", says: answer.says };
  }
  await renew({ ...post, refused: answer.says || String(answer.status) });
  changed();
  return { outcome: "refused", says: answer.says };
}

function mineOf(post: Waiting): Mine {
  return { word: post.word, wall: post.wall, text: (post.fields["text"] ?? "").slice(0, 80), sentMs: Date.now() };
}

/** Status 0: nothing of ours was heard. `againMs`: not to be asked again sooner. */
interface Heard {
  readonly status: number;
  readonly says: string;
  readonly againMs: number;
}

const NOTHING: Heard = { status: 0, says: "", againMs: 0 };

function exchange(url: string, form: FormData, progress: Sending): Promise<Heard> {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Accept-Language", document.documentElement.lang);
    request.timeout = 180_000;
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress.percent(Math.round((event.loaded / event.total) * 100));
    };
    request.onload = () => {
      let says = "";
      try {
        const told = JSON.parse(request.responseText) as { detail?: string; receipt?: string };
        // A captive portal answers 200 with a page of its own: that is no receipt.
        if (request.status < 300 && !told.receipt) return done(NOTHING);
        says = told.detail ?? "";
      } catch {
        if (request.status < 300) return done(NOTHING);
      }
      const againMs = Number(request.getResponseHeader("Retry-After") ?? 0) * 1000 || 0;
      done({ status: request.status, says, againMs });
    };
    request.onerror = request.onabort = request.ontimeout = () => done(NOTHING);
    request.send(form);
  });
}

/** Sends everything that waits for the wall, oldest first; again by itself while something is left. */
export function flush(wall: string): Promise<void> {
  if (timer !== undefined) clearTimeout(timer);
  timer = undefined;
  return (busy ??= work(wall).then(() => {
    busy = undefined;
  }));
}

async function work(wall: string): Promise<void> {
  for (const post of await waiting(wall)) {
    if (post.refused) continue;
    const { outcome } = await send(post, { percent: () => undefined });
    if (outcome === "later") return again(wall);
    if (outcome === "sent") {
      gone.push(mineOf(post));
      changed();
    }
    pause = SOONEST_MS;
  }
}

/** Sends what waits a while later. */
export function again(wall: string): void {
  clearTimeout(timer);
  pause = Math.min(pause * 2, SLOWEST_MS);
  timer = setTimeout(() => flush(wall), pause * (1 + Math.random() * 0.6));
}

/** From now on what waits leaves when the network is back. */
export function watch(wall: string): void {
  addEventListener("online", () => flush(wall));
  document.addEventListener("visibilitychange", () => document.hidden || flush(wall));
  flush(wall);
}
