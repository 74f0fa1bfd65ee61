// Bundles one TypeScript module of ours in memory and imports it, for tests that need no page.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const frontend = join(dirname(fileURLToPath(import.meta.url)), "..");

export async function load(path) {
  const built = await build({
    configFile: false,
    root: frontend,
    logLevel: "error",
    resolve: { alias: { "@parvis/kit": join(frontend, "kit/index.ts") } },
    build: { write: false, minify: false, lib: { entry: join(frontend, path), formats: ["es"], fileName: "it" } },
  });
  const { code } = (Array.isArray(built) ? built[0] : built).output[0];
  return import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
}

export async function stdin() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}
