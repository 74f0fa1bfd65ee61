import type { TemplateResult } from "lit";
import type { Decision } from "../state/api";
import type { Desk } from "../state/desk";
import type { Line, Order } from "../state/line";
import type { Reason } from "./queue_reason";
import type { Queued, State, Why } from "../state/types";

/** What the pieces of the queue page know of the page: the page knows its pieces, and they know only this. */
export interface QueueSeat {
  readonly desk: Desk;
  readonly view: string;
  readonly items: readonly Queued[];
  readonly lines: readonly Line[];
  readonly line: Line | undefined;
  readonly chosen: string;
  readonly order: Order;
  /** The reasons lie open over a narrow page. */
  readonly open: boolean;
  /** The list is the server's, and not what was there before. */
  readonly ready: boolean;
  readonly looking: boolean;
  readonly unticked: Set<string>;
  readonly why: Why | "failed" | undefined;
  readonly reason: Reason;
  /** Until when the line in hand is this person's; 0 when it is nobody's. */
  readonly mine: number;
  requestUpdate(): void;
  read(): Promise<void>;
  ill(): TemplateResult | undefined;
  choose(key: string): void;
  step(by: number): void;
  back(): void;
  reorder(): void;
  unfold(): void;
  look(on: boolean): void;
  other(item: Queued): { readonly name: string; readonly until_ms: number } | undefined;
  decide(state: State, clause?: number, code?: string, only?: readonly Queued[], more?: Partial<Decision>): void;
  mayBare(item: Queued): boolean;
  bare(item: Queued): boolean;
  without(): void;
  pinned(item: Queued): boolean;
  does(kind: "pin" | "feature"): void;
  mayTrust(item: Queued): boolean;
  trust(): void;
  block(): void;
  showOne(): void;
  takeApart(): void;
}
