// The player's entry. The shims come first; then the kit stands where layouts and formats, classic scripts of their
// own, find it; the stage opens when they have registered (deferred scripts run before DOMContentLoaded).
import "../kit/old";
import * as kit from "@parvis/kit";
import "./stage";
import "./wall.css";

declare global {
  interface Window {
    parvis?: { kit: typeof kit };
  }
}

window.parvis = { kit };
