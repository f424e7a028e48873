#!/usr/bin/env node
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brokenLinks } from "./house/links.mjs";
import { measureFile } from "./house/measure.mjs";
import { brokenPlan, cyclesIn, rooms, sourcesOf } from "./house/plan.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

const stops = {
  fileLines: 500,
  functionLines: 60,
  parameters: 4,
  depth: 4,
  anyPerKloc: 0.3,
  castsPerKloc: 6,
};
const strictlyDocumented = new Set(["schema", "api", "kit", "kql", "device/sdk"]);

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const sum = (files, of) => files.reduce((total, file) => total + of(file), 0);
const ascending = (numbers) => numbers.toSorted((a, b) => a - b);

function measureRoom(room) {
  const { sources, tests } = sourcesOf(root, room);
  const files = sources.map(measureFile);
  const lines = sum(files, (file) => file.lines);
  const testLines = sum(tests.map(measureFile), (file) => file.lines);
  const lengths = ascending(files.filter((file) => !file.isList).map((file) => file.lines));
  const functions = files.flatMap((file) => file.functions.map((each) => ({ ...each, path: file.path })));
  const spans = ascending(functions.map((each) => each.lines));
  return { room, files, functions, lines, testLines, lengths, spans };
}

function hardStops({ room, files, functions, lines }) {
  const found = [];
  for (const file of files) {
    if (!file.isList && file.lines > stops.fileLines)
      found.push(`${file.path} has ${file.lines} lines (${stops.fileLines})`);
    if (file.defaultExports > 0) found.push(`${file.path} has a default export`);
    if (file.path.split("/").length > stops.depth + (room.includes("/") ? 2 : 1))
      found.push(`${file.path} lies too deep`);
  }
  for (const each of functions) {
    if (each.lines > stops.functionLines)
      found.push(`${each.path}:${each.from} is a function of ${each.lines} lines (${stops.functionLines})`);
    if (each.parameters > stops.parameters)
      found.push(`${each.path}:${each.from} takes ${each.parameters} parameters (${stops.parameters})`);
  }
  const perKloc = (count) => (count * 1000) / Math.max(lines, 1);
  if (perKloc(sum(files, (file) => file.anys)) > stops.anyPerKloc) found.push(`${room} says any`);
  const casts = perKloc(sum(files, (file) => file.casts));
  if (lines > 300 && casts > stops.castsPerKloc)
    found.push(`${room} has ${casts.toFixed(1)} casts per 1,000 lines (${stops.castsPerKloc})`);
  for (const cycle of cyclesIn(files)) found.push(`import cycle ${cycle.join(" → ")}`);
  if (strictlyDocumented.has(room)) {
    const bare = sum(files, (file) => file.exported - file.documented);
    if (bare > 0) found.push(`${room} exports ${bare} names without a doc line`);
  }
  return found;
}

function row({ room, files, lines, testLines, lengths, spans }) {
  const perKloc = (of) => ((sum(files, of) * 1000) / Math.max(lines, 1)).toFixed(1);
  const exported = sum(files, (file) => file.exported);
  return [
    room,
    String(files.length),
    String(lines),
    `${at(lengths, 0.5)} · ${at(lengths, 0.9)} · ${lengths.at(-1) ?? 0}`,
    `${at(spans, 0.5)} · ${at(spans, 0.9)} · ${spans.at(-1) ?? 0}`,
    perKloc((file) => file.casts),
    `${Math.round((sum(files, (file) => file.documented) * 100) / Math.max(exported, 1))} %`,
    `${((sum(files, (file) => file.inline) * 100) / Math.max(lines, 1)).toFixed(1)} %`,
    (testLines / Math.max(lines, 1)).toFixed(2),
  ];
}

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  for (const cells of rows) {
    console.log(
      cells
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join("  "),
    );
  }
}

const measured = rooms(root).map(measureRoom);
print([
  [
    "room",
    "files",
    "lines",
    "file length p50 · p90 · max",
    "function p50 · p90 · max",
    "casts/kloc",
    "documented",
    "inline",
    "test:source",
  ],
  ...measured.map(row),
]);
const everything = {
  room: "house",
  files: measured.flatMap(({ files }) => files),
  lines: sum(measured, ({ lines }) => lines),
  testLines: sum(measured, ({ testLines }) => testLines),
  lengths: ascending(measured.flatMap(({ lengths }) => lengths)),
  spans: ascending(measured.flatMap(({ spans }) => spans)),
};
print([row(everything)]);

const broken = [...brokenPlan(root), ...brokenLinks(root), ...measured.flatMap(hardStops)];
for (const stop of broken) console.error(`STOP  ${stop}`);
console.log(
  broken.length === 0
    ? "The house stands."
    : `${broken.length} hard stops in ${dirname(fileURLToPath(import.meta.url))}/..`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
