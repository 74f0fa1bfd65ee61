import { html, LitElement, nothing, type TemplateResult } from "lit";
import { Api, type Health, keepKey, Problem, storedKey, type Wall } from "./api";
import "./queue";

const REFRESH_MS = 5000;

/** The studio: a key, the walls, what one of them waits for, how its sources are, and the panic switch. */
class Studio extends LitElement {
  static override properties = {
    walls: { state: true },
    wall: { state: true },
    health: { state: true },
    says: { state: true },
    api: { state: true },
    busy: { state: true },
  };
  declare walls: readonly Wall[];
  declare wall: string;
  declare health: readonly Health[];
  declare says: string;
  declare api: Api | undefined;
  declare busy: boolean;
  private timer = 0;

  constructor() {
    super();
    this.walls = [];
    this.wall = "";
    this.health = [];
    this.says = "";
    this.api = undefined;
    this.busy = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const key = storedKey();
    if (key) void this.enter(key);
    this.timer = window.setInterval(() => void this.refresh(), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
  }

  private async enter(key: string): Promise<void> {
    const api = new Api(key);
    this.busy = true;
    try {
      this.walls = await api.walls();
      keepKey(key);
      this.api = api;
      this.says = "";
      this.choose(this.walls.find((one) => one.id === this.wall)?.id ?? this.walls[0]?.id ?? "");
    } catch (error) {
      this.refused(error);
    }
    this.busy = false;
  }

  private refused(error: unknown): void {
    if (!(error instanceof Problem)) throw error;
    this.says = error.message;
    if (error.status === 401 || error.status === 403) this.leave(error.message);
  }

  private leave(why = ""): void {
    keepKey("");
    this.api = undefined;
    this.walls = [];
    this.says = why;
  }

  private choose(wall: string): void {
    this.wall = wall;
    this.health = [];
    void this.refresh();
  }

  private async refresh(): Promise<void> {
    const { api, wall } = this;
    if (!api || !wall || document.hidden) return;
    try {
      const [walls, health] = await Promise.all([api.walls(), api.health(wall)]);
      if (this.api !== api || this.wall !== wall) return;
      this.walls = walls;
      this.health = health;
      this.says = "";
    } catch (error) {
      this.refused(error);
    }
  }

  private async panic(on: boolean): Promise<void> {
    this.busy = true;
    try {
      await this.api?.panic(this.wall, on);
      this.walls = this.walls.map((one) => (one.id === this.wall ? { ...one, panic: on } : one));
    } catch (error) {
      this.refused(error);
    }
    this.busy = false;
  }

  protected override render(): TemplateResult {
    return this.api ? this.room() : this.door();
  }

  private door(): TemplateResult {
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      const form = event.currentTarget as HTMLFormElement;
      const key = String(new FormData(form).get("key") ?? "").trim();
      if (key) void this.enter(key);
    };
    return html`<main class="door">
      <h1>parvis studio</h1>
      <form @submit=${submit}>
        <label for="key">Studio key</label>
        <input id="key" name="key" type="password" autocomplete="off" required ?disabled=${this.busy} autofocus />
        <p class="hint">It was printed when parvis started. It stays in this tab and is sent in no address.</p>
        <button class="strong" ?disabled=${this.busy}>Open</button>
      </form>
      <p class="says" role="alert">${this.says}</p>
    </main>`;
  }

  private room(): TemplateResult {
    const wall = this.walls.find((one) => one.id === this.wall);
    const panic = wall?.panic === true;
    return html`<header class="top">
        <h1>parvis</h1>
        <label>
          <span>Wall</span>
          <select @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
            ${this.walls.map((one) => html`<option value=${one.id} ?selected=${one.id === this.wall}>${one.title}</option>`)}
          </select>
        </label>
        ${wall ? html`<a href=${`/w/${wall.id}`} target="_blank" rel="noopener">Wall</a>
              <a href=${`/p/${wall.id}`} target="_blank" rel="noopener">Phone page</a>` : nothing}
        <span class="gap"></span>
        <button class=${panic ? "panic on" : "panic"} aria-pressed=${panic ? "true" : "false"} ?disabled=${this.busy || !wall}
          @click=${() => this.panic(!panic)}>${panic ? "Wall is covered: uncover" : "Cover the wall"}</button>
        <button @click=${() => this.leave()}>Sign out</button>
      </header>
      <p class="says" role="alert">${this.says}</p>
      ${wall
        ? html`<main class="room">
            <parvis-queue .api=${this.api} .wall=${this.wall} @refused=${(event: CustomEvent) => this.refused(event.detail)}></parvis-queue>
            ${this.sources()}
          </main>`
        : html`<main class="room"><p>There is no wall yet. Declare one in an event file and start parvis with it.</p></main>`}`;
  }

  private sources(): TemplateResult {
    return html`<aside aria-label="Sources">
      <h2>Sources</h2>
      ${this.health.length === 0 ? html`<p class="hint">Nothing reported yet.</p>` : nothing}
      <ul>
        ${this.health.map(
          (one) => html`<li class=${one.healthy ? "well" : "ill"}>
            <strong>${one.source}</strong> <span class="mark">${one.healthy ? "works" : "does not work"}</span>
            <p>${one.says}</p>
            <p class="hint">since ${new Date(one.since_ms).toLocaleString()}</p>
          </li>`,
        )}
      </ul>
    </aside>`;
  }
}

customElements.define("parvis-studio", Studio);
