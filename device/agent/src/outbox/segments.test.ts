import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Segments } from "./segments.js";

const root = mkdtempSync(join(tmpdir(), "picket-segments-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, "case-"));
const words = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `event ${from + index} ${"x".repeat(100)}`);

/** Reads everything as a sender does: message by message, forgetting as it goes. */
function emptied(segments: Segments): { texts: string[]; damaged: number } {
  const texts: string[] = [];
  let damaged = 0;
  while (!segments.isEmpty) {
    const head = segments.peek(2_000);
    texts.push(...head.texts);
    damaged += head.damaged;
    segments.forget(head.mark);
  }
  return { texts, damaged };
}

const filled = (path: string, count: number): Segments => {
  const segments = new Segments(path);
  segments.segmentBytes = 4_096;
  for (const text of words(0, count)) segments.append([text]);
  return segments;
};

test("texts come back in order over many segments and leave no file behind but the open one", () => {
  const path = folder();
  const segments = filled(path, 500);
  expect(readdirSync(path).filter((name) => name.endsWith(".packed")).length).toBeGreaterThan(5);
  expect(segments.waiting).toBe(500);
  expect(emptied(segments)).toEqual({ texts: words(0, 500), damaged: 0 });
  expect(segments.bytes).toBe(0);
  segments.close();
  expect(readdirSync(path).filter((name) => name.endsWith(".packed"))).toEqual([]);
});

test("full segments are compressed", () => {
  const segments = filled(folder(), 500);
  expect(segments.bytes).toBeLessThan(500 * 116 * 0.3);
  segments.close();
});

test("what was not forgotten is there after a restart, what was forgotten is not", () => {
  const path = folder();
  const before = filled(path, 300);
  const head = before.peek(3_000);
  before.forget(head.mark);
  before.close();
  const after = new Segments(path);
  expect(after.waiting).toBe(300 - head.texts.length);
  expect(emptied(after).texts).toEqual(words(head.texts.length, 300));
  after.close();
});

test("a mark that was overtaken by drops changes nothing", () => {
  const segments = filled(folder(), 300);
  const { mark } = segments.peek(300);
  const dropped = segments.dropOldest();
  segments.forget(mark);
  expect(segments.waiting).toBe(300 - dropped);
  expect(emptied(segments).texts[0]).toBe(words(dropped, dropped + 1)[0]);
  segments.close();
});

test("a handed over queue is emptied before it must reach the flash", () => {
  const path = folder();
  const segments = new Segments(path);
  segments.append(words(0, 10));
  segments.forget(segments.peek(10_000).mark);
  expect(statSync(join(path, "1.seg")).size).toBe(0);
  segments.append(words(10, 12));
  segments.close();
  expect(emptied(new Segments(path)).texts).toEqual(words(10, 12));
});

test("a stale head file sends again rather than loses", () => {
  const path = folder();
  const segments = new Segments(path);
  segments.append(words(0, 10));
  segments.forget(segments.peek(10_000).mark);
  // Killed here: the head was not kept, the file is empty.
  segments.append(words(10, 13));
  const again = new Segments(path);
  expect(emptied(again).texts).toEqual(words(10, 13));
});

test("gathered texts are read back, and reach the disk compressed only", () => {
  const path = folder();
  const segments = new Segments(path);
  segments.gathers = true;
  for (const text of words(0, 100)) segments.append([text]);
  expect(segments.takeSpent()).toBe(0);
  expect(segments.peek(1_000_000).texts).toEqual(words(0, 100));
  segments.sync(() => {});
  expect(segments.takeSpent()).toBeLessThan(100 * 116 * 0.3);
  segments.append(["last"]);
  segments.close();
  expect(emptied(new Segments(path)).texts).toEqual([...words(0, 100), "last"]);
});

test.each([
  {
    name: "a torn tail is cut off and nothing else is lost",
    harm: (path: string) => appendFileSync(openFile(path), Buffer.from([0x50, 0x4b, 9, 0, 0])),
    lost: 0,
  },
  {
    name: "a flipped bit in the open segment costs one text",
    harm: (path: string) => flip(openFile(path), 40),
    lost: 1,
  },
  {
    name: "a flipped bit in a packed segment costs at most that segment, counted exactly",
    harm: (path: string) => flip(packedFiles(path)[1]!, 20),
    lost: undefined,
  },
  {
    name: "a segment that vanished is counted exactly",
    harm: (path: string) => rmSync(packedFiles(path)[2]!),
    lost: undefined,
  },
  {
    name: "an emptied segment is counted exactly",
    harm: (path: string) => writeFileSync(packedFiles(path)[0]!, ""),
    lost: undefined,
  },
  {
    name: "a file of another kind is let be",
    harm: (path: string) => writeFileSync(join(path, "readme.txt"), "hello"),
    lost: 0,
  },
  {
    name: "a half written packed segment is thrown away",
    harm: (path: string) => writeFileSync(join(path, "99-1-2.packed.new"), "half"),
    lost: 0,
  },
  {
    name: "a head file of nonsense sends everything",
    harm: (path: string) => writeFileSync(join(path, "head"), "-Infinity"),
    lost: 0,
  },
])("$name", ({ harm, lost }) => {
  const path = folder();
  const before = filled(path, 300);
  before.forget(0);
  before.close();
  writeFileSync(join(path, "head"), "0");
  harm(path);
  const after = new Segments(path);
  const { texts, damaged } = emptied(after);
  expect(texts.length + damaged).toBe(300);
  if (lost !== undefined) expect(damaged).toBe(lost);
  else expect(damaged).toBeGreaterThan(1);
  expect(texts).toEqual(words(0, 300).filter((word) => texts.includes(word)));
  after.close();
});

test("whatever is appended, forgotten, dropped and restarted: appended = read + dropped + waiting", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("append" as const), count: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ do: fc.constant("read" as const), count: fc.integer({ min: 1, max: 4_000 }) }),
    fc.record({
      do: fc.constantFrom("drop" as const, "restart" as const, "sync" as const, "gather" as const),
      count: fc.constant(0),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const path = folder();
      let segments = new Segments(path);
      let appended = 0;
      let gone = 0;
      const seen: string[] = [];
      for (const { do: what, count } of steps) {
        segments.segmentBytes = 4_096;
        if (what === "append") {
          segments.append(words(appended, appended + count));
          appended += count;
        } else if (what === "read") {
          const head = segments.peek(count);
          segments.forget(head.mark);
          seen.push(...head.texts);
          expect(head.damaged).toBe(0);
        } else if (what === "drop") gone += segments.dropOldest();
        else if (what === "sync") segments.sync(() => {});
        else if (what === "gather") segments.gathers = !segments.gathers;
        else {
          segments.close();
          segments = new Segments(path);
        }
        expect(seen.length + gone + segments.waiting).toBe(appended);
      }
      const rest = emptied(segments);
      expect(new Set([...seen, ...rest.texts]).size).toBe(appended - gone);
      segments.close();
      rmSync(path, { recursive: true, force: true });
    }),
    { numRuns: 60 },
  );
});

const packedFiles = (path: string): string[] =>
  readdirSync(path)
    .filter((name) => name.endsWith(".packed"))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => join(path, name));

const openFile = (path: string): string =>
  join(path, readdirSync(path).find((name) => name.endsWith(".seg"))!);

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(path, bytes);
}
