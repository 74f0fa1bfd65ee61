// Type sizes: a perfect fourth from 2.6 % of the short side up, gone down in quarter steps until the words fit.

const SMALLEST_U = 2.6;
const RATIO = 4 / 3;

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
 * `u` is 1 % of the short side in px. Found by halving: six measures at most, not one a step.
 */
export function fit(words: HTMLElement, box: HTMLElement, u: number, top: number): boolean {
  const fits = (quarter: number): boolean => {
    words.style.fontSize = `${step(quarter / 4) * u}px`;
    return words.scrollHeight <= box.clientHeight && words.scrollWidth <= box.clientWidth;
  };
  let low = 0;
  let high = Math.round(top * 4);
  if (fits(high)) return true;
  if (!fits(low)) return false;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return fits(low);
}
