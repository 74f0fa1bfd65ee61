// Where slabs stand: tables of modules, chosen by the box's own shape. Fields never touch their own colour.

/** One slab's place: left, top, width, height in modules of `columns` × `rows`, and which of the four fields it has. */
export type Place = readonly [left: number, top: number, width: number, height: number, field: number];

export interface Plan {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  readonly cells: readonly Place[];
  readonly brand: Place;
}

const WIDE: Plan = {
  name: "wide",
  columns: 12,
  rows: 6,
  cells: [
    [0, 0, 5, 4, 1],
    [5, 0, 4, 3, 3],
    [9, 0, 3, 2, 2],
    [9, 2, 3, 2, 1],
    [0, 4, 5, 2, 3],
    [5, 3, 4, 3, 2],
  ],
  brand: [9, 4, 3, 2, 4],
};

const SQUARE: Plan = {
  name: "square",
  columns: 6,
  rows: 10,
  cells: [
    [0, 0, 6, 4, 1],
    [0, 4, 3, 4, 3],
    [3, 4, 3, 4, 2],
  ],
  brand: [0, 8, 6, 2, 4],
};

const TALL: Plan = {
  name: "tall",
  columns: 6,
  rows: 12,
  cells: [
    [0, 0, 6, 4, 1],
    [0, 4, 3, 3, 3],
    [3, 4, 3, 3, 2],
    [0, 7, 6, 3, 1],
  ],
  brand: [0, 10, 6, 2, 4],
};

const ALTERNATE = [1, 3, 2];

function row(length: number): Plan {
  const cells = Array.from({ length }, (_, at): Place => [at + 1, 0, 1, 1, ALTERNATE[at % 3]!]);
  return { name: `strip-${length}`, columns: length + 1, rows: 1, cells, brand: [0, 0, 1, 1, 4] };
}

function stack(length: number): Plan {
  const cells = Array.from({ length }, (_, at): Place => [0, at + 1, 1, 1, ALTERNATE[at % 3]!]);
  return { name: `stack-${length}`, columns: 1, rows: length + 1, cells, brand: [0, 0, 1, 1, 4] };
}

/** The plan for a box of `width` × `height` px. */
export function planFor(width: number, height: number): Plan {
  const ratio = height > 0 ? width / height : 16 / 9;
  if (ratio >= 3) return row(Math.max(2, Math.min(11, Math.round(ratio * 0.75) - 1)));
  if (ratio >= 1.25) return WIDE;
  if (ratio > 0.8) return SQUARE;
  if (ratio > 1 / 3) return TALL;
  return stack(Math.max(2, Math.min(11, Math.round(1.2 / ratio) - 1)));
}
