#!/usr/bin/env node
// What five million indicators cost in memory and how many look-ups a second one core makes.
import { compileSet, IndicatorSet, lookUp } from "@picket/pipeline";

const count = Number(process.argv[2] ?? 5_000_000);
const report = (name, value) => console.log(`${name.padEnd(44)}${value}`);
/** Milliseconds of processor time: the machine is shared. */
const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const about = { confidence: 80, expiresAt: 0, threat: "C2", description: "bench" };

function* made() {
  for (let index = 0; index < count; index += 1) {
    if (index % 5 < 2)
      yield {
        type: "ipv4",
        value: `${11 + (index % 200)}.${(index >> 8) & 255}.${(index >> 16) & 255}.${index & 255}`,
        ...about,
      };
    else if (index % 5 < 4)
      yield { type: "domain", value: `host-${index}.bad-${index % 1000}.example`, ...about };
    else yield { type: "sha256", value: index.toString(16).padStart(64, "0"), ...about };
  }
  for (let index = 0; index < 200; index += 1)
    yield { type: "cidr", value: `${index}.77.0.0/${12 + (index % 12)}`, ...about };
}

/** Walks as an array does without ever holding all of them. */
const indicators = { length: count + 200, [Symbol.iterator]: made };
const building = spent();
const compiled = compileSet(indicators);
report(
  `${count.toLocaleString("en")} indicators compiled`,
  `${((spent() - building) / 1_000).toFixed(1)} s, ${Math.round(compiled.byteLength / 1e6)} MB`,
);
globalThis.gc?.();
const before = process.memoryUsage.rss();
const reading = spent();
const set = new IndicatorSet(compiled);
report("taken into use", `${Math.round(spent() - reading)} ms, ${Math.round(set.bytes / 1e6)} MB`);
report(
  "memory of the process",
  `${Math.round(process.memoryUsage.rss() / 1e6)} MB (${Math.round((process.memoryUsage.rss() - before) / 1e6)} MB more than before)`,
);

const asked = Array.from({ length: 100_000 }, (_, index) => {
  const serial = index * 37;
  if (index % 3 === 0)
    return { kind: "address", value: `10.${index & 255}.${(index >> 8) & 255}.${serial & 255}`, field: "" };
  if (index % 3 === 1)
    return {
      kind: "domain",
      value: `www.host-${serial % count}.bad-${(serial % count) % 1000}.example`,
      field: "",
    };
  return { kind: "hash", type: "sha256", value: (serial % count).toString(16).padStart(64, "0"), field: "" };
});
let found = 0;
let looked = 0;
const started = spent();
while (spent() - started < 3_000) {
  for (const each of asked) if (lookUp(set, each)) found += 1;
  looked += asked.length;
}
const seconds = (spent() - started) / 1_000;
report(
  "look-ups on one core",
  `${Math.round(looked / seconds).toLocaleString("en")}/s, ${Math.round((found / looked) * 100)} % found`,
);
