#!/usr/bin/env node
// How long a server takes to be ready, first and again, and what it holds in memory when idle with the language warm.
import { startPicket } from "./picket.mjs";

const first = await startPicket();
await first.kql("SecurityAlert | count");
await new Promise((resolve) => setTimeout(resolve, 10_000));
console.log(`first start   ${(first.readyMs / 1000).toFixed(2)} s, certificates made`);
console.log(`idle memory   ${Math.round(first.rssMb())} MB, query language warm`);
await first.stop();
const times = [];
for (let run = 0; run < 5; run += 1) {
  const again = await startPicket({ data: first.data });
  times.push(again.readyMs);
  await again.stop();
}
times.sort((a, b) => a - b);
console.log(
  `started again ${times.map((ms) => (ms / 1000).toFixed(2)).join(" ")} s, median ${(times[2] / 1000).toFixed(2)} s`,
);
process.exit(0);
