#!/usr/bin/env node
// Writes the lists of rules and recommendations from their folders; `--check` only says whether they are current.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../detections/src/", import.meta.url));
/** The lists: which folder each is made of, and what it holds. */
export const lists = [
  { folder: "rules", list: "rules.ts", type: "Rule", from: "./rule.js", about: "Every built-in rule." },
  {
    folder: "recommendations",
    list: "recommendations.ts",
    type: "Recommendation",
    from: "./recommendation.js",
    about: "Every built-in recommendation.",
  },
];

/** The text of a list: one import and one entry for each name that its folder's files export. */
export function listOf({ folder, type, from, about }) {
  const files = readdirSync(`${source}${folder}`, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .sort();
  const found = files.map((file) => ({
    path: `./${folder}/${file.replace(/\.ts$/, ".js")}`,
    names: [
      ...readFileSync(`${source}${folder}/${file}`, "utf8").matchAll(/^export const (\w+)(?= = \w)/gm),
    ].map(([, name]) => name),
  }));
  const imports = found
    .filter(({ names }) => names.length > 0)
    .map(({ path, names }) => `import { ${names.join(", ")} } from "${path}";`);
  const names = found.flatMap((each) => each.names).sort();
  return [
    "// A list, written by tools/list-rules.mjs.",
    "",
    ...[`import type { ${type} } from "${from}";`, ...imports],
    "",
    `/** ${about} */`,
    `export const ${folder}: readonly ${type}[] = [`,
    ...names.map((name) => `  ${name},`),
    "];",
    "",
  ].join("\n");
}

/** Whether two lists say the same, whatever the order of their lines and their breaks. */
export const isCurrent = (list) => {
  const words = (text) =>
    text
      .replaceAll(/\s+|,(?=\s*[}\]])/g, " ")
      .split(/[\s,;{}]+/)
      .sort()
      .join(" ");
  return words(readFileSync(`${source}${list.list}`, "utf8")) === words(listOf(list));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const list of lists) {
    if (!process.argv.includes("--check")) writeFileSync(`${source}${list.list}`, listOf(list));
    else if (!isCurrent(list)) {
      console.error(`detections/src/${list.list} is behind its folder: run node tools/list-rules.mjs`);
      process.exitCode = 1;
    }
  }
}
