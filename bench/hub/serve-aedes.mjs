// The yardstick: aedes, which acknowledges when the same stream has flushed, all of a flush together.
import { readFileSync } from "node:fs";
import { createServer } from "node:tls";
import { silent, systemClock } from "@picket/kit";
import { RecordBatch, recordKind } from "@picket/schema";
import { openStream } from "@picket/stream";
import { Aedes } from "aedes";
import { given } from "./process.mjs";

const { key, cert, ports, data } = given();
const stream = openStream({
  directory: `${data}/stream`,
  maxBytes: 4_000_000_000,
  recorder: silent,
  clock: systemClock,
});
const batch = new RecordBatch();
let waiting = [];
let isWriting = false;
const write = async () => {
  isWriting = true;
  await new Promise((resolve) => setImmediate(resolve));
  while (batch.count > 0) {
    const done = waiting;
    waiting = [];
    await stream.append(batch.take());
    for (const each of done) each(null);
  }
  isWriting = false;
};
const broker = await Aedes.createBroker({
  authorizePublish: (client, { payload }, done) => {
    batch.add({
      kind: recordKind.telemetry,
      receivedAt: Date.now(),
      deviceId: client?.id ?? "",
      moduleId: "",
      body: payload,
    });
    waiting.push(done);
    if (!isWriting) void write();
  },
});
createServer({ key: readFileSync(key), cert: readFileSync(cert) }, broker.handle).listen(
  ports[0],
  "127.0.0.1",
  () => process.stdout.write("[]\n"),
);
process.on("SIGTERM", () => process.exit(0));
