// Where slabs stand: tables of modules, chosen by the box's own shape. They are data beside each layout (`plans.json`),
// because the server writes the first frame's places from the same table.
import type { Box } from "./layout";

/** Left, top, width, height in modules; the field; and what the place is best for: a picture or words. */
export type Place = readonly [left: number, top: number, width: number, height: number, field: number, kind?: string];

export interface Plan {
  readonly name: string;
  /** Only for this theme; for any when left out. */
  readonly theme?: string;
  /** Width by height of the box: from `least` to below `below`. */
  readonly least: number;
  readonly below: number;
  /** Only where the short side is below so many u: the box is a part of the screen. Such plans stand first. */
  readonly under?: number;
  /** Instead of the other plans, where no phone can take part. */
  readonly unreached?: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly cells: readonly Place[];
  readonly brand?: Place;
  readonly mini?: Place;
}

/** The plan for a box: the first whose shape, size and theme fit. */
export function planFor(plans: readonly Plan[], { width, height, u }: Box, theme: string, reached: boolean): Plan {
  const ratio = width / height;
  const short = Math.min(width, height) / u;
  const own = plans.filter((plan) => (plan.unreached ?? false) === !reached);
  const known = own.length > 0 ? own : plans;
  const shaped = known.filter((plan) => ratio >= plan.least && ratio < plan.below && short < (plan.under ?? Infinity));
  const themed = shaped.filter((plan) => !plan.theme || plan.theme === theme);
  return themed[0] ?? shaped[0] ?? plans[0]!;
}

/** Which places share an edge with place `at`. */
export function near(places: readonly Place[], at: number): number[] {
  const [left, top, width, height] = places[at]!;
  const touches = ([l, t, w, h]: Place): boolean => {
    const across = Math.min(left + width, l + w) - Math.max(left, l);
    const down = Math.min(top + height, t + h) - Math.max(top, t);
    return (across === 0 && down > 0) || (down === 0 && across > 0);
  };
  return places.map((place, one) => (one !== at && touches(place) ? one : -1)).filter((one) => one >= 0);
}

/** The plan seen from the other side: `turn` 1 upside down, 2 left to right, 3 both; the same neighbours. */
export function turned(plan: Plan, turn: number): Plan {
  const { columns, rows } = plan;
  const flip = (place: Place): Place => {
    const [left, top, width, height, ...rest] = place;
    const x = turn & 2 ? columns - left - width : left;
    const y = turn & 1 ? rows - top - height : top;
    return [x, y, width, height, ...rest] as unknown as Place;
  };
  const { brand, mini } = plan;
  return { ...plan, cells: plan.cells.map(flip), ...(brand ? { brand: flip(brand) } : {}), ...(mini ? { mini: flip(mini) } : {}) };
}
