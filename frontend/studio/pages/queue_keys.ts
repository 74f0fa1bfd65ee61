import { t } from "../words";
import type { QueueSeat } from "./queue_seat";

/** What a key does here; undefined when it means nothing in this view. `up`: the key was let go. */
export function doing(queue: QueueSeat, act: string, up: boolean): (() => void) | undefined {
  const clause = /^clause_(\d)$/.exec(act);
  if (clause) return () => void (queue.reason.given(Number(clause[1]), () => void queue.read()) || queue.decide("rejected", Number(clause[1])));
  const { view, desk } = queue;
  const waiting = (does: () => void): (() => void) | undefined => (view === "" ? does : undefined);
  const keys: Readonly<Record<string, (() => void) | undefined>> = {
    next: () => queue.step(1), previous: () => queue.step(-1),
    look: () => queue.look(desk.own.holdToLook ? !up : up ? queue.looking : !queue.looking),
    inspector: () => queue.unfold(), escape: queue.open ? () => queue.unfold() : undefined, undo: () => queue.back(),
    approve: view !== "approved" ? () => queue.decide("approved") : undefined,
    reject: view !== "rejected" ? () => queue.decide("rejected") : undefined,
    stash: view !== "hidden" ? () => queue.decide("hidden", 0, "stash") : undefined,
    hide: view === "approved" ? () => queue.decide("hidden") : undefined,
    without_media: () => queue.without(), pin: () => queue.does("pin"), feature: () => queue.does("feature"),
    trust: waiting(() => queue.trust()), block_wording: waiting(() => queue.block()),
    show_one: waiting(() => queue.showOne()), tick: waiting(() => queue.takeApart()),
    ask: waiting(() => { queue.step(1); desk.say({ text: t.toast.asked }); }),
  };
  return keys[act];
}
