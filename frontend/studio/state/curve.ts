// The points of a line over time, in a box of 800 by 180 whose ground is at 170. Pure.
export type Point = readonly [number, number];

const WIDTH = 800;
const GROUND = 170;
const HEIGHT = 150;

/** One point for each value, rounded to a tenth; a single value is a level line. */
export function curve(values: readonly number[], most: number): readonly Point[] {
  const drawn = values.length === 1 ? [values[0]!, values[0]!] : values;
  const tenth = (n: number): number => Math.round(n * 10) / 10;
  return drawn.map((value, place) => [tenth((place / (drawn.length - 1)) * WIDTH), tenth(GROUND - (value / Math.max(1, most)) * HEIGHT)]);
}
