import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { silent, systemClock } from "@picket/kit";
import { afterAll, describe, expect, test } from "vitest";
import { openStream } from "./lmdb-stream.js";
import { streamContract } from "./testing.js";

const home = mkdtempSync(join(tmpdir(), "picket-stream-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const at = (name: string, maxBytes = 1e9) => ({
  directory: join(home, name),
  maxBytes,
  recorder: silent,
  clock: systemClock,
});

describe("the embedded stream", () => {
  streamContract(async (name, maxBytes) => openStream(at(name, maxBytes)));
});

const lmdb = import.meta.resolve("lmdb");

/** Appends for ever and prints each position once it is acknowledged. */
const appender = `
  import { open } from ${JSON.stringify(lmdb)};
  const db = open({ path: process.argv[2] + "/stream.mdb", encoding: "binary", overlappingSync: false });
  let last = 0;
  for (const key of db.getKeys({ reverse: true, limit: 1 })) last = key;
  const value = Buffer.alloc(400, 7);
  for (;;) {
    const some = Array.from({ length: 20 }, () => { last += 1; return last; });
    await Promise.all(some.map((key) => db.put(key, value).then(() => process.stdout.write(key + "\\n"))));
  }
`;

test("kill -9 while appending loses no acknowledged batch and leaves no gap", async () => {
  const script = join(home, "appender.mjs");
  writeFileSync(script, appender);
  const where = at("killed");
  openStream(where).close();
  let acknowledged = 0;
  for (let round = 0; round < 5; round += 1) {
    const child = spawn(process.execPath, [script, where.directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const gone = new Promise((resolve) => child.once("close", resolve));
    let seen = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Math.max(acknowledged, Number(line));
      seen += 1;
      if (seen === 200 + round * 50) child.kill("SIGKILL");
    }
    await gone;
    const stream = openStream(where);
    const positions = stream.read(0, 1e9).map((entry) => entry.position);
    expect(positions.length).toBeGreaterThanOrEqual(acknowledged);
    expect(positions).toEqual(positions.map((_, index) => index + 1));
    await stream.close();
  }
});

test("another thread of the process reads what this one appends", async () => {
  const where = at("threads");
  const stream = openStream(where);
  await stream.append(new TextEncoder().encode("first"));
  const worker = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
     import(workerData.lmdb).then(({ open }) => {
       const db = open({ path: workerData.path, encoding: "binary", readOnly: true });
       parentPort.on("message", (key) => parentPort.postMessage(db.get(key)?.subarray(8).toString()));
       parentPort.postMessage("ready");
     });`,
    { eval: true, workerData: { lmdb, path: `${where.directory}/stream.mdb` } },
  );
  const answer = (): Promise<unknown> => new Promise((resolve) => worker.once("message", resolve));
  expect(await answer()).toBe("ready");
  const position = await stream.append(new TextEncoder().encode("second"));
  const heard = answer();
  worker.postMessage(position);
  expect(await heard).toBe("second");
  await worker.terminate();
  await stream.close();
});
