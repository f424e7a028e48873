#!/usr/bin/env node
// How many process events a second one core asks all built-in rules about, JSON parsing included, beside the naive loop
// over the same rules; and how many updates a second correlation takes, and what a live group costs.
import { rules } from "@picket/detections";
import { silent } from "@picket/kit";
import { Engine, fromMatchRule, loadPack } from "@picket/pipeline";
import { corpus, sigmaPack } from "./corpus.mjs";

const seconds = Number(process.argv[2] ?? 3);
const matching = rules.filter((rule) => rule.kind === "match");
const texts = corpus(20_000);
const report = (name, value) => console.log(`${name.padEnd(58)}${value}`);
const rate = (count, ms) => `${Math.round(count / (ms / 1_000)).toLocaleString("en")} events/s`;

/** Milliseconds of processor time: the machine is shared, and figures are for each core. */
const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

function measure(work) {
  for (const text of texts.slice(0, 2_000)) work(text);
  let count = 0;
  const started = spent();
  while (spent() - started < seconds * 1_000) {
    for (let index = 0; index < 200; index += 1) work(texts[(count + index) % texts.length]);
    count += 200;
  }
  return { count, ms: spent() - started };
}

const eventOf = (item) => ({
  deviceId: "pump-7",
  moduleId: "",
  name: "ProcessCreate",
  at: 1_772_000_000_000,
  hits: 1,
  item,
});
let hits = 0;
const fire = () => {
  hits += 1;
};

const loading = spent();
const engine = new Engine({ rules: matching.map(fromMatchRule), correlations: [] }, silent);
report(`${matching.length} built-in rules loaded`, `${Math.round(spent() - loading)} ms`);
const fast = measure((text) => engine.ask(eventOf(JSON.parse(text)), fire));
report("built-in rules, JSON parsing included", rate(fast.count, fast.ms));
const parsing = measure((text) => JSON.parse(text));
report("JSON parsing alone", rate(parsing.count, parsing.ms));

const ready = matching.filter(({ reads }) => reads === "ProcessCreate");
const naive = measure((text) => {
  const event = eventOf(JSON.parse(text));
  for (const rule of ready) if (rule.matches(event) !== undefined) hits += 1;
});
report(`naive loop over the ${ready.length} rules of process events`, rate(naive.count, naive.ms));
report("ratio", `${Math.round(fast.count / fast.ms / (naive.count / naive.ms))} x`);

const packing = spent();
const pack = loadPack(sigmaPack(144));
report(`${pack.rules.length} sigma rules loaded`, `${Math.round(spent() - packing)} ms`);
const sigma = new Engine({ rules: pack.rules, correlations: [] }, silent);
const sigmaRate = measure((text) => sigma.ask(eventOf(JSON.parse(text)), fire));
report("sigma rules, JSON parsing included", rate(sigmaRate.count, sigmaRate.ms));
const packed = [...pack.rules, ...matching.map(fromMatchRule)];
const both = new Engine({ rules: packed, correlations: [] }, silent);
const bothRate = measure((text) => both.ask(eventOf(JSON.parse(text)), fire));
report("both, JSON parsing included", rate(bothRate.count, bothRate.ms));
const reloading = spent();
both.use({ rules: packed, correlations: [] });
report("hot reload of both", `${Math.round(spent() - reloading)} ms`);

const counting = loadPack([
  {
    name: "c.yml",
    text: `title: Any\nid: any\nname: any\nlogsource: { product: linux, category: process_creation }\ndetection: { s: { CommandLine|contains: run }, condition: s }\n---\ntitle: Many\nid: many\ncorrelation: { type: event_count, rules: [any], group-by: [User], timespan: 1h, condition: { gte: 1000000 } }`,
  },
]);
const groups = 100_000;
const correlating = new Engine({ rules: counting.rules, correlations: counting.correlations }, silent);
globalThis.gc?.();
const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
const items = Array.from({ length: groups }, (_, index) => ({
  CommandLine: "run it",
  UserName: `user-${index}`,
}));
const withItems = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
let at = 1_772_000_000_000;
const started = spent();
let updates = 0;
let grown = 0;
while (spent() - started < seconds * 1_000) {
  for (let index = 0; index < 1_000; index += 1) {
    at += 1;
    correlating.ask({ ...eventOf(items[(updates + index) % groups]), at }, fire);
  }
  updates += 1_000;
  if (updates === 2 * groups && globalThis.gc) {
    globalThis.gc();
    grown = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - withItems;
  }
}
report("correlation over 100,000 groups", rate(updates, spent() - started));
if (grown > 0)
  report("memory of a live group of two hits, key included", `${Math.round(grown / groups)} bytes`);
report(
  "memory of the process",
  `${Math.round(process.memoryUsage.rss() / 1e6)} MB (${hits} hits, ${Math.round((withItems - before) / 1e6)} MB of them events)`,
);
