// Another language comes into the open page: what was written, the chosen pictures and a vote stay. Nothing of it is
// stored or sent for that. Consent is asked anew, because its words are others. Without script the switch is a form.
import { readPage } from "./read";

export interface Spoken {
  /** False while the page may not change: something is on its way. */
  may(): boolean;
  taken(): void;
  failed(): void;
}

/** The switch changes the words of this page, and where it cannot be read says so and changes nothing. */
export function followLanguages(page: Spoken): void {
  let asked = 0;
  for (const button of Array.from(document.querySelectorAll<HTMLButtonElement>(".langs button"))) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      if (!page.may()) return;
      const mine = ++asked;
      void readPage(button.formAction).then(
        (other) => {
          if (mine !== asked || !page.may()) return;
          take(other, button.formAction);
          page.taken();
          document.querySelector<HTMLElement>(".langs [aria-current]")?.focus();
        },
        () => mine === asked && page.failed(),
      );
    });
  }
}

function take(other: Document, address: string): void {
  if (!other.querySelector("#post")) return location.assign(address); // the wall closed its door meanwhile
  const part = document.querySelector<HTMLElement>("main")!.dataset["now"] ?? "write";
  const root = document.documentElement;
  root.lang = other.documentElement.lang;
  root.dir = other.documentElement.dir;
  document.title = other.title;
  document.body.replaceChildren(...Array.from(other.body.childNodes));
  document.querySelector<HTMLElement>("main")!.dataset["now"] = part;
  history.replaceState(null, "", new URL(address).search + location.hash);
}
