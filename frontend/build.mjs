// Builds every browser half into src/parvis/static/: one classic script a room, and one for each
// extension's half. Classic scripts because the oldest screens know no modules.
import { existsSync, readdirSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { gather } from "./assets.mjs";

const frontend = dirname(fileURLToPath(import.meta.url));
const parvis = join(frontend, "../src/parvis");
const out = join(parvis, "static");
const OLDEST_SCREEN = "chrome64";
const MODERN = "es2022"; // the studio: a browser somebody works in
const KIT = "parvis.kit"; // window.parvis.kit, set by the room that loads the half
const asked = process.argv.slice(2); // rooms by name; none: everything, from an empty folder

const rooms = ["wall", "phone", "embed", "studio"]
  .filter((room) => existsSync(join(frontend, room, "index.ts")))
  .map((room) => ({
    entry: join(frontend, room, "index.ts"),
    folder: join(out, room),
    name: room === "wall" ? "player" : room,
    target: room === "studio" ? MODERN : OLDEST_SCREEN,
    external: [],
  }));

rooms.push({ entry: join(frontend, "wall/sw.ts"), folder: join(out, "wall"), name: "sw", target: OLDEST_SCREEN, external: [] });

const halves = ["formats", "layouts"].flatMap((kind) =>
  (existsSync(join(parvis, kind)) ? readdirSync(join(parvis, kind)) : []).flatMap((id) =>
    ["wall", "phone", "studio"]
      .filter((half) => existsSync(join(parvis, kind, id, `${half}.ts`)))
      .map((half) => ({
        entry: join(parvis, kind, id, `${half}.ts`),
        folder: join(out, kind),
        name: half === "wall" ? id : `${id}.${half}`,
        target: half === "studio" ? MODERN : OLDEST_SCREEN,
        external: ["lit", "@parvis/kit"],
      })),
  ),
);

const wanted = asked.length ? rooms.filter(({ folder }) => asked.includes(basename(folder))) : [...rooms, ...halves];
if (!asked.length) await rm(out, { recursive: true, force: true });
for (const { entry, folder, name, target, external } of wanted) {
  await build({
    configFile: false,
    base: "./", // the style sheet finds what lies beside it
    root: frontend,
    logLevel: "warn",
    publicDir: false,
    resolve: external.length ? {} : { alias: { "@parvis/kit": join(frontend, "kit/index.ts") } },
    build: {
      target,
      outDir: folder,
      emptyOutDir: false,
      cssTarget: target,
      assetsInlineLimit: 0, // nor any data: address in it
      cssCodeSplit: false, // a file of its own: the pages allow no inline style
      rollupOptions: {
        input: entry,
        external,
        output: {
          format: "iife",
          name: "parvis_" + name.replace(/\W/g, "_"),
          entryFileNames: `${name}.js`,
          assetFileNames: (asset) =>
            /\.css$/.test(asset.names[0] ?? "")
              ? `${name === "player" ? "wall" : name}[extname]`
              : "[name][extname]", // fonts and drawings of the style sheet, beside it
          globals: Object.fromEntries(external.map((module) => [module, KIT])),
        },
      },
    },
  });
  const still = join(dirname(entry), "public");
  if (existsSync(still)) await cp(still, folder, { recursive: true });
}
await gather(join(frontend, "node_modules"), out);
