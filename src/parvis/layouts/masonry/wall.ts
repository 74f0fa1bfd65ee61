import { after, type Cancel, Cells, fit, joinOf, motif, nameplate, type Place, type Plan, qr, tagOf, timeOf, type WallFace } from "@parvis/kit";
import PLANS from "./plans.json";

const NARROW = 6; // hundredths: less room than this, and the tag stands alone
const LEAST_QR = 13; // hundredths of the short side: smaller is read by no phone

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
      this.drawBrand(wall, plan.brand);
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

  private drawBrand(wall: WallFace, place: Place): void {
    const tag = tagOf(wall);
    const large = place[4] === 0 || tag === "";
    const inner = document.createElement("div");
    inner.className = "orbit plate";
    const title = nameplate(wall);
    const words = document.createElement("div");
    words.className = "words";
    const say = document.createElement("p");
    say.className = "display";
    say.dir = "auto";
    const column = document.createElement("div");
    column.className = "column";
    words.append(say);
    if (large) {
      say.append(...Array.from(title.childNodes));
      title.textContent = tag;
      title.classList.toggle("logoless", true);
      column.append(words, title);
    } else {
      say.textContent = tag;
      column.append(title, words);
    }
    inner.append(column);
    this.brand.replaceChildren(inner);
    this.addCode(wall, inner, column);
    if (!large && words.clientHeight < NARROW * this.box.u) title.remove();
    fitWords(say, words, this.box.u, large ? 5 : 4.6);
  }

  private addCode(wall: WallFace, inner: HTMLElement, column: HTMLElement): void {
    const { clientWidth: width, clientHeight: height } = inner;
    const wide = width > 2 * height;
    const size = wide ? height : height * 0.54;
    const code = size >= LEAST_QR * this.box.u ? qr(wall) : undefined;
    if (!code) return;
    code.style.width = code.style.height = `${Math.floor(size)}px`;
    const address = document.createElement("p");
    address.className = "join";
    address.dir = "ltr";
    address.textContent = joinOf().replace(/^https?:\/\//, "");
    column.append(address);
    inner.append(code);
    inner.classList.toggle("tight", !wide);
  }
}

function fitWords(say: HTMLElement, words: HTMLElement, u: number, top: number): void {
  say.classList.remove("breaks");
  if (fit(say, words, u, top)) return;
  say.classList.add("breaks");
  fit(say, words, u, top);
}

if (!customElements.get("parvis-layout-masonry")) customElements.define("parvis-layout-masonry", Masonry);
