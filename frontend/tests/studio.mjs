// Runs the studio's pure parts: reads {what, …}, prints the answer as JSON.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load, stdin } from "./module.mjs";

const MODULES = {
  curve: "studio/state/curve.ts", format: "studio/state/format.ts", keys: "studio/state/keys.ts", line: "studio/state/line.ts", place: "studio/state/place.ts", qr: "studio/state/qr.ts", screens: "studio/state/screens.ts", unread: "studio/state/unread.ts", words: "studio/words/index.ts",
};

const shapeOf = (value) =>
  typeof value === "function" ? `function ${value.length}` : Array.isArray(value) ? value.map(shapeOf) : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)])) : typeof value;

function textsOf(value) {
  if (typeof value === "string") return [value];
  return value && typeof value === "object" ? Object.values(value).flatMap(textsOf) : [];
}

/** The markup of every html`…` in a source, expressions left out: what stands there is said to people. */
function spokenIn(source) {
  const found = [];
  let at = 0;
  const template = () => {
    let own = "";
    while (at < source.length && source[at] !== "`") {
      if (source[at] === "\\") at += 2;
      else if (source.startsWith("${", at)) {
        own += "\u0000";
        at += 2;
        code("}");
      } else own += source[at++];
    }
    at++;
    return own;
  };
  const code = (end) => {
    let depth = 0;
    while (at < source.length) {
      const sign = source[at];
      if (end && sign === end && depth === 0) return void at++;
      if (sign === "/" && source[at + 1] === "/") at = (source.indexOf("\n", at) + 1 || source.length);
      else if (sign === "/" && source[at + 1] === "*") at = source.indexOf("*/", at) + 2;
      else if (sign === '"' || sign === "'") {
        at++;
        while (source[at] !== sign) at += source[at] === "\\" ? 2 : 1;
        at++;
      } else if (sign === "`") {
        const markup = /(html|svg)$/.test(source.slice(Math.max(0, at - 5), at));
        at++;
        const own = template();
        if (markup) found.push(own);
      } else if (sign === "/" && /[(,=:[!&|?{};]\s*$/.test(source.slice(Math.max(0, at - 3), at))) {
        at++;
        for (let inside = false; source[at] !== "/" || inside; at++) {
          if (source[at] === "\\") at++;
          else if (source[at] === "[") inside = true;
          else if (source[at] === "]") inside = false;
        }
        at++;
      } else {
        if (sign === "{") depth++;
        if (sign === "}") depth--;
        at++;
      }
    }
  };
  code("");
  return found.flatMap((markup) => {
    const attributes = [...markup.matchAll(/\b(?:aria-label|title|placeholder|alt|aria-description)="([^"]*)"/g)].map((one) => one[1]);
    return [markup.replace(/<[^>]*>/g, " "), ...attributes].filter((text) => /\p{L}{2}/u.test(text)).map((text) => text.trim().replace(/\s+/g, " "));
  });
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? filesIn(join(folder, one.name)) : one.name.endsWith(".ts") ? [join(folder, one.name)] : []));
}

const asked = await stdin();
let answer;
if (asked.what === "words") {
  const { WORDS } = await load(MODULES.words);
  answer = Object.fromEntries(Object.entries(WORDS).map(([lang, words]) => [lang, { shape: shapeOf(words), texts: textsOf(words) }]));
} else if (asked.what === "spoken") {
  answer = asked.source !== undefined ? spokenIn(asked.source) : filesIn("studio").flatMap((path) => spokenIn(readFileSync(path, "utf8")).map((text) => `${path}: ${text}`));
} else if (asked.what === "keyboard") {
  const { Keyboard, nameOf } = await load(MODULES.keys);
  const keyboard = new Keyboard(asked.changed ?? {});
  keyboard.letters = asked.letters ?? true;
  answer = asked.presses.map(([press, at, typing]) => keyboard.press(typeof press === "string" ? press : nameOf({ shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, code: "", ...press }), at, typing ?? false));
} else if (asked.what === "bindings") {
  answer = (await load(MODULES.keys)).BINDINGS;
} else if (asked.what === "lines") {
  const { Bursts, linesOf } = await load(MODULES.line);
  answer = linesOf(asked.items, asked.order, asked.bursts ? new Bursts() : undefined).map(({ key, items, risk }) => [key, items.length, risk]);
} else {
  const module = await load(MODULES[asked.what]);
  answer = asked.calls.map(([name, ...given]) => module[name](...given) ?? null);
}
console.log(JSON.stringify(answer));
