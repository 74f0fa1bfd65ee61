// The brand as a field: what stands where no post does. Drawn in the look's own colours, so a change of look redraws it.

const SVG = "http://www.w3.org/2000/svg";

type Attributes = Readonly<Record<string, string | number>>;

export function svgPart(name: string, attributes: Attributes, ...children: Node[]): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const key of Object.keys(attributes)) element.setAttribute(key, String(attributes[key]));
  for (const child of children) element.appendChild(child);
  return element;
}

function drawing(fit: string, ...children: Node[]): SVGElement {
  return svgPart("svg", { viewBox: "0 0 400 400", preserveAspectRatio: fit, class: "motif", "aria-hidden": "true" }, ...children);
}

function path(d: string, paint: Attributes): SVGElement {
  return svgPart("path", { d, ...paint });
}

/** Streams that merge in quarter circles. */
function streams(wide: boolean): SVGElement {
  const lines = ["var(--f1)", "var(--f2)", "var(--lane)"].map((stroke, at) => {
    const [x, r] = [92 + at * 46, 200 - at * 46];
    return path(`M${x} -600 V108 A${r} ${r} 0 0 0 292 ${108 + r} H1200`, { stroke, fill: "none", "stroke-width": 46.5 });
  });
  const ground = svgPart("rect", { x: -800, y: -800, width: 2000, height: 2000, fill: "var(--f3)" });
  return drawing(wide ? "xMinYMid meet" : "xMidYMid slice", ground, ...lines);
}

function waves(y: number, fill: string): SVGElement {
  return path(`M-200 ${y} q50 -46 100 0 t100 0 t100 0 t100 0 t100 0 t100 0 t100 0 t100 0 V420 H-200Z`, { fill });
}

/** A sun over the river, or the arches of its bridges, cut from paper. */
function paper(turn: number): SVGElement {
  if (turn % 2 === 0) {
    return drawing(
      "xMidYMax slice",
      svgPart("rect", { x: -200, width: 800, height: 400, fill: "var(--f2)" }),
      svgPart("circle", { cx: 200, cy: 170, r: 112, fill: "var(--f1)" }),
      waves(270, "var(--f3)"),
      waves(325, "var(--f4)"),
    );
  }
  const arches = [0, 1, 2, 3].map((at) =>
    path(`M${-60 + at * 150} 400 v-150 a75 75 0 0 1 150 0 v150 h-34 v-150 a41 41 0 0 0 -82 0 v150Z`, {
      fill: ["var(--o1)", "var(--f2)", "var(--o1)", "var(--f3)"][at]!,
    }),
  );
  const sky = svgPart("rect", { width: 400, height: 400, fill: "var(--f4)" });
  return drawing("xMidYMax slice", sky, ...arches, svgPart("circle", { cx: 318, cy: 86, r: 52, fill: "var(--f1)" }));
}

/** One letter, larger than its cell. */
function letter(title: string): HTMLElement {
  const element = document.createElement("div");
  element.className = "motif letter";
  element.setAttribute("aria-hidden", "true");
  element.dataset["letter"] = Array.from(title.trim())[0] ?? "";
  return element;
}

/** The motif of the look that stands on the page; `turn` varies it from cell to cell, `wide` is for a whole screen. */
export function motif(title: string, turn = 0, wide = false): Element {
  const kind = document.documentElement.dataset["motif"];
  if (kind === "letter") return letter(title);
  return kind === "paper" ? paper(turn) : streams(wide);
}
