import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeRecords, encodeRecord, RecordBatch, recordKind, type StreamRecord } from "./record.js";

const record = fc.record<StreamRecord>({
  kind: fc.constantFrom(...Object.values(recordKind)),
  receivedAt: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  deviceId: fc.string({ unit: "grapheme", maxLength: 40 }),
  moduleId: fc.string({ maxLength: 64 }),
  body: fc.uint8Array({ maxLength: 2_000 }),
});

test("what goes into a batch comes out of it, in order", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), (records) => {
      const batch = new RecordBatch(16);
      for (const each of records) batch.add(each);
      expect(batch.count).toBe(records.length);
      const back = [...decodeRecords(batch.take())].map((each) => ({
        ...each,
        body: Uint8Array.from(each.body),
      }));
      expect(back).toEqual(records.map((each) => ({ ...each, body: Uint8Array.from(each.body) })));
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
