import { DEFAULTS, type Card, type FormatFace, type Message, type Picks, type Snapshot, type WallFace } from "./wire";

/** How many cards the wall holds. */
export function capacityOf(wall: WallFace): number {
  return wall.capacity ?? DEFAULTS.WallFace.capacity;
}

// Sorting is stable only since Chromium 70: equal orders keep their place by number.
function newestFirst(cards: readonly Card[]): Card[] {
  return cards
    .map((card, place) => ({ card, place }))
    .sort((a, b) => b.card.order - a.card.order || a.place - b.place)
    .map(({ card }) => card);
}

function byId(formats: readonly FormatFace[]): FormatFace[] {
  return formats.slice().sort((a, b) => (a.format < b.format ? -1 : a.format > b.format ? 1 : 0));
}

// As the server writes it: what says nothing is left out.
function picksOf(pinned: readonly Card[], featured: Card | null | undefined, until_ms: number): Picks {
  return { ...(pinned.length && { pinned }), ...(featured && { featured }), ...(until_ms && { until_ms }) };
}

/** A card that is put forward and changed stands there as it is now. */
function asShown({ pinned = [], featured, until_ms = 0 }: Picks, card: Card): Picks {
  const renewed = pinned.map((held) => (held.post === card.post ? card : held));
  return picksOf(renewed, featured && featured.post === card.post ? card : featured, until_ms);
}

function without({ pinned = [], featured, until_ms = 0 }: Picks, post: string): Picks {
  const rest = pinned.filter((card) => card.post !== post);
  return featured && featured.post === post ? picksOf(rest, null, 0) : picksOf(rest, featured, until_ms);
}

/** The snapshot after one message: the same steps as `apply` in core/wire.py. */
export function apply(snapshot: Snapshot, message: Message, seq: number): Snapshot {
  let { cards, formats, picks = {}, wall } = snapshot;
  switch (message.type) {
    case "show": {
      const rest = cards.filter((card) => card.post !== message.card.post);
      cards = newestFirst(rest.concat(message.card)).slice(0, capacityOf(wall));
      picks = asShown(picks, message.card);
      break;
    }
    case "hide":
      cards = cards.filter((card) => card.post !== message.post);
      picks = without(picks, message.post);
      break;
    case "face":
      wall = message.wall;
      cards = cards.slice(0, capacityOf(wall));
      break;
    case "format": {
      const kept = formats.filter((face) => face.format !== message.face.format);
      formats = message.gone ? kept : byId(kept.concat(message.face));
      break;
    }
    case "picks":
      picks = message.picks;
      break;
  }
  return { seq: Math.max(seq, snapshot.seq), wall, cards, formats, picks };
}

/** The snapshot as layouts play it: what is pinned plays too, wherever the wall's capacity ends. */
export function withPinned(snapshot: Snapshot): Snapshot {
  const { pinned = [] } = snapshot.picks ?? {};
  const beyond = pinned.filter((held) => !snapshot.cards.some((card) => card.post === held.post));
  return beyond.length ? { ...snapshot, cards: snapshot.cards.concat(beyond) } : snapshot;
}
