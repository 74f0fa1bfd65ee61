import { html, nothing, WallFormat, wordsOf, type TemplateResult } from "@parvis/kit";

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

/** Below this part of the tallest column, figure and answer stand on top of theirs. */
const LOW = 0.3;
/** From this number of answers on, figures and words are a step smaller. */
const MANY = 5;

function columnOf(answer: Answer, at: number, tallest: number): TemplateResult {
  const low = tallest === 0 || answer.share / tallest < LOW;
  return html`<div class=${low ? "poll-column poll-low" : "poll-column"} data-field=${String((at % 4) + 1)}>
    <div class="poll-bar"></div>
    <div class="poll-lift">
      <div class="poll-mark">
        <p class="poll-figure">${answer.share}<small>%</small></p>
        <p class="poll-answer" dir="auto">${answer.text}</p>
      </div>
    </div>
    <p class="poll-answer poll-foot" dir="auto" aria-hidden="true">${answer.text}</p>
  </div>`;
}

/** The poll on the wall: columns as high as their share of the tallest. */
class PollWall extends WallFormat {
  protected override render(): unknown {
    if (!this.face) return nothing;
    const view = this.face.view as unknown as PollView;
    const words = wordsOf(this.lang);
    const tallest = Math.max(0, ...view.answers.map((answer) => answer.share));
    return html`<header class="poll-head">
        <h2 dir="auto">${view.question}</h2>
        <p>${view.votes} ${view.votes === 1 ? words.vote : words.votes}</p>
      </header>
      <div class=${view.answers.length >= MANY ? "poll-columns poll-many" : "poll-columns"}>
        ${view.answers.map((answer, at) => columnOf(answer, at, tallest))}
      </div>`;
  }

  // Through the object model: the page's policy allows no style attribute.
  protected override updated(): void {
    if (!this.face) return;
    const { answers } = this.face.view as unknown as PollView;
    const tallest = Math.max(0, ...answers.map((answer) => answer.share));
    const bars = this.querySelectorAll<HTMLElement>(".poll-bar");
    const lifts = this.querySelectorAll<HTMLElement>(".poll-lift");
    answers.forEach((answer, at) => {
      const part = tallest > 0 ? answer.share / tallest : 0;
      bars[at]!.style.transform = `scaleY(${Math.max(part, 0.012)})`;
      lifts[at]!.style.transform = `translateY(${(1 - part) * 100}%)`;
    });
  }
}

if (!customElements.get("parvis-poll-wall")) customElements.define("parvis-poll-wall", PollWall);
