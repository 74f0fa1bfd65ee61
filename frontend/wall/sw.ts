/// <reference lib="webworker" />
// Keeps the wall across a reload without a server. What is versioned comes from here first; the page and its pictures
// come from the server while it answers. A post that is taken off the wall is forgotten here in the same moment.
export {};

const scope = self as unknown as ServiceWorkerGlobalScope;
const STORE = "parvis-wall-1";
const PATIENCE_MS = 4000;
const MOST_PICTURES = 120;

interface Told {
  readonly keep?: string;
  readonly with?: readonly string[];
  readonly drop?: string;
}

const bare = (address: string): string => address.split("#")[0]!;

function versioned(url: URL): boolean {
  return url.pathname.indexOf("/static/") === 0 && url.searchParams.has("v");
}

function ours(url: URL): boolean {
  return url.origin === location.origin && /^\/(w|static|look|media|qr)\//.test(url.pathname);
}

async function fromServer(request: Request | string, store: Cache): Promise<Response> {
  const late = new Promise<never>((_, fail) => setTimeout(() => fail(new Error("late")), PATIENCE_MS));
  const answer = await Promise.race([fetch(request), late]);
  // A captive portal answers too, from elsewhere: only what is ours is kept.
  if (answer.ok && !answer.redirected && answer.type === "basic") {
    await store.put(bare(typeof request === "string" ? request : request.url), answer.clone());
  } else if (answer.status === 404 || answer.status === 410) {
    await store.delete(bare(typeof request === "string" ? request : request.url));
  }
  return answer;
}

async function answer(request: Request): Promise<Response> {
  const store = await caches.open(STORE);
  const held = await store.match(bare(request.url));
  if (held && versioned(new URL(request.url))) return held;
  try {
    const fresh = await fromServer(request, store);
    return fresh.status >= 500 && held ? held : fresh;
  } catch (error) {
    if (held) return held;
    throw error;
  }
}

/** The pictures that were kept first go first. */
async function bound(store: Cache): Promise<void> {
  const kept = (await store.keys()).filter((one) => new URL(one.url).pathname.indexOf("/media/") === 0);
  await Promise.all(kept.slice(0, Math.max(0, kept.length - MOST_PICTURES)).map((one) => store.delete(one)));
}

async function hear({ keep, drop, ...more }: Told): Promise<void> {
  const store = await caches.open(STORE);
  if (drop) {
    if (keep) await store.delete(bare(keep));
    const mine = (await store.keys()).filter((one) => new URL(one.url).searchParams.get("post") === drop);
    await Promise.all(mine.map((one) => store.delete(one)));
  }
  if (!keep || !more.with) return;
  await fromServer(keep, store).catch(() => undefined);
  for (const address of more.with) {
    const held = ours(new URL(address)) && (await store.match(bare(address)));
    if (held === undefined) await fromServer(address, store).catch(() => undefined);
  }
  await bound(store);
}

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) =>
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name))))
      .then(() => scope.clients.claim()),
  ),
);
scope.addEventListener("message", (event) => event.waitUntil(hear(event.data as Told)));
scope.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && ours(url)) event.respondWith(answer(event.request));
});
