import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messagesOf } from "./netlink.js";

const message = (type: number, body: Buffer, size = 16 + body.length): Buffer => {
  const padded = Buffer.alloc((16 + body.length + 3) & ~3);
  padded.writeUInt32LE(size, 0);
  padded.writeUInt16LE(type, 4);
  body.copy(padded, 16);
  return padded;
};

describe("messages of the kernel", () => {
  test.each([
    { name: "nothing is no message", bytes: Buffer.alloc(0), types: [] },
    { name: "one message is one", bytes: message(20, Buffer.from("abc")), types: [20] },
    {
      name: "the next one begins at a word",
      bytes: Buffer.concat([message(20, Buffer.from("a")), message(21, Buffer.alloc(0))]),
      types: [20, 21],
    },
    { name: "a header that is cut short is left out", bytes: Buffer.alloc(15), types: [] },
    {
      name: "a body that is cut short is left out, what was before stays",
      bytes: Buffer.concat([message(20, Buffer.from("abcd")), message(21, Buffer.from("abcd"), 4_000)]),
      types: [20],
    },
    {
      name: "a length below the header ends the reading rather than going round for ever",
      bytes: message(20, Buffer.from("abcd"), 3),
      types: [],
    },
  ])("$name", ({ bytes, types }) => {
    expect(messagesOf(bytes).map(({ type }) => type)).toEqual(types);
  });

  test("any bytes are read without failing, and no body reaches beyond them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const found = messagesOf(Buffer.from(bytes));
        const size = found.reduce((total, { body }) => total + 16 + body.length, 0);
        expect(size).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  test("what was put together is taken apart the same", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }), (bodies) => {
        const bytes = Buffer.concat(bodies.map((body, index) => message(index, Buffer.from(body))));
        expect(messagesOf(bytes).map(({ body }) => [...body])).toEqual(bodies.map((body) => [...body]));
      }),
    );
  });
});
