// What this phone keeps by itself: posts that wait for the network, and the receipts of those that went. Nothing here
// is sent to anyone but as the post itself. Where storage is forbidden, memory must do: then a reload forgets.

export interface Waiting {
  readonly word: string;
  readonly wall: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly { readonly field: string; readonly name: string; readonly body: Blob }[];
  readonly writtenMs: number;
  /** The sentence that refused it; '' while it may still go. */
  readonly refused: string;
  /** The sentence with which the server put it off; '' or none where nothing was heard of it. */
  readonly later?: string;
}

export interface Mine {
  readonly word: string;
  readonly wall: string;
  readonly text: string;
  readonly sentMs: number;
}

type Shelf = "waiting" | "mine";

let opening: Promise<IDBDatabase | undefined> | undefined;
const memory: Record<Shelf, Record<string, Waiting | Mine>> = { waiting: {}, mine: {} };

function open(): Promise<IDBDatabase | undefined> {
  return (opening ??= new Promise((opened) => {
    try {
      const request = indexedDB.open("parvis-phone", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("waiting", { keyPath: "word" });
        request.result.createObjectStore("mine", { keyPath: "word" });
      };
      request.onsuccess = () => opened(request.result);
      request.onerror = () => opened(undefined);
    } catch {
      opened(undefined);
    }
  }));
}

async function act<T>(
  shelf: Shelf,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  const base = await open();
  if (!base) return undefined;
  return new Promise((done) => {
    try {
      const transaction = base.transaction(shelf, mode);
      const request = ask(transaction.objectStore(shelf));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = transaction.onerror = () => done(undefined);
    } catch {
      done(undefined);
    }
  });
}

/** Keeps it; false when only memory could. */
export async function keep(shelf: Shelf, item: Waiting | Mine): Promise<boolean> {
  memory[shelf][item.word] = item;
  return (await act(shelf, "readwrite", (store) => store.put(item))) !== undefined;
}

export async function drop(shelf: Shelf, word: string): Promise<void> {
  delete memory[shelf][word];
  await act(shelf, "readwrite", (store) => store.delete(word));
}

/** Keeps another version of what is there; what was dropped meanwhile stays dropped. */
export async function renew(item: Waiting): Promise<void> {
  if ((await all<Waiting>("waiting", item.wall)).some((one) => one.word === item.word)) await keep("waiting", item);
}

async function all<T extends Waiting | Mine>(shelf: Shelf, wall: string): Promise<T[]> {
  const stored = ((await act(shelf, "readonly", (store) => store.getAll())) ?? []) as T[];
  const here = memory[shelf] as Record<string, T>;
  for (const item of stored) here[item.word] = item;
  return Object.keys(here)
    .map((word) => here[word] as T)
    .filter((item) => item.wall === wall);
}

/** What waits on this phone for a wall, oldest first. */
export async function waiting(wall: string): Promise<Waiting[]> {
  return (await all<Waiting>("waiting", wall)).sort((a, b) => a.writtenMs - b.writtenMs);
}

/** What this phone sent to a wall, newest first. */
export async function mine(wall: string): Promise<Mine[]> {
  return (await all<Mine>("mine", wall)).sort((a, b) => b.sentMs - a.sentMs);
}
