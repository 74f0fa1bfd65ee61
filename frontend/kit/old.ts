// What the oldest screens (Chromium 64 to 70) lack and Lit or we use. Imported first, before everything.
// Each line is there because a built file calls it; the build lowers syntax, never functions.

interface Flattened {
  flat?: (depth?: number) => unknown[];
}

const whole = self as unknown as Record<string, unknown>;
if (typeof globalThis === "undefined") whole["globalThis"] = self;

if (!("queueMicrotask" in self)) {
  whole["queueMicrotask"] = (job: () => void): void => {
    void Promise.resolve().then(job);
  };
}

const list = Array.prototype as Flattened;
if (!list.flat) {
  Object.defineProperty(list, "flat", {
    configurable: true,
    writable: true,
    value(this: unknown[], depth = 1): unknown[] {
      return this.reduce<unknown[]>(
        (flat, item) =>
          flat.concat(Array.isArray(item) && depth > 0 ? (item as Flattened).flat!(depth - 1) : [item]),
        [],
      );
    },
  });
}

// Chromium 64 has no append/replaceChildren family in full: `replaceChildren` came with 86.
if (!Element.prototype.replaceChildren) {
  Element.prototype.replaceChildren = function (...nodes: (Node | string)[]): void {
    while (this.lastChild) this.removeChild(this.lastChild);
    this.append(...nodes);
  };
}

export {};
