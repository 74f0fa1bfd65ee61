import { type Box, type Card, type Cell, Cells, drawPlate, nameplate, type Plan, shows, tagOf, type WallFace } from "@parvis/kit";
import PLANS from "./plans.json";

const SHOUT = 8.9; // step of the type scale: a third of the short side
const LONG = 90; // more signs than this stand beside the picture, not over it

/** One post at a time fills the wall: words as a poster, a picture with its words on a field, or the two side by side. */
class Spotlight extends Cells {
  protected readonly plans = PLANS as unknown as readonly Plan[];
  private readonly brand = document.createElement("div");
  protected override top = SHOUT;
  protected override pace(): number {
    return 0; // the next comes when this one has been read
  }

  override resize(box: Box): void {
    this.classList.toggle("upright", box.width < 0.8 * box.height);
    this.classList.toggle("low", box.width > 4 * box.height);
    super.resize(box);
  }

  protected override choose(cell: Cell, card: Card): void {
    this.form(cell.element, card);
  }

  /** A long text takes its own half; a short one lies on the picture. */
  private form(element: HTMLElement, card: Card): void {
    const ratio = this.box.width / Math.max(1, this.box.height);
    element.classList.toggle("half", shows(card) && (card.text.length > LONG || ratio < 0.8 || ratio > 2.6));
  }

  protected decorate(wall: WallFace, plan: Plan): void {
    this.classList.toggle("plated", plan.brand !== undefined);
    if (plan.brand) {
      this.brand.className = "cell brand";
      this.lay(this.brand, plan.brand, plan);
      this.append(this.brand);
      drawPlate(this.brand, wall, this.box.u, tagOf(wall) === "" || Boolean(wall.look?.logo));
    }
    for (const cell of this.cells) if (cell.card) this.form(cell.element, cell.card);
  }

  /** The tag, where no bar says it: in the corner opposite the words. */
  protected override furnish(slab: HTMLElement): void {
    if (this.plan?.brand) return; // it stands in the bar
    const wall = this.snapshot!.wall;
    const name = tagOf(wall);
    const line = name && !wall.look?.logo ? document.createElement("p") : nameplate(wall);
    if (name && !wall.look?.logo) line.textContent = name;
    line.dir = "auto"; // a Latin tag keeps its # on its own side
    line.classList.add("corner");
    slab.append(line);
  }
}

if (!customElements.get("parvis-layout-spotlight")) customElements.define("parvis-layout-spotlight", Spotlight);
