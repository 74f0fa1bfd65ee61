/** Sizes of figures and answers, as parts of the theme's own; the largest at which all columns hold theirs is taken. */
const STEPS = [1, 0.86, 0.74, 0.64, 0.56];
/** Below this part of the tallest column, figure and answer rather stand on top of theirs. */
const LOW = 0.3;
/** The question takes this part of the poll at most. */
const HEAD = 0.45;

/** Where a column's figure and answer stand: in it, on it, or nowhere whole. */
type Place = "in" | "on" | "";

/** Decides from the column's own height, the height above it, and what figure and answer need in it and on it; px. */
export function placeOf(part: number, inside: number, above: number, needIn: number, needOn: number): Place {
  const fitsIn = inside >= needIn;
  const fitsOn = above >= needOn;
  if (fitsIn && (part >= LOW || !fitsOn)) return "in";
  return fitsOn ? "on" : "";
}

interface Measured {
  readonly inside: number;
  readonly above: number;
  readonly figure: number;
  readonly pad: number;
  readonly place: Place;
}

/** Sizes a poll's words and gives each column's its place, so that none covers another. `parts`: of the tallest column. */
export function arrange(poll: HTMLElement, parts: readonly number[]): void {
  const head = poll.querySelector<HTMLElement>(".poll-head");
  const room = poll.querySelector<HTMLElement>(".poll-columns");
  if (!head || !room || !poll.clientHeight) return;
  sized(poll, "--poll-head", () => head.offsetHeight <= poll.clientHeight * HEAD);
  const columns = Array.from(room.querySelectorAll<HTMLElement>(".poll-column"));
  for (const column of columns) cut(column, 0);
  let found: readonly Measured[] = [];
  const whole = sized(room, "--poll-words", () => {
    found = columns.map((column, at) => measure(column, parts[at] ?? 0, room.clientHeight));
    return found.every((one) => one.place) && columns.every(isWide);
  });
  columns.forEach((column, at) => {
    const { inside, above, figure, pad, place } = found[at]!;
    const on = place ? place === "on" : above > inside;
    column.classList.toggle("poll-low", on);
    if (!whole) cut(column, Math.max(inside, above) - figure - 3 * pad);
  });
}

/** Tries the steps from the largest down; false when even at the smallest it does not fit. */
function sized(element: HTMLElement, name: string, fits: () => boolean): boolean {
  return STEPS.some((step) => {
    element.style.setProperty(name, String(step));
    return fits();
  });
}

function measure(column: HTMLElement, part: number, height: number): Measured {
  const figure = column.querySelector<HTMLElement>(".poll-figure")!.offsetHeight;
  const foot = column.querySelector<HTMLElement>(".poll-foot")!;
  const pad = parseFloat(getComputedStyle(foot).paddingTop);
  const inside = part * height;
  const above = height - inside;
  const needOn = figure + foot.offsetHeight; // its padding is that of both
  return { inside, above, figure, pad, place: placeOf(part, inside, above, needOn + pad, needOn) };
}

function isWide(column: HTMLElement): boolean {
  const figure = column.querySelector<HTMLElement>(".poll-figure")!;
  return figure.scrollWidth <= figure.clientWidth;
}

/** Shows as many lines of the answer as `height` holds, one at least; all of them for 0. */
function cut(column: HTMLElement, height: number): void {
  for (const answer of Array.from(column.querySelectorAll<HTMLElement>(".poll-answer"))) {
    const line = parseFloat(getComputedStyle(answer).lineHeight);
    const lines = Math.max(1, Math.floor(height / line));
    answer.classList.toggle("poll-cut", height > 0);
    answer.style.webkitLineClamp = height > 0 ? String(lines) : "";
  }
}
