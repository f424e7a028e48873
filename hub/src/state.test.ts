import fc from "fast-check";
import { expect, test } from "vitest";
import { asJson, State } from "./state.js";
import { memoryStore } from "./testing.js";

/** A store whose writes wait until they are let through. */
function slowStore() {
  const inner = memoryStore();
  const waiting: (() => void)[] = [];
  return {
    ...inner,
    write: async (changes: Parameters<typeof inner.write>[0]) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      await inner.write(changes);
    },
    release: () => waiting.shift()?.(),
  };
}

test("what is written is read at once, and is still there when it is on disk", async () => {
  const slow = slowStore();
  const state = new State(slow);
  const written = state.write([asJson("a/1", 1), asJson("a/2", 2)]);
  expect(state.json("a/1")).toBe(1);
  const removed = state.write([{ key: "a/1", remove: true }]);
  expect(state.json("a/1")).toBeUndefined();
  expect(state.range({ prefix: "a/", limit: 10 }).map(({ key }) => key)).toEqual(["a/2"]);
  slow.release();
  await written;
  expect(state.json("a/1")).toBeUndefined();
  slow.release();
  await removed;
  expect(state.jsons({ prefix: "a/", limit: 10 })).toEqual([2]);
});

test("a write that fails is not read afterwards", async () => {
  const inner = memoryStore();
  const state = new State({ ...inner, write: () => Promise.reject(new Error("full")) });
  const written = state.write([asJson("a", 1)]);
  expect(state.json("a")).toBe(1);
  await expect(written).rejects.toThrow("full");
  expect(state.json("a")).toBeUndefined();
});

test("a page read while writes wait is the page read after them", async () => {
  const key = fc.integer({ min: 0, max: 30 }).map((n) => `k/${String(n).padStart(2, "0")}`);
  const change = fc.oneof(
    fc.tuple(key, fc.nat(99)).map(([at, value]) => asJson(at, value)),
    key.map((at) => ({ key: at, remove: true as const })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 20 }),
      fc.array(change, { minLength: 1, maxLength: 20 }),
      fc.option(key, { nil: "" }),
      fc.integer({ min: 1, max: 12 }),
      async (first, second, after, limit) => {
        const slow = slowStore();
        const state = new State(slow);
        const before = state.write(first);
        slow.release();
        await before;
        const pending = state.write(second);
        const page = state.jsons({ prefix: "k/", after, limit });
        slow.release();
        await pending;
        expect(page).toEqual(state.jsons({ prefix: "k/", after, limit }));
      },
    ),
  );
});
