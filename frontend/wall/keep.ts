// The wall is never black. Where browsers allow it (HTTPS, loopback) a service worker keeps page, shell and pictures, so
// that a reload without a server shows what stood. Elsewhere the page is simply never reloaded while the server is away.
import { checkedScript } from "../kit/half";

const STALL_MS = 60_000;
const LOOK_MS = 10_000;
const GATHER_MS = 1_500;
const LONGEST_MS = 15_000;

/** Who registers service workers; a browser that denies storage throws at the question. */
function workers(): ServiceWorkerContainer | undefined {
  try {
    return (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  } catch {
    return undefined;
  }
}

/** Keeps what the page needs to come back without a server. */
export class Keeper {
  private worker: ServiceWorker | undefined;
  private timer = 0;
  private since = 0;

  start(): void {
    const container = workers();
    if (!container || !self.isSecureContext) return;
    container.register(checkedScript("/sw.js"), { scope: "/w/" }).then(
      () => container.ready.then((ready) => {
        this.worker = ready.active ?? undefined;
        this.changed();
      }),
      () => undefined, // not allowed here: the page stands as it is
    );
  }

  /** The wall changed: soon the kept page is fetched anew, also where it never stops changing. */
  changed(): void {
    const at = performance.now();
    if (this.timer) clearTimeout(this.timer);
    else this.since = at;
    const wait = Math.max(0, Math.min(GATHER_MS, this.since + LONGEST_MS - at));
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.tell({ keep: location.href, with: this.used() });
    }, wait);
  }

  /** The post is no more: what was kept of it goes at once, the page with it. */
  gone(post: string): void {
    this.tell({ drop: post, keep: location.href });
    this.changed();
  }

  private tell(what: Readonly<Record<string, unknown>>): void {
    this.worker?.postMessage(what);
  }

  /** Every file of ours that the page has used. */
  private used(): string[] {
    const names = performance.getEntriesByType("resource").map((entry) => entry.name);
    const pictures = Array.from(document.images, (image) => image.src);
    return names.concat(pictures).filter((name) => name.indexOf(location.origin) === 0 && !/\/(live|api)\//.test(name));
  }
}

/** Reloads a page whose frames have stopped for a minute, and only when the server answers. */
export function watch(): void {
  let frame = performance.now();
  const beat = (): void => {
    frame = performance.now();
    setTimeout(() => requestAnimationFrame(beat), 1000);
  };
  requestAnimationFrame(beat);
  setInterval(() => {
    if (document.hidden) frame = performance.now();
    else if (performance.now() - frame > STALL_MS) {
      frame = performance.now();
      void fetch("/healthz", { cache: "no-store" }).then((answer) => answer.ok && location.reload(), () => undefined);
    }
  }, LOOK_MS);
}
