// What the build takes from npm as it is: typefaces, the emoji, the networks' glyphs. All free to pass on (see
// docs/credits.md); each typeface and script is a style sheet of its own, so that a page loads what it needs.
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Style sheet: [package, its sheet, which of its faces to keep (all unless said)]. */
const SHEETS = {
  archivo: [["@fontsource-variable/archivo", "wdth.css"]],
  bricolage: [["@fontsource-variable/bricolage-grotesque", "standard.css"]],
  instrument: [
    ["@fontsource/instrument-serif", "400.css"],
    ["@fontsource-variable/instrument-sans", "wght.css"],
  ],
  noto: [["@fontsource-variable/noto-sans", "wght.css", /-(cyrillic|greek)(-ext)?-/]],
  arabic: [["@fontsource-variable/noto-sans-arabic", "wght.css", /-arabic-(?!math|symbols|latin)/]],
  hebrew: [["@fontsource-variable/noto-sans-hebrew", "wght.css", /-hebrew-hebrew-/]],
  devanagari: [["@fontsource-variable/noto-sans-devanagari", "wght.css", /-devanagari-devanagari-/]],
  bengali: [["@fontsource-variable/noto-sans-bengali", "wght.css", /-bengali-bengali-/]],
  tamil: [["@fontsource-variable/noto-sans-tamil", "wght.css", /-tamil-tamil-/]],
  thai: [["@fontsource-variable/noto-sans-thai", "wght.css", /-thai-thai-/]],
  jp: [["@fontsource-variable/noto-sans-jp", "wght.css", /-jp-\d+-/]],
  kr: [["@fontsource-variable/noto-sans-kr", "wght.css", /-kr-\d+-/]],
  sc: [["@fontsource-variable/noto-sans-sc", "wght.css", /-sc-\d+-/]],
  tc: [["@fontsource-variable/noto-sans-tc", "wght.css", /-tc-\d+-/]],
};
export const NETWORKS = [
  "mastodon", "bluesky", "youtube", "instagram", "facebook", "x", "tiktok", "threads", "reddit", "flickr",
  "telegram", "whatsapp",
];

const FACE = /@font-face\s*\{[^}]*\}/g;
const SOURCE = /url\(\.\/files\/([a-z0-9-]+\.woff2)\)\s*format\([^)]*\)/;

/** One style sheet and its files; each file's address carries its content, so that it is kept for ever. */
async function sheet(name, parts, modules, out) {
  const rules = [];
  for (const [pack, file, kept] of parts) {
    const home = join(modules, pack);
    for (const rule of (await readFile(join(home, file), "utf8")).match(FACE) ?? []) {
      const woff = SOURCE.exec(rule)?.[1];
      if (!woff || (kept && !kept.test(woff))) continue;
      const body = await readFile(join(home, "files", woff));
      await writeFile(join(out, woff), body);
      const mark = createHash("sha256").update(body).digest("hex").slice(0, 16);
      const short = rule.replace(/src:[^;]*;/, `src:url(${woff}?v=${mark}) format("woff2");`);
      rules.push(short.replace(/\s*([{}:;,])\s*/g, "$1").replace(/;}/, "}"));
    }
  }
  if (rules.length === 0) throw new Error(`no face was found for ${name}`);
  await writeFile(join(out, `${name}.css`), rules.join("\n") + "\n");
}

async function glyphs(modules, file) {
  const symbols = await Promise.all(
    NETWORKS.map(async (network) => {
      const svg = await readFile(join(modules, "simple-icons/icons", `${network}.svg`), "utf8");
      const path = / d="([^"]+)"/.exec(svg)[1];
      return `<symbol id="${network}" viewBox="0 0 24 24"><path d="${path}"/></symbol>`;
    }),
  );
  await writeFile(file, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

/** One file an emoji, named by its code points without the variation sign: `2764`, `1f468-200d-1f33e`. */
async function emoji(modules, out) {
  const home = join(modules, "@twemoji/svg");
  const files = (await readdir(home)).filter((name) => name.endsWith(".svg"));
  await Promise.all(
    files.map((name) => cp(join(home, name), join(out, name.replace(/-fe0f/g, "")))),
  );
}

/** Everything into `out`. */
export async function gather(modules, out) {
  for (const folder of ["fonts", "emoji", "wall"]) await mkdir(join(out, folder), { recursive: true });
  for (const [name, parts] of Object.entries(SHEETS)) {
    await sheet(name, parts, modules, join(out, "fonts"));
  }
  await glyphs(modules, join(out, "wall/glyphs.svg"));
  await emoji(modules, join(out, "emoji"));
}
