import { after, directionOf, isCalm, type Layout, measure, type Message, type Snapshot, type Waiting, type WallFace } from "@parvis/kit";
import { loadGlyphs } from "../kit/glyph";
import { loadHalf } from "../kit/half";
import { Live, pageSnapshot } from "../kit/live";
import { withPinned } from "../kit/apply";
import { fontsFor, loadSheet, mendFaces, sheetsFor } from "../kit/scripts";
import { Formats } from "./formats";
import { Light } from "./light";
import { reporting } from "./report";
import { Keeper, watch } from "./keep";
import { wear } from "./look";
import { dim, orbit } from "./orbit";
import { watchPace } from "./pace";
import { renewing } from "./renew";
import { calmDown, fitCover, fitInvite, invite } from "./say";

const FACES_MS = 2_000;
const SHIFT_MS = 600_000;
const WAITING_MS = 1_000;
const SCENE_MS = 900;
const OPEN_MS = 640;
const OPEN_STAGGER_MS = 80;
const MOST_OPEN = 8;

/**
 * The stage of a wall: takes over what the server drew, follows the wall, and hands each change to the layout and the
 * formats. It never clears what stands: without a line, without a layout, with a broken answer, the wall stays as it was.
 */
class Stage extends HTMLElement {
  private layout: Layout | undefined;
  private layoutId = "";
  private formats: Formats | undefined;
  private live: Live | undefined;
  private snapshot: Snapshot | undefined;
  private worn: WallFace | undefined;
  private readonly empty = document.createElement("section");
  private readonly cover = document.createElement("section");
  private readonly keeper = new Keeper();
  private readonly light = new Light(this, (change) => this.scene(change));

