import fc from "fast-check";
import { expect, test } from "vitest";
import { connack, FrameReader, MAX_PACKET, pubacks } from "./frames.js";

interface Seen {
  readonly frames: string[];
  readonly problems: string[];
}

/** Feeds bytes cut at these places. */
function read(bytes: Buffer, cuts: readonly number[], limit = MAX_PACKET): Seen {
  const seen: Seen = { frames: [], problems: [] };
  const reader = new FrameReader(
    {
      frame: (type, flags, frame, body) => {
        seen.frames.push(`${type}.${flags}.${body}.${frame.toString("hex")}`);
        return true;
      },
      broken: (why) => seen.problems.push(why),
    },
    limit,
  );
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  // Each chunk is overwritten after it was read, as a socket's buffer is.
  for (let index = 1; index < places.length; index += 1) {
    const chunk = Buffer.from(bytes.subarray(places[index - 1], places[index]));
    reader.read(chunk);
    chunk.fill(0xee);
  }
  reader.close();
  return seen;
}

const packet = fc
  .record({ first: fc.integer({ min: 0, max: 255 }), body: fc.uint8Array({ maxLength: 700 }) })
  .map(({ first, body }) => {
    const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
    return Buffer.concat([Buffer.from([first, ...length]), body]);
  });

test("however a stream of packets is cut, the same packets come out, whole and in order", () => {
  fc.assert(
    fc.property(
      fc.array(packet, { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      (packets, cuts) => {
        const seen = read(Buffer.concat(packets), cuts);
        expect(seen.problems).toEqual([]);
        expect(seen.frames.map((frame) => frame.split(".")[3])).toEqual(
          packets.map((each) => each.toString("hex")),
        );
      },
    ),
    { numRuns: 400 },
  );
});

test("whatever the bytes and however they are cut, the frame reader neither throws nor keeps more than a packet", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.array(fc.nat(), { maxLength: 30 }), (bytes, cuts) => {
      expect(read(Buffer.from(bytes), cuts, 300).problems.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  {
    name: "a packet larger than the limit",
    bytes: [0x30, 0xac, 0x02],
    limit: 299,
    why: "a packet of 300 bytes",
  },
  { name: "a packet as large as the limit", bytes: [0x30, 0xac, 0x02], limit: 300, why: undefined },
  {
    name: "a length of five bytes",
    bytes: [0x30, 0xff, 0xff, 0xff, 0xff, 0x01],
    limit: MAX_PACKET,
    why: "a length of more than four bytes",
  },
  {
    name: "the largest length there is",
    bytes: [0x30, 0xff, 0xff, 0xff, 0x7f],
    limit: MAX_PACKET,
    why: "a packet of 268435455 bytes",
  },
])("$name: $why", ({ bytes, limit, why }) => {
  for (const cuts of [[], [1], [1, 2], [2], [1, 2, 3, 4]])
    expect(read(Buffer.from(bytes), cuts, limit).problems).toEqual(why === undefined ? [] : [why]);
});

test("after a taker said stop nothing more is handed on", () => {
  let count = 0;
  const frame = (): boolean => {
    count += 1;
    return count < 2;
  };
  const reader = new FrameReader({ frame, broken: () => {} });
  reader.read(Buffer.from([0xc0, 0, 0xc0, 0, 0xc0, 0]));
  reader.read(Buffer.from([0xc0, 0]));
  expect(count).toBe(2);
});

test("a packet of 256 KB that comes a kilobyte at a time costs little", () => {
  const body = Buffer.alloc(262_144, 7);
  const bytes = Buffer.concat([Buffer.from([0x30, 0x80, 0x80, 0x10]), body]);
  const cuts = Array.from({ length: 256 }, (_, index) => index * 1_024);
  const began = performance.now();
  for (let run = 0; run < 20; run += 1) expect(read(bytes, cuts).frames).toHaveLength(1);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("acknowledgements and answers are the bytes of the protocol", () => {
  expect(pubacks([1, 65_535]).toString("hex")).toBe("40020001" + "4002ffff");
  expect(connack(0, true).toString("hex")).toBe("20020100");
  expect(connack(5).toString("hex")).toBe("20020005");
});
