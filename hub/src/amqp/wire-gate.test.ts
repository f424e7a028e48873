import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_FRAME, WireGate } from "./wire-gate.js";

const header = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0]);
const frame = (size: number): Buffer => {
  const bytes = Buffer.alloc(size, 7);
  bytes.writeUInt32BE(size, 0);
  return bytes;
};

function passed(chunks: readonly Buffer[]): { data: Buffer[]; broken: string[] } {
  const stream = new PassThrough();
  const gate = new WireGate(stream, "test");
  const [data, broken]: [Buffer[], string[]] = [[], []];
  gate.on("data", (bytes) => data.push(Buffer.from(bytes)));
  gate.on("broken", (what) => broken.push(what));
  for (const chunk of chunks) stream.emit("data", chunk);
  return { data, broken };
}

test("however the bytes are cut, whole frames pass in order", () => {
  const sizes = fc.array(fc.integer({ min: 8, max: 2_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), (frames, cuts) => {
      const all = Buffer.concat([header, ...frames.map(frame)]);
      const chunks: Buffer[] = [];
      for (let at = 0, turn = 0; at < all.length; turn += 1) {
        const length = cuts[turn % cuts.length]!;
        chunks.push(all.subarray(at, at + length));
        at += length;
      }
      const { data, broken } = passed(chunks);
      expect(Buffer.concat(data).equals(all)).toBe(true);
      expect(broken).toEqual([]);
    }),
  );
});

const sized = (size: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(size, 0);
  return bytes;
};

test.each([
  { name: "a frame that says it is too large", bytes: [header, sized(MAX_FRAME + 1)] },
  { name: "a frame that says it is too small", bytes: [header, sized(7)] },
  { name: "a frame before the protocol header", bytes: [frame(20)] },
  { name: "a third protocol header", bytes: [header, header, header] },
  { name: "another protocol", bytes: [Buffer.from("GET / HTTP/1.1\r\n\r\n")] },
])("$name ends the connection and nothing of it passes", ({ bytes }) => {
  const { data, broken } = passed(bytes);
  expect(broken).toHaveLength(1);
  expect(Buffer.concat(data).length).toBeLessThanOrEqual(16);
});
