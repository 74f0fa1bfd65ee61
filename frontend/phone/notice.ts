// The notice opens over the form, so that reading what consent means takes nothing of what was written. Without script,
// or in a browser that knows no dialog, its link leads to a page.
import { readPage } from "./read";
import { make } from "./told";

const OPEN = "#notice";

/** Every link to the notice opens it here. */
export function openNoticeHere(): void {
  if (typeof HTMLDialogElement === "undefined") return;
  for (const link of Array.from(document.querySelectorAll<HTMLAnchorElement>("a[href^='/notice/']"))) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void readPage(link.href).then(show, () => location.assign(link.href));
    });
  }
}

/** The phone's back key closes it, as it left the page before. */
function show(page: Document): void {
  const back = page.querySelector("header .round");
  const said = page.querySelector("main");
  if (!back || !said) throw new Error("no notice");
  const dialog = make("dialog", "notice", make("header", "bar", back), make("div", "leaf", ...Array.from(said.childNodes)));
  dialog.setAttribute("aria-label", dialog.querySelector("h1")?.textContent ?? "");
  for (const link of Array.from(dialog.querySelectorAll("a"))) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
  const left = (): void => dialog.close();
  dialog.addEventListener("close", () => {
    removeEventListener("popstate", left);
    dialog.remove();
    if (location.hash === OPEN) history.back();
  });
  document.body.append(dialog);
  history.pushState(null, "", OPEN);
  addEventListener("popstate", left);
  dialog.showModal();
  dialog.scrollTop = 0;
}
