import { addressLine, fit, isCalm, isMirrored, joinOf, nameplate, qr, tagOf, type WallFace } from "@parvis/kit";

const COVER_MS = 640;
const FADE_MS = 160;
const BROAD = 1.7; // width by height from which the address stands beside the code, not below it
const GAP = 0.12; // of the code, between it and its address
const CAPTION = 0.17; // of the code: letters below it are no larger

/** The brand's block at the head of a ticker: its name and, in its turn, the way to join. */
export class Block {
  readonly element = document.createElement("div");

  constructor() {
    this.element.className = "block";
    this.element.dataset["field"] = "4";
  }

  /** How many faces it has. */
  get faces(): number {
    return this.element.children.length;
  }

  /** Draws it anew, its name in front. `u`: a hundredth of what its type is measured by; `most`: the largest code, px. */
  draw(wall: WallFace, u: number, most: number): void {
    const name = tagOf(wall);
    const line = name && !wall.look?.logo ? document.createElement("p") : nameplate(wall);
    if (name && !wall.look?.logo) line.textContent = name;
    line.dir = "auto"; // a Latin tag keeps its # on its own side
    const said = face(line);
    this.element.replaceChildren(said);
    if (!fit(line, said.firstElementChild as HTMLElement, u, 2)) line.classList.add("breaks");
    if (joinOf()) this.invite(wall, u, most);
  }

  /** The other face covers this one; gives how long that takes, ms. */
  turn(): number {
    const [front, back] = Array.from(this.element.children).reverse() as HTMLElement[];
    if (!front || !back) return 0;
    front.classList.remove("comes");
    this.element.append(back);
    back.classList.remove("away");
    back.classList.add("comes");
    const ms = isCalm() ? FADE_MS : COVER_MS;
    back.addEventListener("animationend", () => front.classList.toggle("away", front.nextSibling !== null), { once: true });
    return ms;
  }

  /** The code as large as it may be, its address below it or beside it; without room for a code, the address alone. */
  private invite(wall: WallFace, u: number, most: number): void {
    const address = addressLine();
    const asks = face(address);
    asks.classList.add("away");
    this.element.insertBefore(asks, this.element.firstChild);
    const inner = asks.firstElementChild as HTMLElement;
    inner.classList.add("joins");
    const { clientWidth: width, clientHeight: height } = inner;
    const beside = width > BROAD * height;
    inner.classList.toggle("below", !beside);
    address.style.fontSize = `${Math.min(2.6 * u, CAPTION * most)}px`;
    address.classList.toggle("breaks", !beside);
    const below = beside ? 0 : address.offsetHeight;
    const size = Math.floor(Math.min(most, height - below * (1 + GAP), beside ? width / 2 : width));
    const code = qr(wall);
    if (code) {
      code.style.width = code.style.height = `${size}px`;
      const gap = `${Math.round(GAP * (beside ? size : below))}px`;
      code.style.margin = !beside ? `0 0 ${gap}` : isMirrored() ? `0 0 0 ${gap}` : `0 ${gap} 0 0`;
      inner.insertBefore(code, address);
    }
    if (!beside) return;
    const room = document.createElement("div");
    room.className = "address";
    inner.replaceChild(room, address);
    room.append(address);
    if (!fit(address, room, u, 1)) address.classList.add("breaks");
  }
}

function face(...children: HTMLElement[]): HTMLElement {
  const inner = document.createElement("div");
  inner.className = "orbit words";
  inner.append(...children);
  const whole = document.createElement("div");
  whole.className = "face";
  whole.append(inner);
  return whole;
}
