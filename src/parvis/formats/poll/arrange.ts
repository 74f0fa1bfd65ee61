/** Sizes of figures and answers, as parts of the theme's own; the largest at which all of them have room is taken. */
const STEPS = [1, 0.86, 0.74, 0.64, 0.56];
/** Below this part of the tallest column, figure and answer rather stand on top of theirs. */
const LOW = 0.3;
/** The question takes this part of the poll at most, above columns and above rows. */
const HEAD = 0.45;
const HEAD_OF_ROWS = 0.3;
/** A column without votes shows where it would grow. */
const LEAST = 0.012;
/** Nobody reads smaller words from the back: part of the screen's short side. */
const READABLE = 0.0255;

/** Where a column's figure and answer stand: in it, on it, or nowhere whole. */
type Place = "in" | "on" | "";

/** Decides from the column's own height, the height above it, and what figure and answer need in it and on it; px. */
export function placeOf(part: number, inside: number, above: number, needIn: number, needOn: number): Place {
  const fitsIn = inside >= needIn;
  const fitsOn = above >= needOn;
  if (fitsIn && (part >= LOW || !fitsOn)) return "in";
  return fitsOn ? "on" : "";
}

/**
 * Sizes a poll's words and gives each answer's its place, so that none covers another and all can be read: in columns,
 * or where those are too narrow, in rows. `parts`: of the tallest column, or longest bar.
 */
export function arrange(poll: HTMLElement, parts: readonly number[]): void {
  const head = poll.querySelector<HTMLElement>(".poll-head");
  const room = poll.querySelector<HTMLElement>(".poll-columns");
  if (!head || !room) return;
  const columns = Array.from(room.querySelectorAll<HTMLElement>(".poll-column"));
  const growing = (upright: boolean): void => columns.forEach((column, at) => grow(column, parts[at] ?? 0, upright));
  growing(!poll.classList.contains("poll-rows")); // before anything is measured: what has just been drawn stands at once
  if (!poll.clientHeight) return;
  for (const column of columns) cut(column, 0);
  poll.classList.remove("poll-rows");
  sizeHead(poll, head, HEAD);
  const upright = inColumns(room, columns, parts);
  if (!upright) {
    poll.classList.add("poll-rows");
    sizeHead(poll, head, HEAD_OF_ROWS);
    inRows(room, columns);
  }
  growing(upright);
}

/** False when some words have no place whole at a size that can be read. */
function inColumns(room: HTMLElement, columns: readonly HTMLElement[], parts: readonly number[]): boolean {
  let places: readonly Place[] = [];
  const whole = sizedWords(room, () => {
    places = columns.map((column, at) => standing(column, parts[at] ?? 0, room.clientHeight));
    return places.every((place) => place) && columns.every(isWide);
  });
  columns.forEach((column, at) => column.classList.toggle("poll-low", places[at] === "on"));
  return whole;
}

/** Where there is no room for all the words even so, each answer has as many lines as there is room for. */
function inRows(room: HTMLElement, columns: readonly HTMLElement[]): void {
  for (const column of columns) column.classList.add("poll-low");
  if (sizedWords(room, () => room.scrollHeight <= room.clientHeight)) return;
  for (const column of columns) {
    const { paddingTop, paddingBottom } = getComputedStyle(column);
    cut(column, room.clientHeight / columns.length - parseFloat(paddingTop) - parseFloat(paddingBottom));
  }
}

/** Sets the largest figures and words that fit, none smaller than can be read on this screen; false when even those do not. */
function sizedWords(room: HTMLElement, fits: () => boolean): boolean {
  const set = (figures: number, words: number): void => {
    room.style.setProperty("--poll-figures", String(figures));
    room.style.setProperty("--poll-words", String(words));
  };
  set(1, 1);
  const screen = room.closest("parvis-stage") ?? document.documentElement;
  const least = READABLE * Math.min(screen.clientWidth, screen.clientHeight);
  const smallest = (what: string): number => {
    const one = room.querySelector<HTMLElement>(what);
    return one ? Math.min(1, least / parseFloat(getComputedStyle(one).fontSize)) : 1;
  };
  const [figure, word] = [smallest(".poll-figure small"), smallest(".poll-answer")];
  const steps = STEPS.filter((step) => step === 1 || step >= figure);
  return steps.some((step) => {
    set(step, Math.max(step, word));
    return fits();
  });
}

/** Sets the largest question that takes no more than this part of the poll. */
function sizeHead(poll: HTMLElement, head: HTMLElement, most: number): void {
  STEPS.some((step) => {
    poll.style.setProperty("--poll-head", String(step));
    return head.offsetHeight <= poll.clientHeight * most;
  });
}

function standing(column: HTMLElement, part: number, height: number): Place {
  const figure = column.querySelector<HTMLElement>(".poll-figure")!.offsetHeight;
  const foot = column.querySelector<HTMLElement>(".poll-foot")!;
  const pad = parseFloat(getComputedStyle(foot).paddingTop);
  const needOn = figure + foot.offsetHeight; // its padding is that of both
  return placeOf(part, part * height, (1 - part) * height, needOn + pad, needOn);
}

/** Whether the figure and each word of the answer stand in it unbroken. */
function isWide(column: HTMLElement): boolean {
  const words = Array.from(column.querySelectorAll<HTMLElement>(".poll-figure, .poll-answer"));
  return words.every((one) => one.scrollWidth <= one.clientWidth);
}

function grow(column: HTMLElement, part: number, upright: boolean): void {
  const long = Math.max(part, LEAST);
  column.querySelector<HTMLElement>(".poll-bar")!.style.transform = upright ? `scaleY(${long})` : `scaleX(${long})`;
  const lift = column.querySelector<HTMLElement>(".poll-lift")!;
  lift.style.transform = upright ? `translateY(${(1 - part) * 100}%)` : "none";
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
