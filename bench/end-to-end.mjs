#!/usr/bin/env node
// Events per second through the whole house over TLS with durable acknowledgement, and how soon an alert is visible.
// node bench/end-to-end.mjs [events per second] [seconds]
import { randomUUID } from "node:crypto";
import { openHubClient, parseConnectionString } from "@picket/sdk";
import { startPicket } from "./picket.mjs";

const [rate = 20_000, seconds = 30] = process.argv.slice(2).map(Number);
const CONNECTIONS = 20;
const PER_MESSAGE = 100;
const marker = { "$.ifid": "urn:azureiot:Security:SecurityAgent:1" };
const envelope = (events) =>
  `{"AgentVersion":"1.0","AgentId":"0d8e7c4a-61f9-4b5e-8f3a-2c1b0a998877","MessageSchemaVersion":"1.0","Events":[${events}]}`;
const event = (id, command) => {
  const at = new Date().toISOString();
  return `{"Id":"${id}","Name":"ProcessCreate","Category":"Triggered","EventType":"Security","PayloadSchemaVersion":"1.0","IsEmpty":false,"TimestampLocal":"${at}","TimestampUTC":"${at}","Payload":[{"Executable":"/usr/bin/app","ProcessId":4711,"ParentProcessId":1,"UserId":"1000","UserName":"operator","CommandLine":"${command}"}]}`;
};
let serial = 0;
const nextId = () => `00000000-0000-4000-8000-${(serial++).toString(16).padStart(12, "0")}`;

const picket = await startPicket();
const connect = async (name) => {
  const { connection } = await picket.api("POST", "/devices", { id: name });
  const client = openHubClient({
    connection: parseConnectionString(connection.connectionString),
    ca: picket.ca,
    userAgent: "bench",
    window: 64,
  });
  await client.connect();
  return client;
};
const clients = [];
for (let index = 0; index < CONNECTIONS; index += 1) clients.push(await connect(`load-${index}`));
const watcher = await connect("watched");
await picket.kql("SecurityAlert | count");

const seen = new Map();
const live = await fetch(`${picket.origin}/api/v1/alerts/live`, {
  headers: { authorization: `Bearer ${picket.token}` },
});
(async () => {
  for await (const chunk of live.body.pipeThrough(new TextDecoderStream()))
    for (const [, probe] of chunk.matchAll(/cpuminer-multi (probe-\d+)/g))
      if (!seen.has(probe)) seen.set(probe, performance.now());
})().catch(() => {});

const sentAt = new Map();
let acknowledged = 0;
let offered = 0;
const started = performance.now();
const usage = picket.cpu();
const perTick = (rate / PER_MESSAGE) * 0.02;
let owed = 0;
let probes = 0;
await new Promise((resolve) => {
  const timer = setInterval(() => {
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed > seconds) {
      clearInterval(timer);
      resolve();
      return;
    }
    owed = Math.min(elapsed * (rate / PER_MESSAGE) - offered / PER_MESSAGE, perTick * 20);
    for (; owed >= 1; owed -= 1) {
      const events = Array.from({ length: PER_MESSAGE }, (_, index) =>
        event(nextId(), `/usr/bin/app --unit ${index} --mode normal`),
      );
      offered += PER_MESSAGE;
      clients[(offered / PER_MESSAGE) % CONNECTIONS].send(envelope(events.join(",")), marker).then(
        () => (acknowledged += PER_MESSAGE),
        () => {},
      );
    }
    if (elapsed > probes / 2) {
      probes += 1;
      const probe = `probe-${probes}`;
      sentAt.set(probe, performance.now());
      watcher.send(envelope(event(randomUUID(), `cpuminer-multi ${probe}`)), marker).catch(() => {});
    }
  }, 20);
});
const lag = (await picket.api("GET", "/health")).pipeline;
await new Promise((resolve) => setTimeout(resolve, 4_000));
const [{ Count: stored }] = await picket.kql(
  'SecurityIoTRawEvent | where DeviceId startswith "load-" | count',
);
const waits = [...sentAt]
  .map(([probe, at]) => (seen.get(probe) ?? Number.POSITIVE_INFINITY) - at)
  .sort((a, b) => a - b);
const at = (share) => `${Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))])} ms`;
console.log(
  `offered       ${Math.round(offered / seconds)} events/s for ${seconds} s over ${CONNECTIONS} connections`,
);
console.log(`acknowledged  ${acknowledged} of ${offered}; stored ${stored}`);
console.log(`behind        ${lag.behindSeconds.toFixed(1)} s at the end of the load`);
console.log(
  `alert visible p50 ${at(0.5)}, p99 ${at(0.99)} of ${waits.length} probes, generator beside the server`,
);
console.log(`server CPU    ${(((picket.cpu() - usage) / acknowledged) * 1e6).toFixed(1)} µs per event`);
await picket.stop();
process.exit(0);
