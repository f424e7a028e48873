#!/usr/bin/env node
// All built-in rules over the process events of a harmless week, JSON parsing included, on one core: events a second, beside
// the naive loop that asks every rule about every event, each reading the command line for itself. Load time and memory too.
import { readCommandLine, rules } from "@picket/detections";
import { silent } from "@picket/kit";
import { Engine, fromMatchRule } from "@picket/pipeline";
import { benignWeek } from "./benign-week.mjs";

const seconds = Number(process.argv[2] ?? 5);
const texts = benignWeek()
  .filter(({ name }) => name === "ProcessCreate")
  .map(({ item }) => JSON.stringify(item));
const spent = () => process.cpuUsage().user / 1_000;
const eventOf = (text) => ({
  deviceId: "build-1",
  moduleId: "",
  name: "ProcessCreate",
  at: 1_772_000_000_000,
  hits: 1,
  item: JSON.parse(text),
});

function rate(work) {
  let at = 0;
  const turn = (count) => {
    for (let n = 0; n < count; n += 1, at += 1) work(texts[at % texts.length]);
  };
  for (const until = spent() + 1_000; spent() < until; ) turn(100);
  let count = 0;
  const from = spent();
  while (spent() - from < seconds * 1_000) {
    turn(100);
    count += 100;
  }
  return (count * 1_000) / (spent() - from);
}

const report = (name, value) => console.log(name.padEnd(64) + value);
const shown = (value) => `${Math.round(value).toLocaleString("en")} events/s`;

const before = process.memoryUsage().rss;
const loading = performance.now();
const engine = new Engine(
  { rules: rules.filter(({ kind }) => kind === "match").map(fromMatchRule), correlations: [] },
  silent,
);
report(`${rules.length} rules made ready`, `${Math.round(performance.now() - loading)} ms`);
report("memory that this took", `${Math.round((process.memoryUsage().rss - before) / 1e6)} MB`);
let alerts = 0;
const fast = rate((text) => engine.ask(eventOf(text), () => (alerts += 1)));
report(`engine, ${texts.length.toLocaleString("en")} different events, JSON parsing included`, shown(fast));
report("JSON parsing alone", shown(rate((text) => JSON.parse(text))));
const ready = rules.filter(({ kind, reads }) => kind === "match" && reads === "ProcessCreate");
const shared = rate((text) => {
  const event = eventOf(text);
  for (const rule of ready) if (rule.matches(event) !== undefined) alerts += 1;
});
report(
  `every one of ${ready.length} rules asked, one reading shared`,
  `${shown(shared)}: ${Math.round(fast / shared)} x`,
);
const naive = rate((text) => {
  const event = eventOf(text);
  for (const rule of ready) {
    readCommandLine(event.item.CommandLine);
    if (rule.matches(event) !== undefined) alerts += 1;
  }
});
report("naive loop: each rule reads the line for itself", `${shown(naive)}: ${Math.round(fast / naive)} x`);
report("memory of the process", `${Math.round(process.memoryUsage().rss / 1e6)} MB`);
