// Type sizes: a perfect fourth from 2.6 % of the short side up, gone down in quarter steps until the words fit.

import { after, type Cancel, now } from "./clock";

const PIECE_MS = 6;
const SMALLEST_U = 2.6;
const RATIO = 4 / 3;

/** Work that can be done in pieces: it rests wherever another task may come between. */
export type Rests<Answer> = Generator<undefined, Answer, undefined>;

/** The answer, at once. */
export function whole<Answer>(work: Rests<Answer>): Answer {
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}

/** The answer in pieces of a few ms, each a task of its own: a slow screen goes on moving what moves. */
export function inPieces<Answer>(work: Rests<Answer>, done: (answer: Answer) => void): Cancel {
  let cancel: Cancel = () => undefined;
  const next = (): void => {
    const until = now() + PIECE_MS;
    let piece = work.next();
    while (!piece.done && now() < until) piece = work.next();
    const answer = piece.done ? piece.value : undefined;
    cancel = after(0, () => (answer === undefined ? next() : done(answer)));
  };
  cancel = after(0, next);
  return () => cancel();
}

/** Step `n` of the type scale, in units of 1 % of the short side. */
export function step(n: number): number {
  return SMALLEST_U * Math.pow(RATIO, n);
}

/** Narrows a box to the words in it: a balanced text leaves room at its side. */
export function shrink(box: HTMLElement, words: HTMLElement): void {
  const range = document.createRange();
  range.selectNodeContents(words);
  box.style.width = `${Math.ceil(range.getBoundingClientRect().width) + 2}px`;
}

/**
 * Sets the largest size at which `words` fits its box, from `top` down; false when even the smallest is too large.
 * `u` is 1 % of the short side in px. Each measure lays the words out: the first says about where the answer is, for
 * words need room as the square of their size. Balanced lines are as many as plain ones and cost more: measured plain.
 */
export function fit(words: HTMLElement, box: HTMLElement, u: number, top: number): boolean {
  return whole(fitting(words, box, u, top));
}

/** What `fit` does, with a rest after each measure. */
export function* fitting(words: HTMLElement, box: HTMLElement, u: number, top: number): Rests<boolean> {
  const { clientHeight: height, clientWidth: width } = box;
  let needs = 1;
  const set = (quarter: number): void => void (words.style.fontSize = `${step(quarter / 4) * u}px`);
  const fits = (quarter: number): boolean => {
    set(quarter);
    needs = words.scrollHeight / Math.max(1, height);
    return needs <= 1 && words.scrollWidth <= width;
  };
  words.style.setProperty("text-wrap-style", "auto");
  const largest = Math.round(top * 4);
  const found = fits(largest) ? largest : yield* below(largest, (2 * Math.log(needs)) / Math.log(RATIO), fits);
  words.style.removeProperty("text-wrap-style");
  set(Math.max(0, found));
  return found >= 0;
}

/** The largest whole number below `top` that fits, -1 when none does: in growing strides from the guess, then halving. */
function* below(top: number, guess: number, fits: (quarter: number) => boolean): Rests<number> {
  let [low, high, stride] = [-1, top, 1];
  let at = top - Math.ceil(guess);
  while (high - low > 1) {
    yield;
    at = Math.min(high - 1, Math.max(low + 1, at));
    if (fits(at)) low = at;
    else high = at;
    at = low < 0 ? high - stride : high === top ? low + stride : (low + high) >> 1;
    stride *= 2;
  }
  return low;
}
