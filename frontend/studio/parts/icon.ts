import { GLYPHS, ICONS } from "./icons";

export type IconName = keyof typeof ICONS;

const SVG = "http://www.w3.org/2000/svg";
const OWN: Readonly<Record<string, IconName>> = {
  phone: "smartphone", staff: "users", feed: "rss", rss: "rss", webhook: "webhook", json_api: "braces", web: "globe", mail: "mail", news: "newspaper",
};

function drawing(size: number): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["width", String(size)], ["height", String(size)], ["aria-hidden", "true"]] as const) svg.setAttribute(name, value);
  return svg;
}

function draw(name: string, size: number): SVGSVGElement {
  const svg = drawing(size);
  const glyph = name.startsWith("net:") ? GLYPHS[name.slice(4)] : undefined;
  if (glyph) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", glyph);
    svg.setAttribute("fill", "currentColor");
    svg.append(path);
    return svg;
  }
  const shapes = ICONS[(name.startsWith("net:") ? (OWN[name.slice(4)] ?? "globe") : name) as IconName] ?? ICONS.info;
  for (const [name, value] of [["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "1.75"], ["stroke-linecap", "round"], ["stroke-linejoin", "round"]] as const) svg.setAttribute(name, value);
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    svg.append(shape);
  }
  return svg;
}

/** `<parvis-icon name="inbox" size="16">`: drawn once, node by node. Decoration: the word stands beside it. */
class Icon extends HTMLElement {
  static observedAttributes = ["name", "size"];

  attributeChangedCallback(): void {
    if (this.isConnected) this.redraw();
  }

  connectedCallback(): void {
    this.redraw();
  }

  private redraw(): void {
    this.replaceChildren(draw(this.getAttribute("name") ?? "", Number(this.getAttribute("size") ?? 16)));
  }
}

customElements.define("parvis-icon", Icon);

/** Bricks and a lit window: our mark. */
class Mark extends HTMLElement {
  connectedCallback(): void {
    const svg = drawing(Number(this.getAttribute("size") ?? 24));
    const bricks: readonly (readonly [number, number, number, string])[] = [
      [1, 1, 10, ""], [12.6, 1, 10.4, ".55"], [1, 8.8, 5.4, ".55"], [8, 8.8, 8, "lit"], [17.6, 8.8, 5.4, ""], [1, 16.6, 10, ""], [12.6, 16.6, 10.4, ".55"],
    ];
    for (const [x, y, width, how] of bricks) {
      const brick = document.createElementNS(SVG, "rect");
      for (const [name, value] of [["x", x], ["y", y], ["width", width], ["height", 6.4], ["rx", 1.4]] as const) brick.setAttribute(name, String(value));
      brick.setAttribute("class", how === "lit" ? "lit" : "brick");
      if (how && how !== "lit") brick.setAttribute("opacity", how);
      svg.append(brick);
    }
    this.replaceChildren(svg);
  }
}

customElements.define("parvis-mark", Mark);
