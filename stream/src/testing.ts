import { expect, test } from "vitest";
import type { Stream } from "./stream.js";

/** What every implementation of the stream must do; `make` opens an empty one and opens it again with the same name. */
export function streamContract(make: (name: string, maxBytes: number) => Promise<Stream>): void {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const texts = (stream: Stream, after: number, maxBytes = 1e6): string[] =>
    stream.read(after, maxBytes).map((entry) => `${entry.position}:${new TextDecoder().decode(entry.bytes)}`);

  test("positions are consecutive, start at 1 and come back in order", async () => {
    const stream = await make("order", 1e7);
    const positions = await Promise.all(["a", "b", "c"].map((text) => stream.append(bytes(text))));
    expect(positions).toEqual([1, 2, 3]);
    expect(texts(stream, 0)).toEqual(["1:a", "2:b", "3:c"]);
    expect(texts(stream, 2)).toEqual(["3:c"]);
    expect([stream.first(), stream.last()]).toEqual([1, 3]);
    await stream.close();
  });

  test("a read answers at least one batch and then stays below the bytes asked for", async () => {
    const stream = await make("bounded", 1e7);
    for (const text of ["x".repeat(500), "y".repeat(500)]) await stream.append(bytes(text));
    expect(stream.read(0, 10)).toHaveLength(1);
    expect(stream.read(0, 5_000)).toHaveLength(2);
    expect(stream.read(2, 5_000)).toHaveLength(0);
    await stream.close();
  });

  test("a stream opened again goes on where it ended", async () => {
    const before = await make("again", 1e7);
    await before.append(bytes("a"));
    await before.close();
    const after = await make("again", 1e7);
    expect(await after.append(bytes("b"))).toBe(2);
    expect(texts(after, 0)).toEqual(["1:a", "2:b"]);
    await after.close();
  });

  test("a full stream refuses, says so, and goes on when there is room again", async () => {
    const stream = await make("full", 3_000);
    for (let batch = 0; batch < 2; batch += 1) await stream.append(new Uint8Array(1_000));
    await expect(stream.append(new Uint8Array(1_000))).rejects.toMatchObject({
      code: "STREAM_FULL",
      retry: "later",
    });
    expect(await stream.trim({ through: 2, appendedBefore: Number.MAX_SAFE_INTEGER })).toBe(1);
    expect(await stream.append(new Uint8Array(1_000))).toBe(3);
    await stream.close();
  });

  test("a trim never goes beyond what readers have done with, nor removes the newest batch", async () => {
    const stream = await make("trim", 1e7);
    for (const text of ["a", "b", "c"]) await stream.append(bytes(text));
    expect(await stream.trim({ through: 1, appendedBefore: Number.MAX_SAFE_INTEGER })).toBe(1);
    expect(stream.first()).toBe(2);
    expect(await stream.trim({ through: 3, appendedBefore: 0 })).toBe(0);
    expect(await stream.trim({ through: 3, appendedBefore: Number.MAX_SAFE_INTEGER })).toBe(1);
    expect([stream.first(), stream.last()]).toEqual([3, 3]);
    await stream.close();
  });
}
