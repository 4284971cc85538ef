// Builds the page's script and style into src/LastRef.Reports/Html, where they are committed and compared in CI.
import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../src/LastRef.Reports/Html/", import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL("src/report.js", import.meta.url))],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "ascii",
  legalComments: "eof",
  outfile: folder + "report.js",
  logLevel: "warning",
});
await build({
  entryPoints: [fileURLToPath(new URL("src/report.css", import.meta.url))],
  bundle: true,
  minify: true,
  outfile: folder + "report.css",
  logLevel: "warning",
});

// The licences of what went into the bundle.
const packages = ["cytoscape", "cytoscape-dagre", "dagre", "graphlib", "lodash"];
const texts = await Promise.all(packages.map(async (name) => {
  const about = JSON.parse(await readFile(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8"));
  const text = await readFile(new URL(`node_modules/${name}/LICENSE`, import.meta.url), "utf8");
  return `${name} ${about.version}\n\n${text.replaceAll("\r\n", "\n").trim()}\n`;
}));
await writeFile(folder + "LICENSES.txt", `report.js holds these packages.\n\n${texts.join("\n----\n\n")}`);
