// One keyboard for all pages: which key does what, sequences, panic, and silence while somebody types.

export const PANIC_PRESSES = 3;
export const PANIC_WITHIN_MS = 1000;
const SEQUENCE_WITHIN_MS = 1200;

export type Group = "anywhere" | "go" | "queue" | "sources";

export interface Binding {
  readonly act: string;
  readonly key: string;
  readonly group: Group;
}

/** Every key, as it is before anybody changes it. `mod` is ⌘ on a Mac and Ctrl elsewhere. */
export const BINDINGS: readonly Binding[] = [
  { act: "palette", key: "mod+k", group: "anywhere" },
  { act: "help", key: "?", group: "anywhere" },
  { act: "undo", key: "z", group: "anywhere" },
  { act: "redo", key: "shift+z", group: "anywhere" },
  { act: "back_on_air", key: "shift+enter", group: "anywhere" },
  { act: "main", key: "mod+enter", group: "anywhere" },
  { act: "inspector", key: "i", group: "anywhere" },
  { act: "new", key: "n", group: "anywhere" },
  { act: "search", key: "/", group: "anywhere" },
  { act: "go_tonight", key: "g t", group: "go" },
  { act: "go_queue", key: "g q", group: "go" },
  { act: "go_stash", key: "g s", group: "go" },
  { act: "go_posts", key: "g a", group: "go" },
  { act: "go_screens", key: "g w", group: "go" },
  { act: "go_look", key: "g l", group: "go" },
  { act: "go_sources", key: "g o", group: "go" },
  { act: "go_numbers", key: "g n", group: "go" },
  { act: "go_settings", key: "g e", group: "go" },
  { act: "next", key: "j", group: "queue" },
  { act: "previous", key: "k", group: "queue" },
  { act: "approve", key: "a", group: "queue" },
  { act: "reject", key: "r", group: "queue" },
  { act: "stash", key: "s", group: "queue" },
  { act: "without_media", key: "h", group: "queue" },
  { act: "trust", key: "t", group: "queue" },
  { act: "look", key: "v", group: "queue" },
  { act: "block_wording", key: "b", group: "queue" },
  { act: "show_one", key: "o", group: "queue" },
  { act: "tick", key: "x", group: "queue" },
  { act: "ask", key: "e", group: "queue" },
  { act: "hide", key: "m", group: "queue" },
  { act: "pin", key: "u", group: "queue" },
  { act: "feature", key: "f", group: "queue" },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((clause) => ({ act: `clause_${clause}`, key: String(clause), group: "queue" as const })),
  { act: "pause", key: "p", group: "sources" },
];

/** What a press is called: the printed letter first, and where a keyboard writes another script, the letter of the place. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">): string {
  let key = event.key.toLowerCase();
  if (key.length === 1 && !/[\x21-\x7e]/.test(key) && /^Key[A-Z]$/.test(event.code)) key = event.code.slice(3).toLowerCase();
  if (/^Digit\d$/.test(event.code) && !/\d/.test(key) && !event.shiftKey) key = event.code.slice(5); // AZERTY's upper row
  if (/^Digit\d$/.test(event.code) && event.shiftKey && /\d/.test(key)) return (event.ctrlKey || event.metaKey ? "mod+" : "") + key;
  const held = (event.ctrlKey || event.metaKey ? "mod+" : "") + (event.altKey ? "alt+" : "");
  const shift = event.shiftKey && (/^[a-z]$/.test(key) || key.length > 1) ? "shift+" : "";
  return held + shift + key;
}

/** Whether somebody is writing there, so that letters are theirs. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !/^(checkbox|radio|button|submit|range|color)$/.test(target.type);
}

/** Which act a press asks for, press after press. Pure but for what it remembers of the last presses. */
export class Keyboard {
  private lead = "";
  private leadAt = 0;
  private escapes: number[] = [];
  private readonly table = new Map<string, string>();
  letters = true;

  constructor(changed: Readonly<Record<string, string>> = {}) {
    this.remap(changed);
  }

  remap(changed: Readonly<Record<string, string>>): void {
    this.table.clear();
    for (const { act, key } of BINDINGS) {
      const own = changed[act] ?? key;
      if (own) this.table.set(own, act);
    }
  }

  /** The act, 'panic', or ''. */
  press(name: string, at_ms: number, typing: boolean): string {
    if (name === "escape") {
      this.lead = "";
      this.escapes = [...this.escapes.filter((one) => at_ms - one < PANIC_WITHIN_MS), at_ms];
      if (this.escapes.length < PANIC_PRESSES) return "escape";
      this.escapes = [];
      return "panic";
    }
    const plain = !name.startsWith("mod+") && name !== "shift+enter";
    if (plain && (typing || !this.letters)) return "";
    if (typing && name === "shift+enter") return "";
    if (this.lead && at_ms - this.leadAt < SEQUENCE_WITHIN_MS) {
      const whole = `${this.lead} ${name}`;
      this.lead = "";
      return this.table.get(whole) ?? "";
    }
    this.lead = "";
    const act = this.table.get(name);
    if (act) return act;
    for (const key of this.table.keys()) {
      if (key.startsWith(`${name} `)) {
        this.lead = name;
        this.leadAt = at_ms;
        break;
      }
    }
    return "";
  }
}

const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
const SIGNS: Readonly<Record<string, string>> = {
  mod: MAC ? "⌘" : "Ctrl", shift: "⇧", alt: MAC ? "⌥" : "Alt", enter: "⏎", escape: "Esc", arrowup: "↑", arrowdown: "↓", arrowleft: "←", arrowright: "→", " ": "␣",
};

/** The caps to draw for a key: "mod+k" gives ⌘ and K. */
export function capsOf(key: string): readonly string[] {
  return key.split(" ").flatMap((press) => press.split("+").map((part) => SIGNS[part] ?? part.toUpperCase()));
}

/** The key that does `act`, as this person has it; '' if none. */
export function keyOf(act: string, changed: Readonly<Record<string, string>>): string {
  return changed[act] ?? BINDINGS.find((one) => one.act === act)?.key ?? "";
}
