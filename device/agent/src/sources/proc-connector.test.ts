import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { processNews } from "./proc-connector.js";

const news = (what: number, ...words: number[]): Buffer => {
  const body = Buffer.alloc(36 + words.length * 4);
  body.writeUInt32LE(what, 20);
  for (const [index, word] of words.entries()) body.writeUInt32LE(word >>> 0, 36 + index * 4);
  return body;
};

describe("news of the process connector", () => {
  test.each([
    {
      name: "a process that split off",
      body: news(1, 5, 5, 9, 9),
      found: { kind: "fork", pid: 9, parent: 5 },
    },
    { name: "a new thread is none", body: news(1, 5, 5, 10, 9), found: undefined },
    { name: "a program that started", body: news(2, 9, 9), found: { kind: "exec", pid: 9 } },
    {
      name: "a process that ended with 2",
      body: news(0x8000_0000, 9, 9, 512, 17),
      found: { kind: "exit", pid: 9, status: 2 },
    },
    {
      name: "one that was killed",
      body: news(0x8000_0000, 9, 9, 9, 17),
      found: { kind: "exit", pid: 9, status: 137 },
    },
    { name: "a thread that ended is none", body: news(0x8000_0000, 10, 9, 0, 17), found: undefined },
    { name: "other news are passed over", body: news(4, 9, 9, 0, 0), found: undefined },
  ])("$name", ({ body, found }) => {
    expect(processNews(body)).toEqual(found);
  });

  test("any bytes are news or none, never a failure", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(1, 2, 0x8000_0000), (bytes, what) => {
        const body = Buffer.from(bytes);
        if (body.length > 24) body.writeUInt32LE(what, 20);
        processNews(body);
      }),
    );
  });
});
