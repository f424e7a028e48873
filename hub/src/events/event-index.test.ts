import { handClock, silent } from "@picket/kit";
import { RecordBatch } from "@picket/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { EventLog } from "../slots.js";
import { memoryLog, memoryStore } from "../testing.js";
import { EventIndex } from "./event-index.js";
import { EventPages } from "./event-pages.js";
import { partitionOf } from "./partitions.js";
import { startOf } from "./start.js";

const PARTITIONS = 3;
const devices = ["a", "b", "c", "d", "e"];

interface Made {
  readonly kind: 1 | 2 | 7;
  readonly device: number;
}

/** A log whose oldest batches may be trimmed away. */
function trimmable(): { log: EventLog; batches: Uint8Array[]; trimTo(first: number): void } {
  const batches: Uint8Array[] = [];
  const whole = memoryLog(batches);
  let first = 1;
  return {
    batches,
    trimTo: (position) => {
      first = position;
    },
    log: {
      first: () => first,
      last: whole.last,
      open: () => {
        const cursor = whole.open();
        return {
          read: (after, bytes) => cursor.read(Math.max(after, first - 1), bytes),
          close: cursor.close,
        };
      },
    },
  };
}

async function opened(log: EventLog, store = memoryStore(), clock = handClock(1_000_000)) {
  const index = new EventIndex({ log, store, clock, recorder: silent, partitions: PARTITIONS });
  await index.open();
  return { index, store, clock };
}

let time = 1_000_000;
async function write(index: EventIndex, batches: Uint8Array[], records: readonly Made[]): Promise<void> {
  const batch = new RecordBatch();
  for (const { kind, device } of records) {
    time += 1;
    const record = {
      kind,
      receivedAt: time,
      deviceId: devices[device]!,
      moduleId: "",
      body: Buffer.from("x"),
    };
    batch.add(record);
    index.added(record);
  }
  const written = index.sealed();
  batches.push(batch.take());
  written(batches.length);
}

/** Numbers of a partition's events, read from a start to the end. */
function numbers(log: EventLog, index: EventIndex, partition: number, filter?: string): number[] {
  const pages = new EventPages(log, PARTITIONS, silent);
  const start = startOf(filter, partition, index)!;
  const found: number[] = [];
  let { position, counts } = start.point;
  for (let page = pages.after(position, counts); page; page = pages.after(position, counts)) {
    for (const { number, record } of page.events[partition]!)
      if (!start.leaveOut({ number, at: record.receivedAt })) found.push(number);
    position = page.last;
    counts = page.counts;
  }
  return found;
}

const made = fc.record({ kind: fc.constantFrom<1 | 2 | 7>(1, 2, 7), device: fc.nat(devices.length - 1) });

test("events of a partition are numbered without a gap, whatever lies between and however often the hub restarts", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(made, { maxLength: 6 }), { maxLength: 12 }),
      fc.nat(11),
      async (all, restart) => {
        const { log, batches } = trimmable();
        let { index, store, clock } = await opened(log);
        for (const [turn, records] of all.entries()) {
          if (turn === restart) ({ index } = await opened(log, store, clock));
          clock.move(4_000);
          await write(index, batches, records);
        }
        for (let partition = 0; partition < PARTITIONS; partition += 1) {
          const count = all
            .flat()
            .filter(
              ({ kind, device }) => kind !== 2 && partitionOf(devices[device]!, PARTITIONS) === partition,
            ).length;
          expect(numbers(log, index, partition)).toEqual(
            Array.from({ length: count }, (_, number) => number),
          );
          expect(index.newest.counts[partition]).toBe(count);
          const from = Math.floor(count / 2);
          expect(
            numbers(log, index, partition, `amqp.annotation.x-opt-sequence-number >= '${from}'`),
          ).toEqual(Array.from({ length: count - from }, (_, number) => number + from));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("what was trimmed away keeps its numbers, and reading begins after it", async () => {
  const { log, batches, trimTo } = trimmable();
  const { index, store, clock } = await opened(log);
  for (let turn = 0; turn < 20; turn += 1) {
    clock.move(11_000);
    await write(index, batches, [{ kind: 7, device: 0 }]);
  }
  trimTo(11);
  const partition = partitionOf("a", PARTITIONS);
  expect(numbers(log, index, partition)[0]).toBe(10);
  const again = await opened(log, store, clock);
  expect(numbers(log, again.index, partition)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(numbers(log, again.index, partition, "amqp.annotation.x-opt-offset > '14'")).toEqual([
    15, 16, 17, 18, 19,
  ]);
});

test.each([
  { filter: "amqp.annotation.x-opt-offset > '-1'", isGood: true },
  { filter: "amqp.annotation.x-opt-offset > '@latest'", isGood: true },
  { filter: "amqp.annotation.x-opt-enqueued-time > '1700000000000'", isGood: true },
  { filter: "amqp.annotation.x-opt-sequence-number > 'x'", isGood: false },
  { filter: "amqp.annotation.colour > '1'", isGood: false },
  { filter: "drop table", isGood: false },
])("the filter $filter is taken: $isGood", async ({ filter, isGood }) => {
  const { index } = await opened(trimmable().log);
  expect(startOf(filter, 0, index) !== undefined).toBe(isGood);
});
