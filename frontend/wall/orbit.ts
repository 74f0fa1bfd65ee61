// No pixel shows the same for long: what stands still (brand, clock, code) goes round by whole pixels, too slow to see.
const STEP_MS = 20_000;
const PATH: readonly (readonly [x: number, y: number])[] = [
  [0, 0], [1, 0], [2, 1], [3, 2], [4, 3], [4, 4], [3, 4], [2, 4], [1, 3], [0, 2], [-1, 1], [-2, 0], [-3, -1], [-4, -2],
  [-4, -3], [-3, -4], [-2, -4], [-1, -3], [0, -2], [0, -1],
];

/** Starts the orbit of everything below `stage` that has the class `orbit`. */
export function orbit(stage: HTMLElement): void {
  let at = 0;
  setInterval(() => {
    at = (at + 1) % PATH.length;
    const [x, y] = PATH[at]!;
    for (const one of Array.from(stage.querySelectorAll<HTMLElement>(".orbit"))) {
      one.style.transform = `translate(${x}px, ${y}px)`;
    }
  }, STEP_MS);
}

const BRIGHT_MS = 30 * 60_000;
const BRIGHT = 0.8;

/** No light ground stands at full brightness for more than half an hour: it is dimmed for the next, then bright again. */
export function dim(stage: HTMLElement): void {
  const veil = document.createElement("div");
  veil.className = "veil";
  stage.append(veil);
  setInterval(() => {
    const isDim = !stage.classList.contains("dimmed") && brightness(stage) > BRIGHT;
    stage.classList.toggle("dimmed", isDim);
  }, BRIGHT_MS);
}

/** Of the ground, 0 to 1. */
function brightness(stage: HTMLElement): number {
  const parts = (getComputedStyle(stage).backgroundColor.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  return parts.length === 3 ? (0.2126 * parts[0]! + 0.7152 * parts[1]! + 0.0722 * parts[2]!) / 255 : 0;
}
