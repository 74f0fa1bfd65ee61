import { after, type Cancel, type Card, type Layout, measure, type Snapshot } from "@parvis/kit";
import { serverNow } from "../kit/clock";
import { loadHalf } from "../kit/half";

const SPOTLIGHT = "parvis-layout-spotlight";
const LONGEST_MS = 3_600_000;

function alone(snapshot: Snapshot, card: Card): Snapshot {
  return { ...snapshot, cards: [card], picks: {} };
}

/**
 * The light that the team gives one post: it has the whole screen until its time is over. The wall plays on behind it.
 * `scene` covers the screen while one takes the other's place.
 */
export class Light {
  private readonly stage: HTMLElement;
  private readonly scene: (change: () => void) => void;
  private layout: Layout | undefined;
  private post = "";
  private end: Cancel = () => undefined;

  constructor(stage: HTMLElement, scene: (change: () => void) => void) {
    this.stage = stage;
    this.scene = scene;
  }

  /** Something changed: light up, go on, or go out. */
  renew(snapshot: Snapshot): void {
    const { featured, until_ms = 0 } = snapshot.picks ?? {};
    const left = featured ? Math.min(until_ms - serverNow(), LONGEST_MS) : 0;
    this.end();
    if (!featured || left <= 0) return this.out();
    this.end = after(left, () => this.out());
    if (this.post !== featured.post) this.lightUp(alone(snapshot, featured), featured.post);
    else this.layout?.renew(alone(snapshot, featured));
  }

  /** The post goes in this very frame. */
  hide(post: string): void {
    if (this.post !== post) return;
    this.end();
    this.post = "";
    this.remove();
  }

  /** The box has another size. */
  resize(): void {
    this.layout?.resize({ ...measure(this.layout), u: measure(this.stage).u });
  }

  private lightUp(snapshot: Snapshot, post: string): void {
    this.post = post;
    const place = (): void => {
      if (this.post !== post) return;
      this.remove();
      const layout = (this.layout = document.createElement(SPOTLIGHT) as Layout);
      layout.className = "layout light";
      this.stage.append(layout);
      this.resize();
      layout.adopt([], snapshot);
    };
    const enter = (): void => this.scene(place);
    if (customElements.get(SPOTLIGHT)) enter();
    else loadHalf("/static/layouts/spotlight.js").then(enter, () => (this.post = ""));
  }

  private out(): void {
    if (!this.post) return;
    this.post = "";
    this.scene(() => this.post || this.remove());
  }

  private remove(): void {
    this.layout?.remove();
    this.layout = undefined;
  }
}
