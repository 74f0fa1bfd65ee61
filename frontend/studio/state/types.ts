// The shapes of the studio's API; times in ms since 1970.
import type { Author, Entity, Media } from "../../kit/wire";

export type State = "new" | "pending" | "approved" | "rejected" | "hidden" | "duplicate" | "withdrawn";
export type Role = "owner" | "editor" | "moderator" | "viewer";
export type Lang = "en" | "fr";
export type Mode = "approve_first" | "show_first" | "trusted_only";
export type Kind = "event" | "shop" | "office" | "site";

export interface Me {
  readonly id?: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** Empty for the owner's key, which belongs to nobody. */
  readonly lang: Lang | "";
  readonly first_run?: boolean;
}

export interface WallLine {
  readonly id: string;
  readonly title: string;
  readonly lang?: string;
  readonly mode?: Mode;
  readonly hashtags?: readonly string[];
  readonly panic?: boolean;
  readonly counts?: Readonly<Partial<Record<State, number>>>;
  readonly layout?: string;
  readonly brand?: Brand;
  readonly on_air?: boolean;
  readonly screens?: { readonly up: number; readonly dark: number };
  readonly waiting?: number;
  readonly p50_ms?: number | null;
}

export type Brand = Readonly<Record<string, unknown>>;

export interface Policy {
  readonly mode?: Mode;
  readonly trusted?: readonly string[];
  readonly blocked?: readonly string[];
  readonly words?: readonly string[];
}

export interface SourceSpec {
  readonly id: string;
  readonly plugin: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly basis?: string;
  readonly enabled?: boolean;
}

export interface WholeWall {
  readonly id: string;
  readonly title: string;
  readonly lang?: string;
  readonly hashtags?: readonly string[];
  readonly policy?: Policy;
  readonly brand?: Brand;
  readonly layout?: string;
  readonly capacity?: number;
  readonly retention_days?: number;
  readonly sources?: readonly SourceSpec[];
  readonly bridges?: readonly SourceSpec[];
  readonly rev: number;
}

export interface Screen {
  readonly id: string;
  readonly name: string;
  readonly up: boolean;
  readonly last_ms: number;
  readonly seq?: number;
  readonly behind?: number;
  readonly box?: readonly [number, number] | null;
  readonly layout?: string;
  readonly waiting?: { readonly posts: number; readonly seconds: number } | null;
  readonly covered?: boolean;
  readonly version?: string;
  readonly browser?: string;
  readonly secure?: boolean;
  readonly says?: string;
}

export interface Health {
  readonly source: string;
  readonly wall?: string;
  readonly healthy: boolean;
  readonly says: string;
  readonly since_ms: number;
  readonly nearest?: string;
  readonly last_post_ms?: number;
}

export interface Recent {
  readonly post: string;
  readonly state?: State;
  readonly by?: string;
  readonly why?: string;
  readonly at_ms: number;
}

export interface Now {
  readonly counts: Readonly<Partial<Record<State, number>>>;
  readonly waiting: number;
  readonly screens: readonly Screen[];
  readonly sources: readonly Health[];
  readonly bridges?: readonly BridgeHealth[];
  readonly panic: PanicState;
  /** Names of the people in `by`. */
  readonly names?: Readonly<Record<string, string>>;
  /** Of the studio's page on the server. */
  readonly version?: string;
  readonly recent: readonly Recent[];
}

