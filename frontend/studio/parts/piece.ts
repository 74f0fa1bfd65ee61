import { LitElement } from "lit";
import type { Desk } from "../state/desk";

let desk: Desk | undefined;

/** Every piece of the studio looks at the same desk. */
export function seatAt(one: Desk): void {
  desk = one;
}

/** A piece that draws into the page itself (one style sheet for all) and draws anew when the desk says so. */
export class Piece extends LitElement {
  private deaf: (() => void) | undefined;

  get desk(): Desk {
    return desk!;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.deaf = this.desk.listen(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.deaf?.();
  }
}
