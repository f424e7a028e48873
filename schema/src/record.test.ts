import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeRecords, encodeRecord, RecordBatch, recordKind, type StreamRecord } from "./record.js";

const bare = {
  kind: fc.constantFrom(...Object.values(recordKind)),
  receivedAt: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  deviceId: fc.string({ unit: "grapheme", maxLength: 40 }),
  moduleId: fc.string({ maxLength: 64 }),
  body: fc.uint8Array({ maxLength: 2_000 }),
};
const record: fc.Arbitrary<StreamRecord> = fc.oneof(
  fc.record(bare),
  fc.record({ ...bare, properties: fc.uint8Array({ maxLength: 300 }) }),
);
const copied = (each: StreamRecord): StreamRecord => ({
  ...each,
  body: Uint8Array.from(each.body),
  ...(each.properties ? { properties: Uint8Array.from(each.properties) } : {}),
});

test("what goes into a batch comes out of it, in order", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), (records) => {
      const batch = new RecordBatch(16);
      for (const each of records) batch.add(each);
      expect(batch.count).toBe(records.length);
      expect([...decodeRecords(batch.take())].map(copied)).toEqual(records.map(copied));
      expect(batch.byteLength).toBe(0);
    }),
  );
});

test("damaged bytes are refused, never looped over or read past", () => {
  const good = encodeRecord({
    kind: 1,
    receivedAt: 1,
    deviceId: "pump-7",
    moduleId: "",
    body: new Uint8Array(9),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: good.length - 1 }), (cut) => {
      expect(() => [...decodeRecords(good.subarray(0, cut))]).toThrow(RangeError);
    }),
  );
});

test("records that were written before there were properties are read", () => {
  const old = Buffer.from("17000000010100008056febc78420600000070756d702d377b7d0a", "hex");
  expect([...decodeRecords(old)].map(copied)).toEqual([
    {
      kind: recordKind.message,
      receivedAt: 1_700_000_000_000,
      deviceId: "pump-7",
      moduleId: "",
      body: Uint8Array.of(0x7b, 0x7d, 10),
    },
  ]);
});

test("any bytes are a batch or a RangeError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(1, 2), (bytes, version) => {
      if (bytes.length > 4) bytes[4] = version;
      try {
        for (const { body, properties } of decodeRecords(bytes))
          expect(body.length + (properties?.length ?? 0)).toBeLessThan(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});
