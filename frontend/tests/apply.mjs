// Replays cases made by the server's own `apply`: reads [{snapshot, messages: [[message, seq]]}], prints each end state.
import { load, stdin } from "./module.mjs";

const { apply } = await load("kit/apply.ts");
const ends = (await stdin()).map(({ snapshot, messages }) =>
  messages.reduce((state, [message, seq]) => apply(state, message, seq), snapshot),
);
console.log(JSON.stringify(ends));
