import fc from "fast-check";
import { expect, test } from "vitest";
import { frame, framesIn } from "./frame.js";

const read = (bytes: Buffer) => [...framesIn(bytes)].map(({ number, text }) => [number, text()]);
const three = Buffer.concat(["one", "zwei", "trois"].map((text, index) => frame(text, 7 + index)));

test.each([
  { name: "whole frames are read in order", bytes: three, found: ["one", "zwei", "trois"] },
  { name: "a torn tail is left out", bytes: three.subarray(0, -1), found: ["one", "zwei"] },
  {
    name: "zeros after a power cut are left out",
    bytes: Buffer.concat([three, Buffer.alloc(512)]),
    found: ["one", "zwei", "trois"],
  },
  { name: "nothing is found in nothing", bytes: Buffer.alloc(0), found: [] },
  {
    name: "a damaged byte costs its own frame only",
    bytes: damaged(three, frame("one", 7).length + 17),
    found: ["one", "trois"],
  },
  { name: "a damaged length costs its own frame only", bytes: damaged(three, 3), found: ["zwei", "trois"] },
])("$name", ({ bytes, found }) => {
  expect(read(bytes).map(([, text]) => text)).toEqual(found);
});

test("a number is kept beyond 32 bits, and a wrong one fails the checksum", () => {
  const far = frame("x", 2 ** 40 + 3);
  expect(read(far)).toEqual([[2 ** 40 + 3, "x"]]);
  expect(read(damaged(far, 6))).toEqual([]);
});

test("whatever bytes stand between frames, every whole frame is found and none is made up", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ maxLength: 60 }), fc.uint8Array({ maxLength: 40 })), { maxLength: 8 }),
      (parts) => {
        const bytes = Buffer.concat(parts.flatMap(([text, noise], index) => [noise, frame(text, index)]));
        expect(read(bytes)).toEqual(parts.map(([text], index) => [index, text]));
      },
    ),
  );
});

function damaged(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 0x55;
  return copy;
}
