// The audience's pages. All of them work as plain forms and links; with script, posts survive a lost network, pictures
// are made lighter, formats answer in place, and the receipt tells by itself what happens.
import "../kit/old";
import * as kit from "../kit/phone";
import { followFormats } from "./formats";
import { flush, watch } from "./outbox";
import { openNoticeHere } from "./notice";
import "./phone.css";
import { followReceipt } from "./receipt";
import { offerSharing } from "./share";
import { hour, told } from "./told";
import { showLists } from "./waits";
import { Write } from "./write";

document.documentElement.classList.add("js");

/** The bar below changes parts without leaving the page. */
function openTabs(main: HTMLElement): void {
  const links = Array.from(document.querySelectorAll<HTMLAnchorElement>(".tabs a"));
  const show = (): void => {
    const asked = location.hash.slice(1);
    const found = links.filter((link) => link.dataset["tab"] === asked)[0];
    const now = found ? asked : (main.dataset["now"] ?? "write");
    main.dataset["now"] = now;
    for (const link of links) {
      if (link.dataset["tab"] === now) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (found) scrollTo(0, 0);
  };
  addEventListener("hashchange", show);
  show();
}

function open(): void {
  for (const time of Array.from(document.querySelectorAll<HTMLTimeElement>("time[datetime]"))) {
    time.textContent = hour(Date.parse(time.dateTime), time.dataset["seconds"] === "1");
  }
  const kind = document.body.dataset["page"];
  const main = document.querySelector<HTMLElement>("main");
  if (!main) return;
  if (kind === "phone") {
    openTabs(main);
    const form = document.querySelector<HTMLFormElement>("#post");
    const part = document.getElementById("write");
    const wall = told()?.wall ?? "";
    if (form && part) {
      new Write(form, () => void flush(wall));
      openNoticeHere();
      void showLists(wall, part);
      watch(wall);
    }
  } else if (kind === "receipt") followReceipt(main);
  else if (kind === "share") offerSharing();
  followFormats();
}

(window as unknown as { parvis: { kit: typeof kit } }).parvis = { kit };
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", open, { once: true });
else open();
