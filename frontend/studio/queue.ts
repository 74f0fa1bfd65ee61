import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { type Api, Problem, type Queued, type State, type Step } from "./api";

interface View {
  readonly name: string;
  readonly states: readonly State[];
  readonly empty: string;
}

const VIEWS: readonly View[] = [
  { name: "To decide", states: ["new", "pending"], empty: "Nothing waits. New posts appear here by themselves." },
  { name: "On the wall", states: ["approved"], empty: "No post is approved." },
  { name: "Not shown", states: ["rejected", "hidden", "duplicate"], empty: "No post was turned away." },
];
const DECISIONS: readonly { readonly key: string; readonly state: State; readonly name: string; readonly past: string }[] = [
  { key: "a", state: "approved", name: "Approve", past: "Approved" },
  { key: "r", state: "rejected", name: "Reject", past: "Rejected" },
  { key: "h", state: "hidden", name: "Hide", past: "Hidden" },
];
const PAGE = 50;
const REFRESH_MS = 3000;

interface Done {
  readonly item: Queued;
  readonly rev: number | undefined;
}

/** The moderation queue: one decision a key press, each of which can be undone. */
class Queue extends LitElement {
  static override properties = {
    api: { attribute: false },
    wall: {},
    view: { state: true },
    items: { state: true },
    at: { state: true },
    says: { state: true },
    more: { state: true },
    steps: { state: true },
  };
  declare api: Api | undefined;
  declare wall: string;
  declare view: View;
  declare items: readonly Queued[];
  declare at: string;
  declare says: string;
  declare more: boolean;
  declare steps: { readonly post: string; readonly list: readonly Step[] } | undefined;
  private done: Done[] = [];
  private readonly deciding = new Set<string>();
  private timer = 0;

