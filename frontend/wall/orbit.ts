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
