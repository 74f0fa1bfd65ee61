// Prints the French words of the pages, and for each given [handle, name] whether they say the same.
import { load, stdin } from "./module.mjs";

const { wordsOf } = await load("kit/words.ts");
const { alike } = await load("kit/slab.ts");
const pairs = await stdin();
console.log(JSON.stringify({ words: wordsOf("fr"), alike: pairs.map(([handle, name]) => alike(handle, name)) }));
