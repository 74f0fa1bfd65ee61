import { html, nothing, WallFormat, wordsOf, type TemplateResult } from "@parvis/kit";
import { arrange } from "./arrange";

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

/** From this number of answers on, figures and words are a step smaller. */
const MANY = 5;

function columnOf(answer: Answer, at: number): TemplateResult {
  return html`<div class="poll-column" data-field=${String((at % 4) + 1)}>
    <div class="poll-bar"></div>
    <div class="poll-lift">
      <div class="poll-mark">
        <p class="poll-figure">${answer.share}<small>%</small></p>
        <p class="poll-answer" dir="auto">${answer.text}</p>
      </div>
    </div>
    <div class="poll-foot" aria-hidden="true"><p class="poll-answer" dir="auto">${answer.text}</p></div>
  </div>`;
}

/** The poll on the wall: columns as high as their share of the tallest, or bars as long. */
class PollWall extends WallFormat {
  protected override render(): unknown {
    if (!this.face) return nothing;
    const view = this.face.view as unknown as PollView;
    const words = wordsOf(this.lang);
    return html`<header class="poll-head">
        <h2 dir="auto">${view.question}</h2>
        <p>${view.votes} ${view.votes === 1 ? words.vote : words.votes}</p>
      </header>
      <div class=${view.answers.length >= MANY ? "poll-columns poll-many" : "poll-columns"}>
        ${view.answers.map(columnOf)}
      </div>`;
  }

  override resized(): void {
    arrange(this, this.parts());
  }

  // Through the object model: the page's policy allows no style attribute.
  protected override updated(): void {
    arrange(this, this.parts());
  }

  /** How high each column stands, as part of the tallest. */
  private parts(): number[] {
    if (!this.face) return [];
    const { answers } = this.face.view as unknown as PollView;
    const tallest = Math.max(0, ...answers.map((answer) => answer.share));
    return answers.map((answer) => (tallest > 0 ? answer.share / tallest : 0));
  }
}

if (!customElements.get("parvis-poll-wall")) customElements.define("parvis-poll-wall", PollWall);