  constructor() {
    super();
    this.api = undefined;
    this.wall = "";
    this.view = VIEWS[0]!;
    this.items = [];
    this.at = "";
    this.says = "";
    this.more = false;
    this.steps = undefined;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.pressed);
    this.timer = window.setInterval(() => void this.load(), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.pressed);
    window.clearInterval(this.timer);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("wall") && !changed.has("view")) return;
    this.items = [];
    this.at = "";
    this.steps = undefined;
    if (changed.has("wall")) this.done = [];
    void this.load();
  }

  private async load(): Promise<void> {
    const { api, wall, view } = this;
    if (!api || !wall || document.hidden) return;
    try {
      const fresh = await api.queue(wall, view.states);
      if (wall !== this.wall || view !== this.view) return;
      const last = fresh[fresh.length - 1]?.placement.order ?? Infinity;
      // Pages that were asked for below stay, as far as the first page does not tell them anew.
      const older = fresh.length >= PAGE ? this.items.filter((item) => item.placement.order < last) : [];
      this.take([...fresh, ...older]);
      if (older.length === 0) this.more = fresh.length >= PAGE;
    } catch (error) {
      this.refused(error);
    }
  }

  private async older(): Promise<void> {
    const last = this.items[this.items.length - 1];
    if (!this.api || !last) return;
    try {
      const page = await this.api.queue(this.wall, this.view.states, last.placement.order);
      this.more = page.length >= PAGE;
      this.take([...this.items, ...page]);
    } catch (error) {
      this.refused(error);
    }
  }

  private take(items: readonly Queued[]): void {
    this.items = items.filter((item) => !this.deciding.has(item.post.key));
    if (!this.items.some((item) => item.post.key === this.at)) this.at = this.items[0]?.post.key ?? "";
  }

  private refused(error: unknown): void {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401 || error.status === 403) {
      this.dispatchEvent(new CustomEvent("refused", { detail: error }));
    } else {
      this.says = error.message;
    }
  }

  private async decide(item: Queued, state: State, past: string): Promise<void> {
    const key = item.post.key;
    if (!this.api || this.deciding.has(key) || item.placement.state === state) return;
    this.deciding.add(key);
    const place = this.items.indexOf(item);
    const next = this.items[place + 1] ?? this.items[place - 1];
    if (!this.view.states.includes(state)) {
      this.items = this.items.filter((one) => one !== item); // gone from the list before the server answers
      this.at = next?.post.key ?? "";
    }
    try {
      const rev = await this.api.decide(this.wall, key, state, item.placement.rev);
      this.done.push({ item, rev });
      this.says = `${past}: ${item.post.author?.name || item.post.author?.handle || key}. Press z to undo.`;
    } catch (error) {
      const taken = error instanceof Problem && error.status === 409;
      if (taken) this.says = "Somebody else decided on this post first; here is how it stands now.";
      else this.refused(error);
    }
    this.deciding.delete(key);
    await this.load();
  }

  private async undo(): Promise<void> {
    const last = this.done.pop();
    if (!this.api || !last) {
      this.says = "There is nothing to undo.";
      return;
    }
    const { item, rev } = last;
    const state = item.placement.state === "new" ? "pending" : item.placement.state;
    try {
      await this.api.decide(this.wall, item.post.key, state, rev ?? item.placement.rev + 1);
      this.says = "Undone.";
    } catch (error) {
      this.refused(error);
    }
    await this.load();
    this.at = this.items.some((one) => one.post.key === item.post.key) ? item.post.key : this.at;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select, textarea")) return;
    const place = this.items.findIndex((item) => item.post.key === this.at);
    const item = this.items[place];
    const decision = DECISIONS.find((one) => one.key === event.key);
    if (event.key === "z") void this.undo();
    else if (event.key === "j" || event.key === "k") this.move(place + (event.key === "j" ? 1 : -1));
    else if (decision && item && !event.repeat) void this.decide(item, decision.state, decision.past);
    else return;
    event.preventDefault();
  };

  private move(place: number): void {
    const item = this.items[Math.max(0, Math.min(place, this.items.length - 1))];
    if (!item) return;
    this.at = item.post.key;
    void this.updateComplete.then(() => {
      const line = this.querySelector<HTMLElement>("[aria-current=true]");
      line?.scrollIntoView({ block: "nearest" });
      line?.focus({ preventScroll: true });
    });
  }

  private async journey(item: Queued): Promise<void> {
    if (this.steps?.post === item.post.key) {
      this.steps = undefined;
      return;
    }
    try {
      this.steps = { post: item.post.key, list: (await this.api?.trace(item.post.key)) ?? [] };
    } catch (error) {
      this.refused(error);
    }
  }

  protected override render(): TemplateResult {
    return html`<section aria-label="Posts">
      <div class="views" role="group" aria-label="Which posts">
        ${VIEWS.map(
          (view) => html`<button aria-pressed=${view === this.view ? "true" : "false"} @click=${() => (this.view = view)}>
            ${view.name}</button>`,
        )}
        <span class="hint keys"><kbd>j</kbd> <kbd>k</kbd> move · <kbd>a</kbd> approve · <kbd>r</kbd> reject ·
          <kbd>h</kbd> hide · <kbd>z</kbd> undo</span>
      </div>
      <p class="says" role="status">${this.says}</p>
      ${this.items.length === 0 ? html`<p class="hint">${this.view.empty}</p>` : nothing}
      <ol class="posts">${this.items.map((item) => this.line(item))}</ol>
      ${this.more ? html`<button @click=${() => this.older()}>Older posts</button>` : nothing}
    </section>`;
  }

  private line(item: Queued): TemplateResult {
    const { post, placement, decision } = item;
    const current = post.key === this.at;
    return html`<li tabindex="-1" aria-current=${current ? "true" : "false"} @click=${() => (this.at = post.key)}>
      <p class="who"><strong dir="auto">${post.author?.name ?? ""}</strong> <span dir="auto">${post.author?.handle ?? ""}</span>
        <span class="hint">${post.network} · ${new Date(post.created_at_ms).toLocaleString()} · ${placement.state}</span></p>
      <p class="text" dir="auto" lang=${post.lang ?? ""}>${post.text}</p>
      ${(post.media ?? []).map((one) => html`<p class="hint">${one.type}${one.alt ? `: ${one.alt}` : ""}</p>`)}
      ${decision ? html`<p class="reason">${decision.why} <span class="hint">(${decision.by})</span></p>` : nothing}
      <div class="decide">
        ${DECISIONS.filter((one) => one.state !== placement.state).map(
          (one) => html`<button class=${one.state} @click=${() => this.decide(item, one.state, one.past)}>${one.name}</button>`,
        )}
        <button class="quiet" aria-expanded=${this.steps?.post === post.key ? "true" : "false"} @click=${() => this.journey(item)}>History</button>
      </div>
      ${this.steps?.post === post.key
        ? html`<ol class="steps">
            ${this.steps.list.map(
              (step) => html`<li><time>${new Date(step.at_ms).toLocaleString()}</time> ${step.state || step.event}
                ${step.why ? html`– ${step.why}` : nothing} ${step.by ? html`<span class="hint">(${step.by})</span>` : nothing}</li>`,
            )}
          </ol>`
        : nothing}
    </li>`;
  }
}

customElements.define("parvis-queue", Queue);
