// The notice opens over the form, so that reading what consent means takes nothing of what was written. Without script,
// or in a browser that knows no dialog, its link leads to a page.
import { make } from "./told";

const OPEN = "#notice";

/** Every link to the notice opens it here. */
export function openNoticeHere(): void {
  if (typeof HTMLDialogElement === "undefined") return;
  for (const link of Array.from(document.querySelectorAll<HTMLAnchorElement>("a[href^='/notice/']"))) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void read(link.href).then(show, () => location.assign(link.href));
    });
  }
}

/** Read as a document by the browser itself: the page's policy lets no script make HTML of text. */
function read(url: string): Promise<Document> {
  return new Promise((done, failed) => {
    const ask = new XMLHttpRequest();
    ask.open("GET", url);
    ask.responseType = "document";
    ask.onload = () => (ask.status === 200 && ask.responseXML ? done(ask.responseXML) : failed(new Error(String(ask.status))));
    ask.onerror = () => failed(new Error("no answer"));
    ask.send();
  });
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
