// The audience's pages. All of them work as plain forms and links; with script, posts survive a lost network, pictures
// are made lighter, formats answer in place, and the receipt tells by itself what happens.
import "../kit/old";
import * as kit from "../kit/phone";
import { followFormats, settleFormats } from "./formats";
import { followLanguages } from "./language";
import { again, watch } from "./outbox";
import { openNoticeHere } from "./notice";
import "./phone.css";
import { followReceipt } from "./receipt";
import { offerSharing } from "./share";
import { hour, say, tellAnew, told } from "./told";
import { renewLists, showLists } from "./waits";
import { Write, type Draft } from "./write";

document.documentElement.classList.add("js");

/** The bar below changes parts without leaving the page. */
function showPart(): void {
  const main = document.querySelector<HTMLElement>("main");
  if (!main) return;
  const links = Array.from(document.querySelectorAll<HTMLAnchorElement>(".tabs a"));
  const asked = location.hash.slice(1);
  const found = links.filter((link) => link.dataset["tab"] === asked)[0];
  const now = found ? asked : (main.dataset["now"] ?? "write");
  main.dataset["now"] = now;
  for (const link of links) {
    if (link.dataset["tab"] === now) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (found) scrollTo(0, 0);
}

/** The form and its lists, in the words that the page has now. */
function openForm(wall: string, draft?: Draft): void {
  const form = document.querySelector<HTMLFormElement>("#post");
  const part = document.getElementById("write");
  if (!form || !part) return;
  const write = new Write(form, () => again(wall), draft);
  openNoticeHere();
  void showLists(wall, part);
  followLanguages({
    may: () => !write.busy,
    failed: () => write.say(say("language_no")),
    taken: () => {
      tellAnew();
      showPart();
      openForm(wall, write.draft);
      settleFormats();
    },
  });
}

function openPhone(): void {
  showPart();
  addEventListener("hashchange", showPart);
  if (!document.querySelector("#post")) return;
  const wall = told()?.wall ?? "";
  openForm(wall);
  renewLists(wall);
  watch(wall);
}

function open(): void {
  for (const time of Array.from(document.querySelectorAll<HTMLTimeElement>("time[datetime]"))) {
    time.textContent = hour(Date.parse(time.dateTime), time.dataset["seconds"] === "1");
  }
  const kind = document.body.dataset["page"];
  const main = document.querySelector<HTMLElement>("main");
  if (!main) return;
  if (kind === "phone") openPhone();
  else if (kind === "receipt") followReceipt(main);
  else if (kind === "share") offerSharing();
  followFormats();
}

(window as unknown as { parvis: { kit: typeof kit } }).parvis = { kit };
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", open, { once: true });
else open();
