// Prints what in the given built files is newer than Chromium 64 can read: one line a place.
import { readFileSync } from "node:fs";
import { parseAst } from "vite";

const NEWER = new Set([
  "ChainExpression", // ?. : 80
  "PropertyDefinition", // class fields: 72
  "PrivateIdentifier", // #x: 74
  "StaticBlock", // 94
  "ImportDeclaration", // classic scripts have no modules
  "ImportExpression",
  "ExportNamedDeclaration",
  "MetaProperty",
  "AwaitExpressionTopLevel",
]);

function walk(node, file) {
  if (Array.isArray(node)) return node.forEach((one) => walk(one, file));
  if (!node || typeof node.type !== "string") return;
  const found =
    NEWER.has(node.type) ||
    (node.type === "LogicalExpression" && node.operator === "??") ||
    (node.type === "AssignmentExpression" && ["??=", "||=", "&&="].includes(node.operator)) ||
    (node.type === "CatchClause" && !node.param) || // 66
    (node.type === "Literal" && (node.bigint || (node.raw ?? "").includes("_") && typeof node.value === "number"));
  if (found) console.log(`${file}: ${node.type} at ${node.start}`);
  for (const key of Object.keys(node)) if (key !== "type") walk(node[key], file);
}

for (const file of process.argv.slice(2)) walk(parseAst(readFileSync(file, "utf8")).body, file);
