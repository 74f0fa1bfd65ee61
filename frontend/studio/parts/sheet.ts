import type { PropertyValues } from "lit";
import { Piece } from "./piece";

/** A piece that lies above the page, as a real dialog: the browser keeps the focus in it and gives it back. */
export class Sheet extends Piece {
  protected override firstUpdated(_changed: PropertyValues): void {
    const dialog = this.querySelector("dialog");
    dialog?.addEventListener("close", () => this.isConnected && this.shut()); // told late: another may be open by then
    dialog?.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    dialog?.showModal();
  }

  /** Closes at once: the key pressed next finds it gone. */
  protected leave(): void {
    this.querySelector("dialog")?.close();
    this.shut();
  }

  protected shut(): void {
    dispatchEvent(new CustomEvent("parvis-over", { detail: "" }));
  }
}
