import { setLang, t } from "../words";
import { type Act, Acts, type Hearers, type Send } from "./acts";
import { Api, Problem } from "./api";
import { Keyboard } from "./keys";
import { keepKey, keptKey, type Own, readOwn, writeOwn } from "./own";
import { type Place, placeOf, hrefOf } from "./place";
import type { Lang, Me, Now, PanicState, Undone, WallLine } from "./types";
import { Watch } from "./watch";

export interface Toast {
  readonly text: string;
  readonly quote?: string;
  readonly undo?: boolean;
  readonly bad?: boolean;
}

export type Door = "loading" | "sign_in" | "first" | "invite" | "reset" | "gone" | "in";

const PANIC_POLL_MS = 250;
const TOAST_MS = 8000;
/** What went wrong is longer to read, and to be read out. */
const BAD_TOAST_MS = 20_000;
const GLANCE_MS = 3_600_000;

/** What the whole studio knows: who is here, which wall, what stands on it now, and the line to the server. */
export class Desk {
  readonly api = new Api(keptKey());
  readonly acts = new Acts(() => this.tell(), (act, keep) => this.send(act, keep), {
    done: () => dispatchEvent(new CustomEvent("parvis-acts")),
    refused: (problem) => this.say({ text: t.link.late(this.sentence(problem)), bad: true }),
  });
  readonly keyboard: Keyboard;
  own: Own = readOwn();
  door: Door = "loading";
  token = "";
  me: Me | undefined;
  walls: readonly WallLine[] = [];
  wallsFailed = "";
  place: Place = placeOf(location.hash);
  now: Now | undefined;
  /** Why nothing is known of this wall now; '' while it is, or is still asked. */
  nowFailed = "";
  /** Since when the line is cut (0: it is not), and when it is tried again. */
  cutSince = 0;
  againAt = 0;
  stale = false;
  /** Grows when another language was chosen. */
  spoken = 0;
  panicState: PanicState | undefined;
  toast: Toast | undefined;
  private readonly hearers = new Set<() => void>();
  private watch: Watch | undefined;
  private watched = "";
  private told = false;
  private panicTimer = 0;
  private toastTimer = 0;

