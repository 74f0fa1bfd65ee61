// The queue as a person works it: who is riskiest, what says the same, what is shown as one line. Pure.
import type { Queued, Verdict } from "./types";

export type Order = "risk" | "old" | "new";

export interface Line {
  readonly key: string;
  readonly items: readonly Queued[];
  readonly risk: number;
}

const WITHIN = 0.7; // so much of the shorter text stands in the longer
const APART = 0.8;
const BURST = 3;
const SHORTEST = 10;
const NEAR = 4; // so many earlier posts are looked at for each mark

export const verdictsOf = (item: Queued): readonly Verdict[] => item.verdicts ?? item.decision?.verdicts ?? [];

/** Whether nobody should see its pictures unasked: a check doubts it, its author warned, or it was refused. */
export const doubtful = (item: Queued): boolean =>
  item.placement.state === "rejected" || !!item.post.sensitivity?.flag || !!item.post.sensitivity?.spoiler || verdictsOf(item).some((one) => one.outcome !== "pass") || (item.post.media ?? []).some((one) => one.sensitive);

/** How risky, 0 to 1: what a rule would refuse is 1, what it holds at least .5. */
export function riskOf(item: Queued): number {
  let risk = 0;
  for (const one of verdictsOf(item)) {
    const least = one.outcome === "reject" ? 1 : one.outcome === "hold" ? 0.5 : 0;
    risk = Math.max(risk, least, one.outcome === "pass" ? 0 : (one.score ?? 0));
  }
  return Math.min(1, risk);
}

/** Letters and digits alone, with the usual disguises undone. */
export function plain(text: string): string {
  const signs: Readonly<Record<string, string>> = { "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", $: "s" };
  return text.normalize("NFKD").toLowerCase().replace(/[0134570@$]/g, (sign) => signs[sign] ?? sign).replace(/[^\p{L}\p{N}]/gu, "");
}

/** A text as the set of its groups of four letters, by hash. */
function grams(text: string): ReadonlySet<number> {
  const letters = plain(text);
  const found = new Set<number>();
  for (let at = 0; at + 4 <= letters.length; at++) {
    let hash = 2166136261;
    for (let step = 0; step < 4; step++) hash = Math.imul(hash ^ letters.charCodeAt(at + step), 16777619);
    found.add((hash ^ (hash >>> 13)) >>> 0);
  }
  return found;
}

function shared(one: ReadonlySet<number>, other: ReadonlySet<number>): number {
  const [few, many] = one.size < other.size ? [one, other] : [other, one];
  let both = 0;
  for (const gram of few) if (many.has(gram)) both++;
  return both;
}

/** How alike two texts are, 0 to 1. */
export function alike(one: string, other: string): number {
  const a = grams(one);
  const b = grams(other);
  return a.size + b.size ? (2 * shared(a, b)) / (a.size + b.size) : 1;
}

/** Whether a member of a burst says something else, and so stands apart. */
export const isApart = (first: Queued, other: Queued): boolean => alike(first.post.text, other.post.text) < APART;

interface Known {
  readonly key: string;
  readonly group: string;
  readonly grams: ReadonlySet<number>;
}

/** Which posts say the same. It remembers, so that a thousand that wait are compared once and not at each key. */
export class Bursts {
  private readonly known = new Map<string, Known>();
  private readonly byMark = new Map<number, Known[]>();

  /** The key of the first post that says the same; its own if none does. */
  groupOf(item: Queued): string {
    const { key, text } = item.post;
    const had = this.known.get(key);
    if (had) return had.group;
    const own = plain(text).length < SHORTEST ? new Set<number>() : grams(text);
    // One mark in eight is enough to meet: a text that stands within another has its marks there too.
    const marks = [...own].filter((gram) => own.size < 24 || gram % 8 === 0);
    const met = new Set<Known>();
    for (const mark of marks) for (const one of this.byMark.get(mark) ?? []) met.add(one);
    let group = key;
    for (const one of met) {
      if (shared(own, one.grams) < WITHIN * Math.min(own.size, one.grams.size)) continue;
      group = one.group;
      break;
    }
    const known = { key, group, grams: own };
    this.known.set(key, known);
    for (const mark of marks) {
      const there = this.byMark.get(mark);
      if (!there) this.byMark.set(mark, [known]);
      else if (there.length < NEAR) there.push(known);
    }
    return group;
  }
}

/** The lines of the list: with `bursts` one burst is one line; `apart` are keys taken out of theirs by hand. */
export function linesOf(items: readonly Queued[], order: Order, bursts?: Bursts, apart: ReadonlySet<string> = new Set()): readonly Line[] {
  const oldest = [...items].sort((a, b) => a.placement.order - b.placement.order);
  const lines: Line[] = [];
  const single = (item: Queued): void => void lines.push({ key: item.post.key, items: [item], risk: riskOf(item) });
  if (!bursts) oldest.forEach(single);
  else {
    const groups = new Map<string, Queued[]>();
    for (const item of oldest) {
      const group = apart.has(item.post.key) ? item.post.key : bursts.groupOf(item);
      const there = groups.get(group);
      if (there) there.push(item);
      else groups.set(group, [item]);
    }
    for (const members of groups.values()) {
      if (members.length < BURST) members.forEach(single);
      else lines.push({ key: members[0]!.post.key, items: members, risk: Math.max(0.5, ...members.map(riskOf)) });
    }
  }
  const at = (line: Line): number => line.items[0]!.placement.order;
  const steps = (risk: number): number => Math.round(risk * 100);
  return lines.sort((a, b) => (order === "risk" ? steps(b.risk) - steps(a.risk) || at(a) - at(b) : order === "old" ? at(a) - at(b) : at(b) - at(a)));
}
