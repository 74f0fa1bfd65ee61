// A page that runs for weeks is renewed at night, and soon after an upgrade; only while the server gives the very page, for
// a wall over plain http has nothing to come back with.
import { after, jitter, now } from "../kit/clock";

const NIGHT_HOUR = 4;
const OLD_MS = 12 * 3600_000;
const LOOK_MS = 60_000;
const SOON_MS = 20_000;
const MOST_TIMES = 3;
const KEPT = "parvis-renewed";

/** Whether the server gives this page, and not a captive portal one of its own. */
async function isThere(): Promise<boolean> {
  try {
    // `/healthz` first: a page that a service worker kept is no sign of a server.
    const alive = await fetch("/healthz", { cache: "no-store", credentials: "omit" });
    if (!alive.ok || alive.redirected) return false;
    const page = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
    return page.ok && !page.redirected && (await page.text()).indexOf("<parvis-stage") >= 0;
  } catch {
    return false;
  }
}

/** Renews the page under `stage` when it is time and the server is there; asked again later when it is not. */
export function renewing(stage: HTMLElement): void {
  let busy = false;
  const renew = (because: string): void => {
    if (busy || timesFor(because) >= MOST_TIMES) return;
    busy = true;
    after(jitter(SOON_MS), () => {
      const asked = stage.dataset["link"] === "up" ? isThere() : Promise.resolve(false);
      void asked.then((there) => {
        busy = false;
        if (!there) return;
        note(because);
        location.reload();
      });
    });
  };
  setInterval(() => {
    if (now() > OLD_MS && new Date().getHours() === NIGHT_HOUR) renew("night");
  }, LOOK_MS);
  // Told again with each report until the page has it.
  stage.addEventListener("parvis-upgrade", (event) => renew(String((event as CustomEvent<string>).detail)));
}

function kept(): [because: string, times: number] {
  const [because = "", times = "0"] = (sessionStorage.getItem(KEPT) ?? "").split(" ");
  return [because, Number(times)];
}

/** How often this tab was renewed for that reason: a version that never comes is not run after. */
function timesFor(because: string): number {
  try {
    const [last, times] = kept();
    return last === because && because !== "night" ? times : 0;
  } catch {
    return MOST_TIMES; // a browser that keeps nothing could not tell
  }
}

function note(because: string): void {
  sessionStorage.setItem(KEPT, `${because} ${timesFor(because) + 1}`);
}