  constructor() {
    this.keyboard = new Keyboard(this.own.keys);
    this.keyboard.letters = this.own.letters;
    this.dress();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.dress());
    addEventListener("hashchange", () => this.moved());
    addEventListener("online", () => this.again());
    // With the owner's key alone, pictures are seen by a cookie that ends by itself: asked for anew, as it was at the door.
    window.setInterval(() => this.door === "in" && this.api.key && void this.api.me().catch(() => undefined), GLANCE_MS);
  }

  get lang(): Lang {
    return this.me?.lang || this.own.lang || (navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en");
  }

  get wall(): WallLine | undefined {
    return this.walls.find((one) => one.id === this.place.wall);
  }

  /** The name behind a `by`; undefined when nobody told. */
  nameOf(by: string): string | undefined {
    if (this.me?.id && by === `person:${this.me.id}`) return this.me.name;
    return this.now?.names?.[by] ?? this.now?.names?.[by.replace("person:", "")];
  }

  /** Whose acts these are, for the ones that are kept. */
  private get by(): string {
    return this.me?.id || this.me?.email || "owner";
  }

  get mayAct(): boolean {
    return this.me?.role !== "viewer";
  }

  get mayBuild(): boolean {
    return this.me?.role === "owner" || this.me?.role === "editor";
  }

  listen(hearer: () => void): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  /** Tells everybody once, however much changed in this turn. */
  tell(): void {
    if (this.told) return;
    this.told = true;
    queueMicrotask(() => {
      this.told = false;
      for (const hearer of this.hearers) hearer();
    });
  }

  setOwn(change: Partial<Own>): void {
    this.own = { ...this.own, ...change };
    writeOwn(this.own);
    this.keyboard.remap(this.own.keys);
    this.keyboard.letters = this.own.letters;
    this.dress();
    this.tell();
  }

  /** The language goes with the person, so the server keeps it: its own sentences come in it, on every machine. What it had
   *  said in another is asked for anew. */
  async speak(lang: Lang): Promise<void> {
    const { me } = this;
    if (me?.email) this.me = { ...me, lang };
    this.setOwn({ lang });
    try {
      if (me?.email) this.me = await this.api.changeMe({ lang });
    } catch (error) {
      this.me = me;
      this.say({ text: this.sentence(error), bad: true });
      this.lost(error);
    }
    this.dress();
    this.spoken++;
    if (this.watched) this.follow(this.watched);
    this.tell();
  }

  private dress(): void {
    setLang(this.lang);
    this.api.lang = this.lang;
    const dark = this.own.theme === "dark" || (this.own.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    document.documentElement.lang = this.lang;
  }

  /** Comes in by whatever the address or this tab brings: a first-run link, an invitation, a key, a session. */
  async enter(): Promise<void> {
    const given = new URLSearchParams(location.hash.startsWith("#/") ? "" : location.hash.slice(1));
    for (const door of ["first", "invite", "reset"] as const) {
      if (!given.get(door)) continue;
      this.token = given.get(door)!;
      history.replaceState(null, "", location.pathname);
      this.door = door;
      return this.tell();
    }
    if (given.get("key")) {
      this.api.key = given.get("key")!;
      keepKey(this.api.key);
      history.replaceState(null, "", location.pathname);
      this.place = placeOf("");
    }
    try {
      await this.welcome(await this.api.me());
    } catch (error) {
      const problem = error as Problem;
      if (problem.status === 404 && this.api.key) return this.welcome({ name: "", email: "", role: "owner", lang: "" });
      if (problem.status === 401 && this.api.key) {
        this.api.key = "";
        keepKey("");
      }
      this.door = problem.status === 401 || problem.status === 403 ? "sign_in" : "gone";
      if (problem.more["first_run"] === true) this.door = "first";
      this.tell();
    }
  }

  async welcome(me: Me): Promise<void> {
    this.me = me;
    this.door = "in";
    this.dress();
    this.acts.adopt(this.by);
    await this.readWalls();
    if (!this.place.wall && this.walls.length) this.go({ wall: this.walls[0]!.id, page: "tonight", item: "" }, true);
    else this.moved();
  }

  async readWalls(): Promise<void> {
    try {
      this.walls = await this.api.walls();
      this.wallsFailed = "";
    } catch (error) {
      this.wallsFailed = this.sentence(error);
      this.lost(error);
    }
    this.tell();
  }

  leave(): void {
    this.watch?.stop();
    this.watch = undefined;
    this.watched = "";
    this.acts.leave();
    this.me = undefined;
    this.now = undefined;
    this.api.key = "";
    keepKey("");
    this.door = "sign_in";
    history.replaceState(null, "", location.pathname);
    this.place = placeOf("");
    this.tell();
  }

  go(place: Place, instead = false): void {
    if (instead) history.replaceState(null, "", hrefOf(place));
    else history.pushState(null, "", hrefOf(place));
    this.moved();
  }

  href(page: string, item = "", wall = this.place.wall): string {
    return hrefOf({ wall, page, item });
  }

  private moved(): void {
    const { page } = this.place;
    this.place = placeOf(location.hash);
    if (page !== this.place.page && !this.toast?.bad) this.toast = undefined; // it would cover another page; the key still undoes
    if (this.door === "in" && this.wall && this.watched !== this.place.wall) this.follow(this.place.wall);
    this.tell();
  }

  private follow(wall: string): void {
    this.watch?.stop();
    this.watched = wall;
    this.now = undefined;
    this.panicState = undefined;
    this.cutSince = 0;
    void this.readNow();
    this.watch = new Watch(this.api, wall, {
      heard: (now) => this.heard(now),
      cut: (again) => {
        this.cutSince ||= Date.now();
        this.againAt = again;
        this.tell();
      },
      refused: (status) => {
        if (status === 401) this.leave();
      },
    });
  }

  async readNow(): Promise<void> {
    const wall = this.watched;
    this.nowFailed = "";
    try {
      const now = await this.api.now(wall);
      if (wall === this.watched) this.heard(now);
    } catch (error) {
      if (wall === this.watched && !this.now) this.nowFailed = this.sentence(error);
      this.tell();
    }
  }

  private heard(now: Now): void {
    const came = this.cutSince > 0;
    this.cutSince = 0;
    this.nowFailed = "";
    this.now = now;
    if (came) this.acts.again();
    // The server may be a newer one than this page: said, and nothing reloads by itself.
    this.api.page ||= now.version ?? "";
    if (now.version && now.version !== this.api.page) this.stale = true;
    const { on } = now.panic;
    if (on !== (this.panicState?.on ?? false)) void this.readPanic();
    this.walls = this.walls.map((one) => (one.id === this.place.wall ? { ...one, panic: on, counts: now.counts } : one));
    this.tell();
  }

  again(): void {
    this.watch?.again();
    this.acts.again();
  }

  // panic ----------------------------------------------------------------------------------------
  async panic(on: boolean): Promise<void> {
    const wall = this.place.wall;
    if (!wall) return;
    this.panicState = { on, since_ms: Date.now() };
    this.tell();
    try {
      await this.api.panic(wall, on);
    } catch (error) {
      this.panicState = { on: !on };
      this.say({ text: t.panic.failed(this.sentence(error)), bad: true });
      return;
    }
    await this.readPanic();
  }

  private async readPanic(): Promise<void> {
    window.clearTimeout(this.panicTimer);
    try {
      this.panicState = await this.api.panicState(this.place.wall);
    } catch {
      this.panicState = { ...this.panicState, on: this.panicState?.on ?? this.now?.panic.on ?? false };
    }
    this.tell();
    const screens = this.panicState.screens;
    if (this.panicState.on && (!screens || screens.covered < screens.asked)) {
      this.panicTimer = window.setTimeout(() => void this.readPanic(), PANIC_POLL_MS);
    }
  }

  // words ----------------------------------------------------------------------------------------
  say(toast: Toast | undefined): void {
    this.toast = toast;
    this.holdToast(false);
    this.tell();
  }

  /** What is said goes by itself, but not from under a pointer or a focus; the key undoes all the same. */
  holdToast(held: boolean): void {
    window.clearTimeout(this.toastTimer);
    const { toast } = this;
    if (toast && !held) this.toastTimer = window.setTimeout(() => this.toast === toast && this.say(undefined), toast.bad ? BAD_TOAST_MS : TOAST_MS);
  }

  /** One sentence for whoever did it. */
  sentence(error: unknown): string {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 0) return t.link.nobody;
    return error.message || t.link.answered(error.status);
  }

  lost(error: unknown): void {
    if (error instanceof Problem && error.status === 401) this.leave();
  }

  /** Does something on this wall: at once here, and sent behind it. */
  act(kind: string, path: string, body: Act["body"], hearers: Hearers): void {
    this.acts.add({ wall: this.place.wall, by: this.by, kind, path, body }, hearers);
  }

  /** An undo names the gesture that it takes back before it leaves, so that a lost answer takes back no second one. */
  private async send(act: Act, keep: Parameters<Send>[1]): Promise<unknown> {
    let sent = act;
    if ((act.path === "undo" || act.path === "redo") && !act.body["of"]) {
      const acts = await this.api.acts(act.wall);
      const undone = acts.filter((one) => one.state === "undone");
      const of = act.path === "undo" ? acts.find((one) => one.state === "done") : undone[undone.length - 1];
      if (of) sent = keep({ ...act.body, of: of.together });
    }
    const name = sent.path === "undo" || sent.path === "redo" ? {} : { act: sent.id };
    try {
      return await this.api.act(sent.wall, sent.path, { ...sent.body, ...name });
    } catch (error) {
      this.lost(error);
      // A page from before an upgrade is refused; what was done waits for the new one.
      if (error instanceof Problem && error.status === 409) await this.readNow();
      throw this.stale ? new Problem(503, "") : error;
    }
  }

  undo(redo = false): void {
    const of = redo ? "" : this.acts.takeBack();
    if (of === true) return this.say({ text: t.toast.taken_back });
    const kind = redo ? "redo" : "undo";
    const stood = this.toast;
    this.act(kind, kind, of ? { of } : {}, {
      done: (answer) => {
        const [says] = (answer as Partial<Undone> | undefined)?.says ?? [];
        // a late answer does not cover what was done since
        if (says) this.say({ text: says, bad: true });
        else if (!this.toast || this.toast === stood) this.say({ text: redo ? t.toast.redone : t.toast.undone });
        dispatchEvent(new CustomEvent("parvis-acts"));
      },
      refused: (problem) => {
        this.say({ text: this.sentence(problem), bad: problem.status !== 422 });
        dispatchEvent(new CustomEvent("parvis-acts"));
      },
    });
  }
}
