// The hub with the stream and the store it has in the house, and nothing behind it.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { openHub } from "@picket/hub";
import { silent, systemClock } from "@picket/kit";
import { decodeRecords, recordKind } from "@picket/schema";
import { openKeyValueStore, openStream } from "@picket/stream";
import { given } from "./process.mjs";

const { key, cert, ports, data, devices, quotas } = given();
const around = { recorder: silent, clock: systemClock };
const streamOptions = { directory: `${data}/stream`, maxBytes: 4_000_000_000, ...around };
const stream = openStream(streamOptions);
/** As the house has it: readers of messages have a place of their own in the stream. */
const events = {
  first: () => stream.first(),
  last: () => stream.last(),
  open: () => openStream({ ...streamOptions, readOnly: true }),
};
const store = openKeyValueStore({ directory: `${data}/state` });
const hub = await openHub(
  {
    hostNames: ["localhost"],
    bind: "127.0.0.1",
    mqttPort: ports[0],
    httpsPort: ports[1],
    amqpPort: ports[2],
    tls: { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") },
    quotas: quotas ?? { deviceRates: {} },
  },
  { outlet: stream, events, store, vault: { seal: (plain) => plain, open: (sealed) => sealed }, ...around },
);
const keys = [];
for (let from = 0; from < devices; from += 500) {
  const ids = Array.from({ length: Math.min(500, devices - from) }, (_, index) => `load-${from + index}`);
  const made = await Promise.all(
    ids.map(async (id) => hub.registry.find(id) ?? (await hub.registry.create(id))),
  );
  for (const identity of made) keys.push(hub.registry.keys(identity)[0]);
}
const answers = {
  /** Messages of devices in the stream. */
  count: () => {
    let messages = 0;
    for (let after = 0; ; ) {
      const entries = stream.read(after, 4_194_304);
      if (entries.length === 0) return { messages };
      for (const { bytes } of entries)
        for (const { kind } of decodeRecords(bytes)) if (kind === recordKind.telemetry) messages += 1;
      after = entries.at(-1).position;
    }
  },
  status: () => hub.status(),
  policies: () => hub.authenticator.policies(),
  gc: () => {
    globalThis.gc?.();
    return process.memoryUsage();
  },
  /** Changes the desired properties of all devices. */
  push: async () => {
    for (let from = 0; from < devices; from += 500)
      await Promise.all(
        Array.from({ length: Math.min(500, devices - from) }, (_, index) =>
          hub.twins.change(
            { deviceId: `load-${from + index}`, moduleId: "" },
            { desired: { at: Date.now() } },
          ),
        ),
      );
    return {};
  },
};
createInterface({ input: process.stdin }).on("line", async (what) =>
  process.stdout.write(`${JSON.stringify((await answers[what]?.()) ?? null)}\n`),
);
process.on("SIGTERM", async () => {
  await hub.close();
  await stream.close();
  await store.close();
  process.exit(0);
});
process.stdout.write(`${JSON.stringify(keys)}\n`);
