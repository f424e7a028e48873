import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { handClock, type Recorder, silent, systemClock } from "@picket/kit";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { smallDisk } from "./fixtures/small-disk.js";
import { openStream } from "./segment-stream.js";
import type { Stream } from "./stream.js";
import { streamContract } from "./testing.js";

const home = mkdtempSync(join(tmpdir(), "picket-stream-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const at = (name: string, maxBytes = 1e9) => ({
  directory: join(home, name),
  maxBytes,
  recorder: silent,
  clock: systemClock,
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (stream: Stream, after = 0): string[] =>
  stream.read(after, 1e9).map((entry) => new TextDecoder().decode(entry.bytes));
const source = (file: string): string => new URL(`./fixtures/${file}`, import.meta.url).pathname;
const flags = ["--conditions=picket:source", "--import", import.meta.resolve("tsx")];

describe("the embedded stream", () => {
  streamContract(async (name, maxBytes) => openStream(at(name, maxBytes)));
});

const KILLS = 10;

test("kill -9 while appending loses no acknowledged batch, doubles none and leaves no gap", async () => {
  const where = { ...at("killed"), maxBytes: 2_000_000 };
  const acknowledged = new Map<number, string>();
  for (let round = 0; round < KILLS; round += 1) {
    const child = spawn(process.execPath, [...flags, source("appender.ts"), where.directory, `run${round}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const gone = new Promise((resolve) => child.once("close", resolve));
    let seen = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const [position = "", text = ""] = line.split(" ");
      acknowledged.set(Number(position), text);
      seen += 1;
      if (seen === 100 + round * 37) child.kill("SIGKILL");
    }
    await gone;
  }
  const stream = openStream(where);
  const entries = stream.read(0, 1e9);
  expect(entries.map(({ position }) => position)).toEqual(entries.map((_, index) => index + 1));
  const stored = entries.map((entry) => new TextDecoder().decode(entry.bytes).trim());
  expect(new Set(stored).size).toBe(stored.length);
  for (const [position, text] of acknowledged) expect(stored[position - 1]).toBe(text);
  expect(acknowledged.size).toBeGreaterThan(1_000);
  await stream.close();
}, 120_000);

test("another thread of the process reads what this one appends", async () => {
  const where = at("threads", 20_000);
  const stream = openStream(where);
  const outfile = join(home, "reading-thread.mjs");
  buildSync({
    entryPoints: [source("reading-thread.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["picket:source"],
  });
  const worker = new Worker(outfile, { workerData: { directory: where.directory } });
  const answer = (): Promise<unknown> => new Promise((resolve) => worker.once("message", resolve));
  expect(await answer()).toBe("ready");
  for (let position = 1; position <= 12; position += 1) {
    await stream.append(bytes(`${position}`.repeat(400)));
    const heard = answer();
    worker.postMessage(position - 1);
    expect(await heard).toEqual({ last: position, texts: [`${position}:${`${position}`.repeat(400)}`] });
  }
  await worker.terminate();
  await stream.close();
});

test("a stream that is open for writing is refused to a second writer", async () => {
  const stream = openStream(at("locked"));
  expect(() => openStream(at("locked"))).toThrow(/open for writing in process/);
  await stream.close();
  await openStream(at("locked")).close();
});

test("a reader of a directory without a stream is told so", () => {
  expect(() => openStream({ ...at("nothing"), readOnly: true })).toThrow(/no stream to read/);
});

const filesOf = (name: string): string[] =>
  readdirSync(join(home, name))
    .filter((file) => file.endsWith(".log"))
    .map((file) => join(home, name, file));

const filled = async (name: string): Promise<void> => {
  const stream = openStream(at(name));
  for (const text of ["one", "two", "three", "four"]) await stream.append(bytes(text));
  await stream.close();
};

/** Hears which positions a stream says are lost. */
function listening(): Recorder & { readonly lost: object[] } {
  const lost: object[] = [];
  return { ...silent, lost, log: (level, _message, fields) => level === "error" && lost.push(fields) };
}

test.each([
  { name: "half a header", tail: Buffer.from("PKT1\u0001\u0002") },
  { name: "half a batch", tail: Buffer.concat([Buffer.from("PKT1"), Buffer.alloc(40, 200)]) },
  { name: "zeros", tail: Buffer.alloc(5_000) },
])("$name after the last batch are stepped over", async ({ name, tail }) => {
  await filled(name);
  appendFileSync(filesOf(name)[0]!, tail);
  const recorder = listening();
  const stream = openStream({ ...at(name), recorder });
  expect(await stream.append(bytes("five"))).toBe(5);
  expect(texts(stream)).toEqual(["one", "two", "three", "four", "five"]);
  expect(recorder.lost).toEqual([]);
  await stream.close();
});

test("a batch that the disk damaged is left out and told, and the others are read", async () => {
  await filled("flipped");
  const [file = ""] = filesOf("flipped");
  const content = readFileSync(file);
  content[content.indexOf("two")]! ^= 1;
  writeFileSync(file, content);
  const recorder = listening();
  const stream = openStream({ ...at("flipped"), recorder });
  expect(texts(stream)).toEqual(["one", "three", "four"]);
  expect(recorder.lost).toMatchObject([{ from: 2, to: 2 }]);
  expect(await stream.append(bytes("five"))).toBe(5);
  await stream.close();
});

test("no position is given twice, even when the disk lost batches that were acknowledged", async () => {
  await filled("lost");
  writeFileSync(filesOf("lost")[0]!, "");
  const stream = openStream(at("lost"));
  expect(await stream.append(bytes("five"))).toBe(5);
  expect(texts(stream)).toEqual(["five"]);
  await stream.close();
});

test("batches go when they are old, by the clock handed in", async () => {
  const clock = handClock(1_000_000);
  const stream = openStream({ ...at("aged", 32_000), clock });
  for (let batch = 0; batch < 6; batch += 1) {
    await stream.append(new Uint8Array(2_000));
    clock.move(1_000);
  }
  expect(stream.status()).toMatchObject({ batches: 6, oldestAt: 1_000_000 });
  expect(await stream.trim({ through: 6, appendedBefore: 1_002_500 })).toBe(3);
  expect(stream.status()).toMatchObject({ first: 4, batches: 3, oldestAt: 1_003_000 });
  await stream.close();
});

const disk = smallDisk(join(home, "small"), 2);
afterAll(() => disk?.unmount());

test.skipIf(!disk)(
  "a full disk refuses as a full stream does, and appends go on when there is room",
  async () => {
    const ballast = join(home, "small", "ballast");
    writeFileSync(ballast, Buffer.alloc(1_000_000));
    const stream = openStream(at("small/stream"));
    const fill = async (): Promise<never> => {
      for (;;) await Promise.all([1, 2, 3].map((fill) => stream.append(new Uint8Array(20_000).fill(fill))));
    };
    await expect(fill()).rejects.toMatchObject({ code: "STREAM_FULL", retry: "later" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const last = stream.last();
    expect(stream.read(0, 1e9).map(({ position }) => position)).toHaveLength(last);
    rmSync(ballast);
    expect(await stream.append(bytes("room"))).toBe(last + 1);
    await stream.close();
    const again = openStream(at("small/stream"));
    expect(texts(again, last)).toEqual(["room"]);
    await again.close();
  },
);
