// Feeds a stream in given chunks: reads [[chunk, …], …], prints the frames heard for each.
import { load, stdin } from "./module.mjs";

const { Frames } = await load("kit/live.ts");
const heard = (await stdin()).map((chunks) => {
  const frames = new Frames();
  return chunks.flatMap((chunk) => frames.take(chunk)).map(({ id, data }) => [id ?? null, data]);
});
console.log(JSON.stringify(heard));
