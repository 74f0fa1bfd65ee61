import { directionOf, fill, type Layout, measure, type Message, type Snapshot, type WallFace, wordsOf } from "@parvis/kit";
import { loadHalf } from "../kit/half";
import { Live, pageSnapshot } from "../kit/live";
import { Formats } from "./formats";
import { reporting } from "./report";

/** Where somebody takes part, as it is written on the wall. */
function phoneAddress(wall: string): string {
  return `\u2066${location.host}/p/${wall}\u2069`; // isolated: it reads from the left on every wall
}

function line(name: string, text: string): HTMLElement {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = text;
  return element;
}

/** Title, hashtags and how to take part: what an empty wall says instead of nothing. */
function invitation(wall: WallFace): HTMLElement {
  const words = wordsOf(wall.lang);
  const tags = (wall.hashtags ?? []).map((tag) => (tag.charAt(0) === "#" ? tag : `#${tag}`));
  const element = document.createElement("div");
  element.className = "invitation";
  element.append(line("title", wall.title));
  const how = document.createElement("div");
  how.className = "how";
  if (tags.length > 0) how.append(line("tags", tags.join(" ")));
  const join = tags.length > 0 ? fill(words.join, { tags: tags.join(" ") }) : words.waiting;
  how.append(line("say", `${words.empty} ${join}`), line("say", fill(words.or, { address: phoneAddress(wall.wall) })));
  element.append(how);
  return element;
}

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
  private readonly empty = document.createElement("section");
  private readonly cover = document.createElement("section");

  connectedCallback(): void {
    if (this.live) return;
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => this.open(), { once: true });
    } else {
      this.open();
    }
  }

  disconnectedCallback(): void {
    this.live?.stop();
    this.live = undefined;
  }

  private open(): void {
    const snapshot = pageSnapshot();
    if (!snapshot || this.live) return;
    this.snapshot = snapshot;
    const wall = snapshot.wall.wall;
    this.empty.className = "empty";
    this.cover.className = "cover";
    const posts = Array.from(this.querySelectorAll<HTMLElement>("[data-post-id]"));
    const leftovers = Array.from(this.childNodes).filter((node) => posts.indexOf(node as HTMLElement) < 0);
    this.formats = new Formats(this);
    this.dress(snapshot);
    this.mount(snapshot, posts);
    for (const node of leftovers) if (node.parentNode === this) node.parentNode.removeChild(node);
    this.append(this.empty, this.cover);
    this.formats.renew(snapshot);
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
      layout.adopt(posts, this.snapshot);
      this.layout = layout;
      old?.remove();
    };
    if (customElements.get(name)) place();
    else loadHalf(`/static/layouts/${id}.js`).then(place, () => (this.layoutId = ""));
  }

  private changed(snapshot: Snapshot, message: Message | undefined): void {
    this.snapshot = snapshot;
    if (message?.type === "hide") {
      this.layout?.hide(message.post, snapshot); // first of all: covered in this frame, whatever follows
      this.dress(snapshot);
      return;
    }
    this.dress(snapshot);
    if (message?.type === "show") this.layout?.show(message.card, snapshot);
    else if (message?.type === "format") this.formats?.renew(snapshot);
    else {
      this.mount(snapshot, []);
      this.layout?.renew(snapshot);
      this.formats?.renew(snapshot);
    }
  }

  /** The wall's own face: theme, language, panic, emptiness. */
  private dress(snapshot: Snapshot): void {
    const { wall } = snapshot;
    const root = document.documentElement;
    root.dataset["theme"] = wall.theme;
    root.dataset["scheme"] = wall.scheme;
    root.lang = wall.lang;
    root.dir = directionOf(wall.lang);
    document.title = wall.title;
    this.classList.toggle("panic", wall.panic === true);
    const bare = snapshot.cards.length === 0;
    if (bare) this.empty.replaceChildren(invitation(wall));
    this.classList.toggle("bare", bare);
    if (wall.panic) {
      this.cover.replaceChildren(line("title", wall.title), line("say", wordsOf(wall.lang).pause));
    }
  }

  private linked(up: boolean): void {
    this.dataset["link"] = up ? "up" : "cut";
  }

  private watchBox(): void {
    const tell = (): void => {
      const whole = measure(this);
      this.style.setProperty("--u", `${whole.u}px`);
      if (this.layout) this.layout.resize({ ...measure(this.layout), u: whole.u });
      this.formats?.resize(whole.u);
    };
    tell();
    const Observer = (self as { ResizeObserver?: typeof ResizeObserver }).ResizeObserver;
    if (Observer) new Observer(tell).observe(this);
    else addEventListener("resize", tell);
    const fonts = (document as { fonts?: FontFaceSet }).fonts;
    if (fonts) void fonts.ready.then(tell);
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
