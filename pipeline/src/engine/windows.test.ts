import fc from "fast-check";
import { expect, test } from "vitest";
import { Windows } from "./windows.js";

const windows = (capacity = 100): { windows: Windows; evicted: () => number } => {
  let count = 0;
  return {
    windows: new Windows(capacity, () => {
      count += 1;
    }),
    evicted: () => count,
  };
};

test.each([
  {
    name: "hits within the span add up",
    hits: [
      [0, 1],
      [30, 2],
      [60, 1],
    ],
    counts: [1, 3, 4],
  },
  {
    name: "a hit older than the span no longer counts",
    hits: [
      [0, 1],
      [61, 1],
    ],
    counts: [1, 1],
  },
  {
    name: "a hit exactly one span ago still counts",
    hits: [
      [0, 1],
      [60, 1],
    ],
    counts: [1, 2],
  },
  {
    name: "a late hit counts while its time is within the span",
    hits: [
      [50, 1],
      [20, 1],
      [75, 1],
    ],
    counts: [1, 2, 3],
  },
  {
    name: "a late hit is forgotten by its own time",
    hits: [
      [50, 1],
      [20, 1],
      [90, 1],
    ],
    counts: [1, 2, 2],
  },
  {
    name: "a hit that is too late counts nothing",
    hits: [
      [100, 1],
      [10, 5],
    ],
    counts: [1, 1],
  },
  {
    name: "hits at one instant add up",
    hits: [
      [5, 1],
      [5, 1],
      [5, 1],
    ],
    counts: [1, 2, 3],
  },
] as const)("$name", ({ hits, counts }) => {
  const { windows: book } = windows();
  expect(hits.map(([at, by]) => book.add("key", at, by, 60))).toEqual(counts);
});

test("the stalest key is forgotten first, and it is told", () => {
  const { windows: book, evicted } = windows(2);
  book.add("a", 0, 1, 60);
  book.add("b", 1, 1, 60);
  book.add("a", 2, 1, 60);
  book.add("c", 3, 1, 60);
  expect(evicted()).toBe(1);
  expect(["a", "b", "c"].map((key) => book.count(key, 3, 60))).toEqual([2, 0, 1]);
});

test("a cleared key begins anew", () => {
  const { windows: book } = windows();
  book.add("a", 0, 5, 60);
  book.clear("a");
  book.clear("never seen");
  expect(book.add("a", 1, 1, 60)).toBe(1);
  expect(book.size).toBe(1);
});

const step = fc.record({
  key: fc.constantFrom("a", "b", "c", "d"),
  at: fc.integer({ min: 0, max: 500 }),
  hits: fc.integer({ min: 1, max: 3 }),
  clears: fc.boolean().map((flag) => flag && true),
});

/** The same said as plainly as possible. */
class Plain {
  readonly hits = new Map<string, { at: number; hits: number }[]>();

  add(key: string, at: number, hits: number, span: number): number {
    const all = this.hits.get(key) ?? [];
    const newest = Math.max(...all.map((each) => each.at), at);
    const kept = [...all, { at, hits }].filter((each) => each.at >= newest - span);
    this.hits.set(key, kept);
    return kept.reduce((total, each) => total + each.hits, 0);
  }
}

test("counting in columns counts what plain lists count, over any stop and start", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 60 }), (steps, stop) => {
      let { windows: book } = windows();
      const plain = new Plain();
      for (const [index, { key, at, hits, clears }] of steps.entries()) {
        if (index === stop) {
          const saved = JSON.parse(JSON.stringify(book.save()));
          book = windows().windows;
          book.restore(saved);
        }
        expect(book.add(key, at, hits, 100)).toBe(plain.add(key, at, hits, 100));
        if (clears && at % 7 === 0) {
          book.clear(key);
          plain.hits.delete(key);
        }
      }
    }),
  );
});

test("a hundred thousand live groups cost less than 300 bytes each", () => {
  const { windows: book } = windows(100_000);
  for (let hit = 0; hit < 300_000; hit += 1) book.add(`rule\ndevice-${hit % 100_000}\nroot`, hit, 1, 1e9);
  // A key of 24 characters and its place in the map take about 100 bytes more.
  expect(book.bytes / book.size).toBeLessThan(200);
});

test("one busy window keeps a bounded number of marks and loses no count", () => {
  const { windows: book } = windows();
  let count = 0;
  for (let hit = 0; hit < 20_000; hit += 1) count = book.add("busy", hit, 1, 1e9);
  expect(count).toBe(20_000);
  expect(book.save()[0]!.length).toBeLessThanOrEqual(1_025);
});
