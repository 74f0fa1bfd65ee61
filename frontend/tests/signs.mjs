// For each [text, lang]: the names of its emoji's pictures, and the typefaces that it needs.
import { load, stdin } from "./module.mjs";

const { emojiIn, emojiName } = await load("kit/emoji.ts");
const { sheetsFor } = await load("kit/scripts.ts");
const found = (await stdin()).map(([text, lang]) => [(emojiIn(text) ?? []).map(emojiName), sheetsFor(text, lang)]);
console.log(JSON.stringify(found));
