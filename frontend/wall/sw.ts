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

/** How often a post was taken off: an answer that was asked for before may still have it. */
let drops = 0;

/** The store; nothing where the browser has none, or a broken one. */
async function opened(): Promise<Cache | undefined> {
  try {
    return await caches.open(STORE);
  } catch {
    return undefined;
  }
}

/** Keeps it if there is room, else without the pictures; without room the wall goes on all the same. */
async function put(store: Cache, address: string, answer: Response): Promise<void> {
  try {
    await store.put(address, answer.clone());
  } catch {
    await bound(store, 0)
      .then(() => store.put(address, answer))
      .catch(() => undefined);
  }
}

async function fromServer(request: Request | string, store: Cache): Promise<Response> {
  const before = drops;
  const answer = await fetch(request);
  const address = bare(typeof request === "string" ? request : request.url);
  // A captive portal answers too, from elsewhere: only what is ours is kept.
  if (answer.ok && !answer.redirected && answer.type === "basic") {
    if (before === drops || versioned(new URL(address))) await put(store, address, answer.clone());
  } else if (answer.status === 404 || answer.status === 410) {
    await store.delete(address).catch(() => false);
  }
  return answer;
}

function soon<T>(what: Promise<T>): Promise<T> {
  return Promise.race([what, new Promise<never>((_, fail) => setTimeout(() => fail(new Error("late")), PATIENCE_MS))]);
}

/** What is kept never stands between the server and the page: it only answers where the server does not. */
async function answer(request: Request): Promise<Response> {
  const store = await opened();
  if (!store) return fetch(request);
  const held = await store.match(bare(request.url)).catch(() => undefined);
  if (held && versioned(new URL(request.url))) return held;
  const fresh = fromServer(request, store);
  if (!held) return fresh; // however long it takes: there is nothing else
  fresh.catch(() => undefined);
  try {
    const first = await soon(fresh);
    return first.status >= 500 ? held : first;
  } catch {
    return held;
  }
}

/** Whether a kept page shows the post, or cannot be told not to. */
async function shows(page: Response | undefined, post: string): Promise<boolean> {
  try {
    const text = (await page?.text()) ?? "";
    const data = /<script[^>]*parvis-snapshot[^>]*>([^]*?)<\/script>/.exec(text)?.[1] ?? "";
    return JSON.stringify(JSON.parse(data)).indexOf(JSON.stringify(post)) >= 0;
  } catch {
    return true;
  }
}

/** Everything of a post goes: its pictures, and each page that shows it, under whatever address it was opened. */
async function forget(store: Cache, post: string, page: string | undefined): Promise<void> {
  drops++;
  if (page) await store.delete(bare(page));
  for (const one of await store.keys()) {
    const url = new URL(one.url);
    const mine = url.searchParams.get("post") === post;
    if (mine || (url.pathname.indexOf("/w/") === 0 && (await shows(await store.match(one), post)))) {
      await store.delete(one);
    }
  }
}

/** The pictures that were kept first go first. */
async function bound(store: Cache, most = MOST_PICTURES): Promise<void> {
  const kept = (await store.keys()).filter((one) => new URL(one.url).pathname.indexOf("/media/") === 0);
  await Promise.all(kept.slice(0, Math.max(0, kept.length - most)).map((one) => store.delete(one)));
}

async function hear({ keep, drop, ...more }: Told): Promise<void> {
  const store = await opened();
  if (!store) return;
  if (drop) await forget(store, drop, keep);
  if (!keep || !more.with) return;
  await soon(fromServer(keep, store)).catch(() => undefined);
  for (const address of more.with) {
    const held = ours(new URL(address)) && (await store.match(bare(address)));
    if (held === undefined) await soon(fromServer(address, store)).catch(() => undefined);
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
