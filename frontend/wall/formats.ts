import { joinOf, measure, qr, type FormatFace, type Snapshot, type WallFace, type WallFormat } from "@parvis/kit";
import { loadHalf } from "../kit/half";

const QR = 13; // hundredths of the short side: smaller is read by no phone
const LEAST_PX = 48; // nor is a code of so few pixels, on a ticker

/** What the formats need of the stage. */
interface Room extends HTMLElement {
  share(taken: boolean): void;
}

/** The wall halves of the formats that stand on the wall, in their part of the screen; the posts keep the rest. */
export class Formats {
  private readonly room: Room;
  private readonly part = document.createElement("section");
  private readonly standing: Record<string, WallFormat> = {};
  private faces: readonly FormatFace[] = [];
  private lang = "";
  private readonly ask = document.createElement("div");
  private wall: WallFace | undefined;

  constructor(room: Room) {
    this.room = room;
    this.part.className = "formats";
    this.ask.className = "ask orbit";
  }

  renew(snapshot: Snapshot): void {
    this.faces = snapshot.formats;
    this.lang = snapshot.wall.lang;
    this.wall = snapshot.wall;
    for (const id of Object.keys(this.standing)) {
      if (this.faces.some((face) => face.format === id)) continue;
      this.standing[id]?.remove();
      delete this.standing[id];
    }
    for (const face of this.faces) this.draw(face);
    this.settle();
  }

  /** Whoever is to take part must be told where: here, unless the layout says so already. */
  private sign(u: number): void {
    const join = joinOf();
    const asks = this.wall !== undefined && join !== "" && !this.room.querySelector(".layout .qr");
    this.part.classList.toggle("asks", asks);
    if (!asks) return this.ask.remove();
    if (this.ask.dataset["join"] !== join || !this.ask.parentNode) {
      this.ask.dataset["join"] = join;
      const address = document.createElement("p");
      address.dir = "ltr";
      address.textContent = join.replace(/^https?:\/\//, "");
      const code = qr(this.wall!);
      this.ask.replaceChildren(...(code ? [code, address] : [address]));
      this.part.append(this.ask);
    }
    this.part.classList.toggle("coded", QR * u >= LEAST_PX);
  }

  resize(u: number): void {
    this.sign(u);
    for (const id of Object.keys(this.standing)) this.standing[id]?.resized(u);
  }

  private draw(face: FormatFace): void {
    const name = `parvis-${face.plugin}-wall`;
    if (!customElements.get(name)) {
      loadHalf(`/static/formats/${face.plugin}.js`).then(
        () => {
          const newest = this.faces.filter((one) => one.format === face.format)[0];
          if (newest && customElements.get(name)) this.draw(newest);
          this.settle();
        },
        () => undefined, // the posts keep the whole screen; the next change asks again
      );
      return;
    }
    let element = this.standing[face.format];
    if (!element) {
      element = document.createElement(name) as WallFormat;
      element.dataset["format"] = face.format;
      element.className = "format";
      this.standing[face.format] = element;
      this.part.append(element);
    }
    element.lang = this.lang;
    element.face = face;
  }

  private settle(): void {
    const taken = Object.keys(this.standing).length > 0;
    if (taken && !this.part.parentNode) this.room.append(this.part);
    if (!taken) this.part.remove();
    this.room.share(taken);
    if (taken) this.resize(measure(this.room).u);
  }
}
