// A setting reaches 100,000 devices by an automatic configuration: time, progress, and memory while it runs, against the
// time that the store alone needs to write the same twins one by one and in the same slices.
// node --expose-gc bench/hub/rollout.mjs [devices]
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openHub } from "@picket/hub";
import { silent, systemClock } from "@picket/kit";
import { openKeyValueStore, openStream } from "@picket/stream";
import { certificate, folder } from "./process.mjs";

const devices = Number(process.argv[2] ?? 100_000);
const home = folder("rollout");
const store = openKeyValueStore({ directory: join(home, "state") });
const stream = openStream({
  directory: join(home, "stream"),
  maxBytes: 8e9,
  recorder: silent,
  clock: systemClock,
});
const files = certificate();
const tls = { key: readFileSync(files.key, "utf8"), cert: readFileSync(files.cert, "utf8") };
const plain = { seal: (bytes) => bytes, open: (bytes) => bytes };
const hub = await openHub(
  { hostNames: ["localhost"], bind: "127.0.0.1", mqttPort: 0, amqpPort: 0, httpsPort: 0, tls },
  {
    store,
    vault: plain,
    recorder: silent,
    clock: systemClock,
    outlet: { append: (batch) => stream.append(batch) },
  },
);

/** Memory of the process itself; pages of the store's file that happen to be mapped are the kernel's. */
const own = () => Number(/RssAnon:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1_024;
const megabytes = (bytes) => Math.round(bytes / 1e6);
const seconds = (from) => ((performance.now() - from) / 1_000).toFixed(1);
const id = (n) => `device-${String(n).padStart(7, "0")}`;

let began = performance.now();
for (let n = 0; n < devices; n += 2_000)
  await Promise.all(
    Array.from({ length: Math.min(2_000, devices - n) }, (_, more) =>
      hub.registry.create(id(n + more), "", { tags: { ring: (n + more) % 10, site: `site-${n % 97}` } }),
    ),
  );
console.log(`registered ${devices} devices in ${seconds(began)} s`);

globalThis.gc?.();
const start = own();
let most = start;
let lag = 0;
let last = performance.now();
const watch = setInterval(() => {
  const now = performance.now();
  lag = Math.max(lag, now - last - 20);
  last = now;
  most = Math.max(most, own());
}, 20);

began = performance.now();
await hub.service.configurations.put("everybody", {
  targetCondition: "tags.ring < 10",
  priority: 1,
  content: { deviceContent: { "properties.desired.agent": { mode: "eco", frequency: "PT10M", level: 3 } } },
});
let shown = 0;
const progress = setInterval(() => {
  const { looked, changed, total } = hub.service.configurations.rollout.progress;
  if (looked < shown) return;
  shown = looked + total / 5;
  const memory = megabytes(own());
  console.log(`  ${seconds(began)} s: looked at ${looked} of ${total}, changed ${changed}, ${memory} MB`);
}, 250);
await hub.service.configurations.rollout.idle();
clearInterval(progress);
const took = performance.now() - began;
const { changed } = hub.service.configurations.rollout.progress;
clearInterval(watch);
console.log(
  `rolled out to ${changed} devices in ${(took / 1_000).toFixed(1)} s: ${Math.round((changed / took) * 1_000)} twins/s, ${((took / changed) * 1_000).toFixed(0)} µs each, durable`,
);
console.log(
  `memory ${megabytes(start)} MB before, ${megabytes(most)} MB at most; longest pause of the event loop ${Math.round(lag)} ms`,
);

began = performance.now();
const { system } = await hub.service.configurations.metrics("everybody");
console.log(`counted in ${seconds(began)} s: ${JSON.stringify(system)}`);
began = performance.now();
const [answer] = (
  await hub.service.queries.run(
    "SELECT COUNT() AS n FROM devices WHERE tags.ring = 3 AND properties.desired.agent.mode = 'eco'",
    { pageSize: 10 },
  )
).rows;
console.log(`a query over all twins in ${seconds(began)} s: ${JSON.stringify(answer)}`);

// The yardstick: the same bytes into the same store.
const twin = Buffer.alloc(Buffer.byteLength(JSON.stringify(hub.registry.get(id(0)))), 120);
began = performance.now();
for (let n = 0; n < devices; n += 200)
  await store.write(
    Array.from({ length: 200 }, (_, more) => ({ key: `yardstick/${n + more}`, value: twin })),
  );
console.log(`the store alone, in the same slices: ${seconds(began)} s`);
began = performance.now();
const one = Math.min(devices, 500);
for (let n = 0; n < one; n += 1) await store.write([{ key: `yardstick/${n}`, value: twin }]);
const each = (performance.now() - began) / one;
console.log(
  `one by one it would take ${Math.round((each * devices) / 1_000)} s (${each.toFixed(2)} ms each, over ${one})`,
);

await hub.close();
await stream.close();
await store.close();
rmSync(home, { recursive: true, force: true });
process.exit(0);
