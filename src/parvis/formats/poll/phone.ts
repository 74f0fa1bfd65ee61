import { html, nothing, PhoneFormat, wordsOf, type TemplateResult } from "@parvis/kit";

interface Answer {
  readonly text: string;
  readonly count: number;
  readonly share: number;
}

interface PollView {
  readonly question: string;
  readonly open: boolean;
  readonly votes: number;
  readonly answers: readonly Answer[];
}

/** The poll in the hand: one large button an answer; the result once somebody has voted or the poll is closed. */
class PollPhone extends PhoneFormat {
  static override properties = {
    ...PhoneFormat.properties,
    mine: { state: true },
    says: { state: true },
    busy: { state: true },
  };
  declare mine: number;
  declare says: string;
  declare busy: boolean;

  constructor() {
    super();
    this.mine = -1;
    this.says = "";
    this.busy = false;
  }

  protected override render(): unknown {
    if (!this.face) return nothing;
    const view = this.face.view as unknown as PollView;
    const words = wordsOf(this.lang);
    const told = this.mine >= 0 || !view.open;
    const state = this.says || (!view.open ? words.closed : this.busy ? words.sending : this.mine >= 0 ? words.voted : "");
    return html`<h2 dir="auto">${view.question}</h2>
      <div class="choices" role="group">
        ${view.answers.map((answer, at) => this.choice(answer, at, told, view.open))}
      </div>
      <p class="state" role="status">${state}</p>
      ${told ? html`<p class="state">${words.result}${this.lang === "fr" ? "\u00a0" : ""}: ${view.votes} ${view.votes === 1 ? words.vote : words.votes}</p>` : nothing}`;
  }

  private choice(answer: Answer, at: number, told: boolean, open: boolean): TemplateResult {
    return html`<button
      type="button"
      class="choice"
      aria-pressed=${this.mine === at ? "true" : "false"}
      ?disabled=${!open}
      @click=${() => this.vote(at)}
    >
      <span class="bar"></span><span class="what" dir="auto">${answer.text}</span>
      ${told ? html`<span class="share">${answer.share}${"\u202f%"}</span>` : nothing}
    </button>`;
  }

  protected override updated(): void {
    if (!this.face) return;
    const view = this.face.view as unknown as PollView;
    const told = this.mine >= 0 || !view.open;
    this.querySelectorAll<HTMLElement>(".bar").forEach((bar, at) => {
      bar.style.transform = `scaleX(${told ? (view.answers[at]?.share ?? 0) / 100 : 0})`;
    });
  }

  private async vote(at: number): Promise<void> {
    if (this.busy) return;
    const before = this.mine;
    this.busy = true;
    this.says = "";
    this.mine = at;
    try {
      const refusal = await this.knock("vote", { answer: String(at) });
      if (refusal) {
        this.mine = before;
        this.says = refusal;
      }
    } catch {
      this.mine = before;
      this.says = wordsOf(this.lang).unsent;
    }
    this.busy = false;
  }
}

if (!customElements.get("parvis-poll-phone")) customElements.define("parvis-poll-phone", PollPhone);