  connectedCallback(): void {
    if (this.live) return;
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => this.begin(), { once: true });
    } else {
      this.begin();
    }
  }

  disconnectedCallback(): void {
    this.live?.stop();
    this.live = undefined;
  }

  /** Takes over once the typefaces are there: words measured in others would be set twice, before everybody's eyes. */
  private begin(): void {
    const snapshot = pageSnapshot();
    if (!snapshot || this.live) return;
    const { wall, cards } = snapshot;
    const posts = Array.from(this.querySelectorAll<HTMLElement>("[data-post-id]"));
    const faces = Promise.all([
      fontsFor(`${wall.title} #${(wall.hashtags ?? []).join(" #")}`, wall.lang),
      ...cards.slice(0, posts.length).map((card) => fontsFor(`${card.text} ${card.author?.name ?? ""} @a`, card.lang || wall.lang)),
    ]);
    const late = new Promise<void>((done) => void after(FACES_MS, done));
    void Promise.race([faces, late]).then(() => {
      mendFaces();
      this.open(snapshot, posts);
    });
    void faces.then(() => after(0, () => this.fit()));
  }

  private open(snapshot: Snapshot, posts: readonly HTMLElement[]): void {
    if (this.live || !this.isConnected) return;
    this.snapshot = snapshot;
    const wall = snapshot.wall.wall;
    this.empty.className = "empty";
    this.cover.className = "cover";
    this.formats = new Formats(this);
    this.dress(snapshot);
    this.mount(snapshot, posts);
    this.append(this.empty, this.cover);
    this.formats.renew(snapshot);
    this.light.renew(snapshot);
    this.watchBox();
    this.live = new Live(
      snapshot,
      reporting(this, snapshot, {
        changed: (fresh, message) => this.changed(fresh, message),
        connected: (up) => this.linked(up),
      }),
      this.dataset["live"] ?? `/live/${wall}`,
      `/api/walls/${wall}/snapshot`,
    );
    this.live.start();
    this.keeper.start();
    loadGlyphs();
    orbit(this);
    dim(this);
    watchPace(this);
    renewing(this);
    watch();
    setInterval(() => this.shift(), SHIFT_MS);
    setInterval(() => this.tellWaiting(), WAITING_MS);
  }

  /** What new posts have to wait. */
  waiting(): Waiting {
    return this.layout?.waiting() ?? { posts: 0, seconds: 0 };
  }

  /** Writes it where the report and whoever looks at the page find it. */
  private tellWaiting(): void {
    const { posts, seconds } = this.waiting();
    if (this.dataset["waitingPosts"] === String(posts) && this.dataset["waitingS"] === String(seconds)) return;
    this.dataset["waitingPosts"] = String(posts);
    this.dataset["waitingS"] = String(seconds);
  }

  /** Covers the whole screen with one field, lets `change` happen behind it, and opens the slabs one after another. */
  private scene(change: () => void): void {
    if (this.classList.contains("bare") || this.classList.contains("panic")) return change();
    const field = document.createElement("div");
    field.className = "scene comes";
    this.append(field);
    after(isCalm() ? 160 : SCENE_MS, () => {
      change();
      field.remove();
      const cells = Array.from(this.querySelectorAll(".layout > .cell, .layout > .row"));
      cells.forEach((cell, at) => {
        const lid = document.createElement("div");
        lid.className = "lid";
        const wait = OPEN_STAGGER_MS * Math.min(at, MOST_OPEN);
        lid.style.animationDelay = `${wait}ms`;
        cell.append(lid);
        after(wait + OPEN_MS, () => lid.remove());
      });
    });
  }

  /** No pixel is static for long: every ten minutes what never moves changes its place. */
  private shift(): void {
    this.scene(() => this.layout?.shift());
  }

  /** Puts up the layout that the wall asks for; the one that stands keeps the screen until the new one is there. */
  private mount(snapshot: Snapshot, posts: readonly HTMLElement[]): void {
    const id = snapshot.wall.layout;
    const name = `parvis-layout-${id}`;
    if (this.layoutId === id) return;
    this.layoutId = id;
    const place = (): void => {
      if (this.layoutId !== id || !this.snapshot) return;
      const layout = document.createElement(name) as Layout;
      layout.className = "layout";
      const old = this.layout;
      this.insertBefore(layout, this.firstChild);
      layout.resize({ ...measure(layout), u: measure(this).u });
      layout.adopt(posts, withPinned(this.snapshot));
      this.layout = layout;
      old?.remove();
      this.querySelector(".first")?.remove();
      this.formats?.resize(measure(this).u); // they say how to take part where the layout does not
    };
    const enter = (): void => (this.layout ? this.scene(place) : place());
    if (customElements.get(name)) enter();
    else this.pageLoaded(name).then(() => (customElements.get(name) ? undefined : loadHalf(`/static/layouts/${id}.js`))).then(enter, () => (this.layoutId = ""));
  }

  /** The page's own scripts may still be on their way: without a server no other copy of them can be had. */
  private pageLoaded(name: string): Promise<void> {
    return new Promise((done) => {
      if (document.readyState === "complete") return done();
      addEventListener("load", () => done(), { once: true });
      void customElements.whenDefined(name).then(() => done());
    });
  }

  private changed(snapshot: Snapshot, message: Message | undefined): void {
    this.snapshot = snapshot;
    if (message?.type === "hide") this.keeper.gone(message.post);
    else this.keeper.changed();
    if (message?.type === "hide") {
      this.layout?.hide(message.post, withPinned(snapshot)); // first of all: in this frame, whatever follows
      this.light.hide(message.post);
      this.dress(snapshot);
      return;
    }
    this.dress(snapshot);
    if (message?.type !== "format") this.light.renew(snapshot);
    if (message?.type === "show") this.layout?.show(message.card, withPinned(snapshot));
    else if (message?.type === "format") this.formats?.renew(snapshot);
    else {
      this.mount(snapshot, []);
      this.layout?.renew(withPinned(snapshot));
      this.formats?.renew(snapshot);
    }
  }

  /** The wall's own face: theme, language, panic, emptiness. */
  private dress(snapshot: Snapshot): void {
    const { wall } = snapshot;
    const root = document.documentElement;
    const bare = snapshot.cards.length === 0;
    if (wall === this.worn && bare === this.classList.contains("bare")) return; // a burst changes neither
    this.worn = wall;
    wear(wall);
    root.lang = wall.lang;
    root.dir = directionOf(wall.lang);
    document.title = wall.title;
    sheetsFor(`${wall.title} ${(wall.hashtags ?? []).join(" ")}`, wall.lang).forEach((sheet) => void loadSheet(sheet));
    this.classList.toggle("panic", wall.panic === true);
    this.classList.toggle("bare", bare);
    if (bare) {
      invite(this.empty, wall);
      fitInvite(this.empty, measure(this).u);
    }
    if (wall.panic) calmDown(this.cover, wall);
  }

  private linked(up: boolean): void {
    this.dataset["link"] = up ? "up" : "cut";
    if (up && this.snapshot) this.light.renew(this.snapshot); // the server has said what time it is
  }

  private watchBox(): void {
    const tell = (): void => this.fit();
    tell();
    const Observer = (self as { ResizeObserver?: typeof ResizeObserver }).ResizeObserver;
    if (Observer) new Observer(tell).observe(this);
    else addEventListener("resize", tell);
    const fonts = (document as { fonts?: FontFaceSet }).fonts;
    if (!fonts) return;
    void fonts.ready.then(tell);
    const settled = (): void => void (this.querySelector(".arrives") ? after(1000, settled) : tell());
    fonts.addEventListener?.("loadingdone", settled); // words were measured in another face
  }

  /** Sizes everything to the box as it is now. */
  private fit(): void {
    const whole = measure(this);
    this.style.setProperty("--u", `${whole.u}px`);
    if (this.layout) this.layout.resize({ ...measure(this.layout), u: whole.u });
    this.light.resize();
    this.formats?.resize(whole.u);
    fitInvite(this.empty, whole.u);
    fitCover(this.cover);
  }

  /** Called by the formats when they take or leave their part of the screen. */
  share(taken: boolean): void {
    if (this.classList.contains("shared") === taken) return;
    this.classList.toggle("shared", taken);
    if (this.layout) this.layout.resize({ ...measure(this.layout), u: measure(this).u });
  }
}

if (!customElements.get("parvis-stage")) customElements.define("parvis-stage", Stage);

export type { Stage };
