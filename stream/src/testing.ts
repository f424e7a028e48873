import { expect, test } from "vitest";
import type { KeyValueStore } from "./key-value.js";
import type { Stream } from "./stream.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array): string => new TextDecoder().decode(value);
const texts = (stream: Stream, after: number, maxBytes = 1e6): string[] =>
  stream.read(after, maxBytes).map((entry) => `${entry.position}:${text(entry.bytes)}`);

/** What every implementation of the stream must do; `make` opens an empty one and opens it again with the same name. */
export function streamContract(make: (name: string, maxBytes: number) => Promise<Stream>): void {
  orderContract(make);
  roomContract(make);
}

function orderContract(make: Parameters<typeof streamContract>[0]): void {
  test("positions are consecutive, start at 1 and come back in order", async () => {
    const stream = await make("order", 1e7);
    expect([stream.first(), stream.last(), stream.status().batches]).toEqual([1, 0, 0]);
    const positions = await Promise.all(["a", "", "c"].map((batch) => stream.append(bytes(batch))));
    expect(positions).toEqual([1, 2, 3]);
    expect(texts(stream, 0)).toEqual(["1:a", "2:", "3:c"]);
    expect(texts(stream, 2)).toEqual(["3:c"]);
    expect([stream.first(), stream.last(), stream.status().batches]).toEqual([1, 3, 3]);
    await stream.close();
  });

  test("a read answers at least one batch and then stays below the bytes asked for", async () => {
    const stream = await make("bounded", 1e7);
    for (const letter of ["x", "y"]) await stream.append(bytes(letter.repeat(500)));
    expect(stream.read(0, 10)).toHaveLength(1);
    expect(stream.read(0, 999)).toHaveLength(1);
    expect(stream.read(0, 1_000)).toHaveLength(2);
    expect(stream.read(2, 5_000)).toHaveLength(0);
    await stream.close();
  });

  test("a stream opened again goes on where it ended", async () => {
    const before = await make("again", 1e7);
    await before.append(bytes("a"));
    await before.close();
    await expect(before.append(bytes("late"))).rejects.toMatchObject({ code: "STREAM_CLOSED" });
    const after = await make("again", 1e7);
    expect(await after.append(bytes("b"))).toBe(2);
    expect(texts(after, 0)).toEqual(["1:a", "2:b"]);
    await after.close();
  });
}

function roomContract(make: Parameters<typeof streamContract>[0]): void {
  test("a full stream refuses, says so, and goes on when there is room again", async () => {
    const stream = await make("full", 64_000);
    let stored = 0;
    const fill = async (): Promise<never> => {
      for (;;) stored = await stream.append(new Uint8Array(1_000));
    };
    await expect(fill()).rejects.toMatchObject({ code: "STREAM_FULL", retry: "later" });
    expect(stream.last()).toBe(stored);
    const removed = await stream.trim({ through: stored, appendedBefore: 0 });
    expect(removed).toBeGreaterThan(0);
    expect(stream.first()).toBe(removed + 1);
    expect(await stream.append(new Uint8Array(1_000))).toBe(stored + 1);
    await stream.close();
  });

  test("a trim never goes beyond what readers have done with, and positions go on after it", async () => {
    const stream = await make("trim", 16_000);
    for (let batch = 0; batch < 8; batch += 1) await stream.append(new Uint8Array(1_200));
    expect(await stream.trim({ through: 8, appendedBefore: 0 })).toBe(0);
    const removed = await stream.trim({ through: 3, appendedBefore: Number.MAX_SAFE_INTEGER });
    expect(removed).toBeGreaterThan(0);
    expect(stream.first()).toBeLessThanOrEqual(4);
    await stream.trim({ through: 8, appendedBefore: Number.MAX_SAFE_INTEGER });
    const first = stream.first();
    await stream.close();
    const again = await make("trim", 16_000);
    expect([again.first(), again.last()]).toEqual([first, 8]);
    expect(await again.append(bytes("next"))).toBe(9);
    expect(texts(again, 8)).toEqual(["9:next"]);
    await again.close();
  });
}

/** What every implementation of the key-value store must do; `make` opens an empty one and opens it again. */
export function keyValueContract(make: (name: string) => Promise<KeyValueStore>): void {
  const keys = (found: readonly { readonly key: string }[]): string[] => found.map(({ key }) => key);

  test("what is written is there after opening again, and what is removed is gone", async () => {
    const store = await make("again");
    await store.write([
      { key: "device/b", value: bytes("2") },
      { key: "device/a", value: bytes("1") },
      { key: "devices", value: bytes("other") },
      { key: "device/c", value: bytes("3") },
      { key: "device/c", value: bytes("4") },
    ]);
    expect(store.get("device/c")).toEqual(bytes("4"));
    await store.write([{ key: "device/c", remove: true }]);
    await store.close();
    const again = await make("again");
    expect(again.get("device/a")).toEqual(bytes("1"));
    expect(again.get("device/c")).toBeUndefined();
    expect(keys(again.range({ prefix: "device/", limit: 10 }))).toEqual(["device/a", "device/b"]);
    expect(keys(again.range({ prefix: "device/", after: "device/a", limit: 10 }))).toEqual(["device/b"]);
    expect(keys(again.range({ prefix: "device/", limit: 1 }))).toEqual(["device/a"]);
    await again.close();
  });

  test("a prefix finds every key that starts with it, in whatever script", async () => {
    const store = await make("scripts");
    const names = ["p/", "p/a", "p/é", "p/日", "p/🚰", "q"];
    await store.write(names.map((key) => ({ key, value: bytes(key) })));
    expect(keys(store.range({ prefix: "p/", limit: 10 }))).toEqual(names.slice(0, 5));
    expect(keys(store.range({ prefix: "", limit: 10 }))).toEqual(names);
    await store.close();
  });

  test.each([
    { name: "empty", key: "" },
    { name: "too long", key: "x".repeat(2_000) },
    { name: "with a zero byte", key: "a\u0000b" },
  ])("a key that is $name is refused, and the rest of its write too", async ({ key }) => {
    const store = await make("keys");
    const changes = [
      { key: "fine", value: bytes("1") },
      { key, value: bytes("2") },
    ];
    await expect(store.write(changes)).rejects.toMatchObject({ code: "STREAM_KEY_UNUSABLE" });
    expect(store.get("fine")).toBeUndefined();
    await store.close();
  });
}
