// The form: chosen files are listed and made lighter, and what is sent goes through the outbox.
import { changed, newWord, send } from "./outbox";
import { isShut, shrink, still } from "./shrink";
import { keep, type Waiting } from "./store";
import { cross, figure, make, say, told, type Told } from "./told";

interface Chosen {
  readonly field: "photo" | "film";
  readonly file: File;
  readonly url: string;
}

/** What somebody has put into the form so far; consent is no part of it. */
export interface Draft {
  readonly text: string;
  readonly name: string;
  readonly chosen: readonly Chosen[];
}

const MEGABYTE = 1024 * 1024;

/** The door takes no form within 1.5 s of its page, as only programs fill one in so soon; a quick guest waits here for
 * the rest of it, without being told off. By a clock that nobody sets. */
const LEAST_MS = 1_600;
const OPENED = performance.now();

function inAPersonsTime(): Promise<void> {
  return new Promise((done) => setTimeout(done, Math.max(0, OPENED + LEAST_MS - performance.now())));
}

export class Write {
  private chosen: Chosen[];
  private readonly form: HTMLFormElement;
  private readonly queued: () => void;
  private readonly limits: Told;
  private readonly state: HTMLElement;
  private readonly text: HTMLTextAreaElement;
  private readonly button: HTMLButtonElement;

  constructor(form: HTMLFormElement, queued: () => void, draft?: Draft) {
    this.form = form;
    this.queued = queued;
    this.limits = told()!;
    this.state = form.querySelector("#state")!;
    this.text = form.querySelector("textarea")!;
    this.button = form.querySelector("button[type=submit]")!;
    this.chosen = draft ? draft.chosen.slice() : [];
    form.noValidate = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    for (const input of Array.from(form.querySelectorAll<HTMLInputElement>("input[type=file]"))) {
      input.addEventListener("change", () => this.choose(input));
    }
    if (draft) this.resume(draft);
    this.count();
  }

  get draft(): Draft {
    return { text: this.text.value, name: this.form.querySelector<HTMLInputElement>("[name=name]")?.value ?? "", chosen: this.chosen };
  }

  /** Whether a post is on its way from this form. */
  get busy(): boolean {
    return this.button.disabled;
  }

  private resume(draft: Draft): void {
    this.text.value = draft.text;
    const name = this.form.querySelector<HTMLInputElement>("[name=name]");
    if (name) name.value = draft.name;
    this.list();
  }

  private count(): void {
    const left = make("output", "left");
    left.setAttribute("aria-hidden", "true");
    this.text.parentElement!.append(left);
    const show = (): void => {
      const rest = this.limits.signs - Array.from(this.text.value).length;
      left.textContent = this.text.value ? figure(rest) : "";
      left.classList.toggle("few", rest < 20);
    };
    this.text.addEventListener("input", show);
    show();
  }

  private choose(input: HTMLInputElement): void {
    const field = input.name === "film" ? "film" : "photo";
    this.say("");
    for (const file of Array.from(input.files ?? [])) {
      const pictures = this.chosen.filter((one) => one.field === "photo").length;
      if (field === "film" && file.size > this.limits.film_bytes) {
        const values = { has: String(Math.ceil(file.size / MEGABYTE)), most: String(this.limits.film_bytes / MEGABYTE) };
        this.say(say("film_heavy", values));
      } else if (this.chosen.some((one) => one.field !== field || field === "film")) {
        this.say(say("film_alone"));
      } else if (pictures >= this.limits.pictures) {
        this.say(say("too_many", { most: String(this.limits.pictures) }));
      } else {
        const one: Chosen = { field, file, url: URL.createObjectURL(file) };
        this.chosen.push(one);
        if (field === "photo") void isShut(file).then((shut) => shut && this.refuse(one));
      }
    }
    input.value = "";
    this.list();
  }

  /** Said when it is chosen, not after it was sent. */
  private refuse(one: Chosen): void {
    URL.revokeObjectURL(one.url);
    this.chosen = this.chosen.filter((other) => other !== one);
    this.list();
    this.say(say("heif"));
  }

  private list(): void {
    const list = this.form.querySelector("#files");
    if (!list) return;
    const rows = this.chosen.map((one, at) => {
      const title =
        one.field === "film"
          ? say("one_video")
          : this.chosen.length === 1
            ? say("one_photo")
            : `${say("one_photo").replace(/^1 /, "")} ${figure(at + 1)}`;
      const remove = cross(`${say("remove")}: ${title}`, () => {
        URL.revokeObjectURL(one.url);
        this.chosen = this.chosen.filter((other) => other !== one);
        this.list();
      });
      return make("li", "", thumb(one), make("div", "what", make("b", "", title), make("span", "", say("cleaned"))), remove);
    });
    list.replaceChildren(...rows);
  }

  say(text: string, wrong = true): void {
    this.state.textContent = text;
    this.state.className = text && wrong ? "wrong" : "state";
  }

  private async submit(): Promise<void> {
    if (this.button.disabled) return;
    const consent = this.form.querySelector<HTMLInputElement>("#consent")!;
    if (!this.text.value.trim() && this.chosen.length === 0) return this.wrong("empty_send", this.text);
    if (!consent.checked) return this.wrong("consent_send", consent);
    this.button.disabled = true;
    try {
      await this.go(await this.pack());
    } finally {
      this.button.disabled = false;
    }
  }

  private wrong(what: string, where: HTMLElement): void {
    this.say(say(what));
    where.focus();
  }

  private async pack(): Promise<Waiting> {
    const fields: Record<string, string> = {};
    for (const input of Array.from(this.form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea"))) {
      if (input.name && input.type !== "file" && (input.type !== "checkbox" || (input as HTMLInputElement).checked)) {
        fields[input.name] = input.value;
      }
    }
    const files: { field: string; name: string; body: Blob }[] = [];
    if (this.chosen.length) this.say(say("lightening"), false);
    for (const { field, file } of this.chosen) {
      if (field === "photo") files.push({ field, name: "photo", body: await shrink(file) });
      else {
        files.push({ field, name: "film", body: file });
        const poster = await still(file);
        if (poster) files.push({ field: "poster", name: "poster", body: poster });
      }
    }
    const url = this.form.action;
    return { word: newWord(), wall: this.limits.wall, url, fields, files, writtenMs: Date.now(), refused: "" };
  }

  private async go(post: Waiting): Promise<void> {
    const size = post.files.reduce((sum, file) => sum + file.body.size, 0);
    if (size > this.limits.max_bytes - MEGABYTE) return this.say(say("too_large"));
    await keep("waiting", post);
    this.say(say("sending", { percent: figure(0) }), false);
    await inAPersonsTime();
    const { outcome, says } = await send(post, {
      percent: (value) => this.say(say("sending", { percent: figure(value) }), false),
    });
    if (outcome === "sent") {
      this.clear();
      location.assign(`/r/${post.word}?lang=${this.limits.lang}&sent=1`);
      return;
    }
    this.say(outcome === "refused" ? says || say("no_send") : "");
    if (outcome === "later") this.clear();
    changed();
    this.queued();
  }

  /** Back to an empty form: what was written waits in the outbox. */
  private clear(): void {
    this.text.value = "";
    this.text.dispatchEvent(new Event("input"));
    for (const one of this.chosen) URL.revokeObjectURL(one.url);
    this.chosen = [];
    this.list();
    this.say("");
  }
}

function thumb(one: Chosen): HTMLElement {
  const media = make(one.field === "film" ? "video" : "img", "thumb");
  media.src = one.url;
  if (media instanceof HTMLImageElement) media.alt = "";
  return media;
}
