// Typefaces come when words first need them: one style sheet a script, and of its files only those that the words use.

const SCRIPTS: readonly (readonly [sheet: string, signs: RegExp])[] = [
  ["noto", /[\u0370-\u052f\u1f00-\u1fff]/],
  ["arabic", /[\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc]/],
  ["hebrew", /[\u0590-\u05ff\ufb1d-\ufb4f]/],
  ["devanagari", /[\u0900-\u097f]/],
  ["bengali", /[\u0980-\u09ff]/],
  ["tamil", /[\u0b80-\u0bff]/],
  ["thai", /[\u0e00-\u0e7f]/],
  ["jp", /[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]/],
  ["kr", /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/],
];
const HAN = /[\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/;
const LONGEST_MS = 4000;

/** Which Han signs are meant: the same code point is drawn otherwise in Japan, Korea, China and Taiwan. */
function han(lang: string): string {
  if (/^ko\b/i.test(lang)) return "kr";
  if (/^zh\b.*\b(TW|HK|MO|Hant)\b/i.test(lang)) return "tc";
  return /^zh\b/i.test(lang) ? "sc" : "jp";
}

/** The style sheets that `text` in `lang` needs besides the brand's own face. */
export function sheetsFor(text: string, lang: string): string[] {
  if (!/[^\x00-\u036f\u2000-\u206f]/.test(text)) return [];
  const found = SCRIPTS.filter(([, signs]) => signs.test(text)).map(([sheet]) => sheet);
  if (HAN.test(text) && found.indexOf("jp") < 0 && found.indexOf("kr") < 0) found.push(han(lang));
  return found;
}

const asked: Record<string, Promise<void>> = {};

/** Puts the style sheet of a typeface into the page, once. Resolves in any case: what cannot be had is done without. */
export function loadSheet(name: string): Promise<void> {
  return (asked[name] ??= new Promise<void>((done) => {
    const href = `/static/fonts/${name}.css`;
    const there = Array.from(document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]"));
    const link = there.filter((one) => one.href.indexOf(href) >= 0)[0] ?? document.createElement("link");
    if (link.sheet) return done();
    link.onload = () => done();
    link.onerror = () => {
      delete asked[name];
      done();
    };
    if (link.parentNode) return;
    link.rel = "stylesheet";
    link.href = href;
    document.head.append(link);
  }));
}

function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = new Promise<void>((done) => setTimeout(done, ms));
  return Promise.race([late, work.then(() => undefined, () => undefined)]);
}

/** Resolves when `text` can be drawn in its own typefaces, or after 4 s: late letters are better than none. */
export function fontsFor(text: string, lang: string): Promise<void> {
  const fonts = (document as { fonts?: FontFaceSet }).fonts;
  if (!fonts || text === "") return Promise.resolve();
  const style = getComputedStyle(document.documentElement);
  const load = (face: string, weight: string): Promise<unknown> => {
    const [family, heavy] = [style.getPropertyValue(face).trim(), style.getPropertyValue(weight).trim()];
    return family ? fonts.load(`${heavy || "700"} 40px ${family}`, text) : Promise.resolve();
  };
  const sheets = Promise.all(sheetsFor(text, lang).map(loadSheet));
  const ready = sheets.then(() => Promise.all([load("--display", "--w-display"), load("--text", "--w-text")]));
  return within(LONGEST_MS, ready);
}

const PROBE = "mmmmmmmmmm";

/** Some engines of 2018 draw the letters of a variable typeface on top of one another: they get the system's own. */
export function mendFaces(): void {
  const probe = document.createElement("span");
  probe.className = "probe";
  probe.textContent = PROBE;
  document.body.append(probe);
  const isSound = probe.offsetWidth > 0.3 * PROBE.length * parseFloat(getComputedStyle(probe).fontSize);
  probe.remove();
  if (isSound) return;
  for (const face of ["--display", "--text"]) document.documentElement.style.setProperty(face, "sans-serif");
}

/** Resolves when the picture is decoded, true, or cannot be had, false, or 6 s have gone, false. */
export function decoded(image: HTMLImageElement): Promise<boolean> {
  const late = new Promise<boolean>((done) => setTimeout(() => done(false), 6000));
  const ready = image.decode
    ? image.decode()
    : new Promise<void>((done, fail) => {
        image.onload = () => done();
        image.onerror = fail;
      });
  return Promise.race([late, ready.then(() => true, () => false)]);
}