export interface Post {
  readonly key: string;
  readonly network: string;
  readonly text: string;
  readonly created_at_ms: number;
  readonly received_at_ms?: number;
  readonly lang?: string;
  readonly dir?: "ltr" | "rtl";
  readonly author?: Author | null;
  readonly entities?: readonly Entity[];
  readonly media?: readonly Media[];
  readonly permalink?: string;
  readonly provenance?: { readonly source?: string };
  /** What its author or its network warned of. */
  readonly sensitivity?: { readonly flag?: boolean; readonly spoiler?: string };
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Verdict {
  readonly check: string;
  readonly outcome: "pass" | "hold" | "reject";
  readonly because: string;
  readonly score?: number;
  readonly spans?: readonly Span[];
}

export interface Claim {
  readonly by: string;
  readonly name: string;
  readonly until_ms: number;
}

export interface JourneyStep {
  readonly what: string;
  readonly at_ms: number;
}

export interface Queued {
  readonly post: Post;
  readonly placement: { readonly state: State; readonly order: number; readonly rev: number };
  readonly pinned?: boolean;
  /** A person kept back what it shows (`same`), or it shows something else since (`other`). */
  readonly kept?: "" | "same" | "other";
  readonly decision: { readonly state?: State; readonly by: string; readonly why: string; readonly at_ms: number; readonly verdicts?: readonly Verdict[]; readonly without_media?: boolean } | null;
  readonly verdicts?: readonly Verdict[];
  readonly claim?: Claim | null;
  readonly journey?: readonly JourneyStep[];
}

export interface Page {
  readonly items: readonly Queued[];
  readonly before: number | null;
}

export interface Why {
  readonly state: State;
  readonly rule: string;
  readonly sentence: string;
  readonly verdicts: readonly Verdict[];
  readonly would_pass_if: readonly string[];
}

export interface Step {
  readonly at_ms: number;
  readonly event: string;
  readonly by?: string;
  readonly why?: string;
  readonly state?: string;
}

export interface PanicState {
  readonly on: boolean;
  readonly since_ms?: number;
  readonly by?: string;
  readonly name?: string;
  /** False while the server's process alone knows: its store cannot write. */
  readonly stored?: boolean;
  readonly screens?: { readonly asked: number; readonly covered: number; readonly missing: readonly string[] };
}

export interface Held {
  readonly post: string;
  readonly by: string;
  readonly name: string;
  readonly until_ms: number;
}

export interface Said {
  readonly en: string;
  readonly fr: string;
}

export interface Setting {
  readonly name: string;
  readonly type: "str" | "int" | "float" | "bool" | "list" | "choice" | "url" | "table";
  readonly help: Said;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly min?: number | null;
  readonly max?: number | null;
  readonly choices?: readonly string[];
}

export interface Plugin {
  readonly id: string;
  readonly kind?: string;
  readonly name: Said;
  readonly about: Said;
  readonly settings: readonly Setting[];
  readonly polls?: boolean;
  readonly streams?: boolean;
}

export interface Preview {
  readonly tokens: Readonly<Record<string, unknown>>;
  readonly contrast: readonly {
    readonly id?: string;
    readonly pair: string;
    readonly ratio: number;
    readonly ok: boolean;
    readonly ground?: string;
    readonly ink?: string;
    readonly repair?: { readonly says: string; readonly brand: Brand } | null;
  }[];
  readonly faults?: readonly string[];
}

export interface Figure {
  readonly id: string;
  readonly value: number | null;
  readonly unit?: string;
  readonly unknown_share?: number;
  /** Of how many the unknown share is. */
  readonly counted?: number;
  readonly definition: string;
  readonly excludes?: string;
}

export interface Numbers {
  readonly figures: readonly Figure[];
  readonly over_time?: { readonly step_s: number; readonly rows: readonly (readonly [number, number, number])[] };
  readonly topics?: readonly { readonly tag: string; readonly n: number }[];
  readonly people?: readonly { readonly name: string; readonly handle: string; readonly network: string; readonly posts: number; readonly reach: number | null; readonly reach_known: boolean }[];
  readonly posts?: readonly { readonly post: string; readonly text: string; readonly author: string; readonly network?: string; readonly interactions: number; readonly shown_ms: number | null }[];
}

/** What one row adds to its figure; null where nobody told it. */
export interface FigureRow {
  readonly value: number | null;
  readonly author?: string;
  readonly handle?: string;
  readonly network?: string;
  readonly text?: string;
  readonly tag?: string;
  readonly posts?: number;
  readonly post?: string;
}

export interface FigureRows {
  readonly rows: readonly FigureRow[];
  readonly before: string | null;
  readonly columns: readonly string[];
}

/** How one that is told is: everything up to `told_seq` was told, but for `aside` changes. */
export interface BridgeHealth {
  readonly bridge: string;
  readonly healthy: boolean;
  readonly says: string;
  readonly since_ms: number;
  readonly aside: number;
  readonly last_aside: string;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** False while they were only invited. */
  readonly joined?: boolean;
}

export interface Server {
  readonly public_url?: string;
  readonly secure?: boolean;
  readonly version?: string;
  readonly data_folder?: string;
  readonly disk?: { readonly free: number; readonly used: number };
  readonly engine?: string;
  readonly said?: readonly string[];
}

/** One thing a person did; a gesture is all of one `together`. */
export interface Act {
  readonly together: string;
  readonly state: "done" | "undone" | "past";
  readonly kind: string;
  readonly post: string;
}

/** What was taken back or done again, and a sentence for each that could not be. */
export interface Undone {
  readonly acts: readonly Act[];
  readonly says: readonly string[];
}
