import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { Outbox, type OutboxOptions, type Queue } from "./outbox.js";

const root = mkdtempSync(join(tmpdir(), "picket-outbox-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, "case-"));

type Drop = [queue: Queue, events: number, reason: string];
function open(options: Partial<OutboxOptions> & { path?: string } = {}) {
  const drops: Drop[] = [];
  const failures: string[] = [];
  const outbox = new Outbox(options.path ?? folder(), {
    maxBytes: 1_000_000,
    dropped: (...drop) => drops.push(drop),
    failed: (error) => failures.push(error.message),
    ...options,
  });
  const dropped = (queue: Queue): number =>
    drops.filter(([each]) => each === queue).reduce((total, [, events]) => total + events, 0);
  return { outbox, drops, dropped, failures };
}

/** Texts that compression cannot shrink away. */
const event = (name: string, index: number): string =>
  `${name}-${index}-${Array.from({ length: 20 }, (_, at) => ((index * 7919 + at * 104_729) % 1_000_003).toString(36)).join("")}`;
const events = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => event(name, index));

function drained(outbox: Outbox): string[] {
  const texts: string[] = [];
  for (;;) {
    const { items, forget } = outbox.gather(["Operational", "High", "Medium", "Low"], 10_000);
    if (items.length === 0) return texts;
    texts.push(...items.map(({ text }) => text));
    forget();
  }
}

test("operational events go first, then the queues in the order asked for, and each event once", () => {
  const { outbox } = open();
  outbox.keep("Low", ["low"]);
  outbox.keep("High", ["high"]);
  outbox.keep("Operational", ["operational"]);
  const load = outbox.gather(["Operational", "High", "Medium", "Low"], 10_000);
  expect(load.items.map(({ text }) => text)).toEqual(["operational", "high", "low"]);
  expect(outbox.gather(["Operational", "High", "Medium", "Low"], 10_000).items).toHaveLength(3);
  expect(load.forget()).toEqual([
    ["Operational", 1],
    ["High", 1],
    ["Low", 1],
  ]);
  expect(drained(outbox)).toEqual([]);
});

test("a first text is answered whatever its size, and one that does not fit waits for the next message", () => {
  const { outbox } = open();
  outbox.keep("High", ["x".repeat(5_000)]);
  outbox.keep("Low", ["y".repeat(500)]);
  const first = outbox.gather(["High", "Low"], 1_000);
  expect(first.items).toHaveLength(1);
  first.forget();
  expect(outbox.gather(["High", "Low"], 1_000).items.map(({ text }) => text.length)).toEqual([500]);
});

test("the oldest low events make room first, exactly counted, and high ones stay", () => {
  const { outbox, dropped } = open({ maxBytes: 100_000 });
  outbox.keep("High", events("high", 200));
  for (const text of events("low", 3_000)) outbox.keep("Low", [text]);
  expect(dropped("High")).toBe(0);
  expect(dropped("Low")).toBeGreaterThan(1_000);
  const texts = drained(outbox);
  expect(texts.filter((text) => text.startsWith("high"))).toHaveLength(200);
  const low = texts.filter((text) => text.startsWith("low"));
  expect(low.length + dropped("Low")).toBe(3_000);
  expect(low.at(-1)).toBe(event("low", 2_999));
  expect(low[0]).toBe(event("low", dropped("Low")));
});

test("a flood of high events leaves low ones their reserve, and a flood of low ones high theirs", () => {
  const { outbox, dropped } = open({ maxBytes: 200_000 });
  for (const text of events("low", 2_000)) outbox.keep("Low", [text]);
  for (const text of events("high", 6_000)) outbox.keep("High", [text]);
  expect(outbox.waiting("Low")).toBeGreaterThan(50);
  expect(dropped("High")).toBeGreaterThan(0);
  const high = outbox.waiting("High");
  for (const text of events("low", 6_000)) outbox.keep("Low", [text]);
  expect(outbox.waiting("High")).toBeGreaterThan(high / 3);
  expect(outbox.bytes).toBeLessThanOrEqual(200_000);
});

test("a smaller budget takes effect at once", () => {
  const { outbox, dropped } = open({ maxBytes: 500_000 });
  for (const text of events("low", 3_000)) outbox.keep("Low", [text]);
  outbox.maxBytes = 50_000;
  expect(outbox.bytes).toBeLessThanOrEqual(50_000);
  expect(outbox.waiting("Low") + dropped("Low")).toBe(3_000);
});

test("an event that waited longer than the twin allows is dropped as expired", () => {
  let now = 0;
  const { outbox, drops } = open({ now: () => now });
  outbox.maxAgeMs = 3_600_000;
  outbox.keep("Low", events("old", 10));
  now = 1_800_000;
  outbox.keep("Low", events("new", 5));
  now = 3_700_000;
  outbox.sync();
  expect(drops).toEqual([["Low", 10, "expired"]]);
  expect(drained(outbox)).toEqual(events("new", 5));
});

test("a disk that was written more than its share is written gently, and told so", () => {
  let now = 0;
  const told: string[] = [];
  const { outbox } = open({ now: () => now, gentler: (how) => told.push(how), maxBytes: 10_000_000 });
  outbox.wearBytesPerDay = 400_000;
  for (const text of events("low", 6_000)) outbox.keep("Low", [text]);
  expect(told).toContain("gatherLow");
  now = 86_400_001;
  outbox.sync();
  outbox.keep("Low", ["next day"]);
  expect(told.at(-1)).toBe("direct");
  expect(drained(outbox)).toHaveLength(6_001);
});

test("a day offline is kept inside the budget, and counted exactly beyond it", () => {
  const perHour = 180;
  let now = 0;
  const { outbox, dropped } = open({ maxBytes: 300_000, now: () => now });
  let made = 0;
  for (let hour = 0; hour < 24; hour += 1) {
    for (let each = 0; each < perHour; each += 1) outbox.keep("Low", [event("low", made++)]);
    outbox.keep("High", [event("high", hour)]);
    now += 3_600_000;
    outbox.sync();
  }
  expect(dropped("Low")).toBe(0);
  for (let each = 0; each < 20_000; each += 1) outbox.keep("Low", [event("low", made++)]);
  expect(dropped("Low")).toBeGreaterThan(0);
  const texts = drained(outbox);
  expect(texts.filter((text) => text.startsWith("high"))).toHaveLength(24);
  expect(texts.length - 24 + dropped("Low")).toBe(made);
});

test("a process killed in the middle of writing loses no text that was kept, at 10 kills", async () => {
  const script = join(root, "writer.mjs");
  await build({
    stdin: {
      contents: `import { Outbox } from ${JSON.stringify(fileURLToPath(new URL("./outbox.ts", import.meta.url)))};
        const box = new Outbox(process.argv[2], { maxBytes: 50_000_000, dropped: () => process.exit(9), failed: () => {} });
        for (let n = Number(process.argv[3]); ; n += 1) { box.keep(n % 5 ? "Low" : "High", ["n" + n + "." + "x".repeat(n % 700)]); if (n % 10 === 0) process.stdout.write(n + "\\n"); }`,
      resolveDir: root,
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: script,
  });
  const path = folder();
  let next = 0;
  const acknowledged = new Set<number>();
  for (let kill = 0; kill < 10; kill += 1) {
    const child = spawn(process.execPath, [script, path, String(next)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let last = next - 1;
    let tail = "";
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        const lines = (tail + chunk).split("\n");
        tail = lines.pop() ?? "";
        if (lines.length > 0) last = Number(lines.at(-1));
        if (last > next + 2_000 + kill * 37) child.kill("SIGKILL");
      });
      child.once("close", () => resolve());
    });
    for (let number = next; number <= last; number += 1) acknowledged.add(number);
    next = last + 10_000;
  }
  const { outbox, drops } = open({ path, maxBytes: 50_000_000 });
  for (const text of drained(outbox)) acknowledged.delete(Number(text.slice(1, text.indexOf("."))));
  expect([...acknowledged]).toEqual([]);
  expect(drops).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0)(
  "a full disk drops the oldest low events, counts every one, and high ones get through",
  () => {
    const disk = folder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", disk]);
    try {
      const { outbox, drops, dropped } = open({ path: join(disk, "outbox"), maxBytes: 10_000_000 });
      for (const text of events("low", 3_000)) outbox.keep("Low", [text]);
      expect(drops.every(([queue, , reason]) => queue === "Low" && reason === "diskFull")).toBe(true);
      expect(dropped("Low")).toBeGreaterThan(0);
      const before = dropped("Low");
      outbox.keep("High", events("high", 50));
      expect(dropped("High")).toBe(0);
      expect(dropped("Low")).toBeGreaterThanOrEqual(before);
      const texts = drained(outbox);
      expect(texts.filter((text) => text.startsWith("high"))).toEqual(events("high", 50));
      expect(texts.length - 50 + dropped("Low")).toBe(3_000);
      outbox.close();
    } finally {
      execFileSync("umount", ["-l", disk]);
    }
  },
);

test("a disk that refuses everything is told, counted and survived", () => {
  const path = folder();
  const { outbox, drops, failures } = open({ path });
  rmSync(join(path, "low"), { recursive: true });
  writeFileSync(join(path, "low"), readFileSync("/proc/self/stat"));
  outbox.keep("Low", ["a", "b"]);
  expect(drops).toEqual([["Low", 2, "diskFull"]]);
  expect(failures[0]).toMatch(/ENOTDIR/);
});
