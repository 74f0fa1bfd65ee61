import { after, type Cancel, Cells, drawPlate, fit, motif, type Plan, tagOf, timeOf, type WallFace } from "@parvis/kit";
import PLANS from "./plans.json";

const WAITS_MS = 300;

function untilNextMinute(): number {
  return 60_000 - (Date.now() % 60_000) + 50;
}

/** Slabs of unlike sizes, laid edge to edge like paving. */
class Masonry extends Cells {
  protected readonly plans = PLANS as unknown as readonly Plan[];
  private readonly brand = document.createElement("div");
  private readonly mini = document.createElement("div");
  private ticking: Cancel = () => undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ticking();
  }

  protected decorate(wall: WallFace, plan: Plan): void {
    this.brand.className = "cell brand";
    if (plan.brand) {
      this.lay(this.brand, plan.brand, plan);
      this.append(this.brand);
      drawPlate(this.brand, wall, this.box.u, plan.brand[4] === 0 || tagOf(wall) === "");
    }
    this.ticking();
    if (!plan.mini) return this.mini.remove();
    this.mini.className = "cell mini";
    this.lay(this.mini, plan.mini, plan);
    this.append(this.mini);
    if (plan.mini[4] === 0) this.tick(wall);
    else this.mini.replaceChildren(motif(wall.title, 0));
  }

  /** The hour: it changes once a minute, and nobody reads it for long. */
  private tick(wall: WallFace): void {
    const clock = document.createElement("p");
    clock.className = "display";
    clock.textContent = timeOf(Date.now(), wall.lang);
    const words = document.createElement("div");
    words.className = "clock words orbit";
    words.append(clock);
    this.mini.replaceChildren(words);
    fit(clock, words, this.box.u, 4);
    this.ticking = after(untilNextMinute(), () => this.turnClock(wall, clock));
  }

  /** Not while something moves: a new hour has to be laid out and painted. */
  private turnClock(wall: WallFace, clock: HTMLElement): void {
    if (this.querySelector(".arrives")) {
      this.ticking = after(WAITS_MS, () => this.turnClock(wall, clock));
      return;
    }
    const time = timeOf(Date.now(), wall.lang);
    if (time.length !== clock.textContent?.length) return this.tick(wall);
    clock.textContent = time;
    this.ticking = after(untilNextMinute(), () => this.turnClock(wall, clock));
  }
}

if (!customElements.get("parvis-layout-masonry")) customElements.define("parvis-layout-masonry", Masonry);
