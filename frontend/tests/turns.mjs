// Plays a wall of cells by the clock: reads {cells, cards, asks, pinned}, prints every turn as [start, cell, post].
import { load, stdin } from "./module.mjs";

const { Turns } = await load("kit/turns.ts");
const { cells, cards, asks, hold, until, pinned = [] } = await stdin();
const turns = new Turns();
const snapshot = { cards, picks: { pinned: pinned.map((post) => ({ post })) } };
const stands = cells.map((near) => ({ post: undefined, readyAt: 0, bornAt: -Infinity, pictures: false, near }));
const told = [];
turns.open(0);
for (const post of asks) turns.ask(post);
let now = 0;
for (let step = 0; step < 100000 && now < until; step++) {
  const next = turns.next(stands, snapshot, now, () => false);
  if (next.do === "rest") break;
  if (next.do === "wait") {
    now += next.ms;
    continue;
  }
  const cell = stands[next.cell];
  const turn = cell.post !== undefined;
  const end = now + 1000;
  Object.assign(cell, { post: next.card.post, bornAt: end, readyAt: end + hold });
  turns.placed(next.card.post, turn ? end : undefined);
  told.push([now, next.cell, next.card.post, turn]);
}
console.log(JSON.stringify({ told, left: turns.length }));
