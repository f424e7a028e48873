import { handClock } from "@picket/kit";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { memoryStore } from "../testing.js";
import { Bucket } from "./bucket.js";
import { DailyQuota, steps } from "./daily-quota.js";
import { Gate } from "./gate.js";
import { Throttles } from "./throttles.js";
import { tierQuotas } from "./tiers.js";

let clock: ReturnType<typeof handClock>;
beforeEach(() => {
  clock = handClock(Date.UTC(2026, 10, 26, 12));
});

test("a bucket gives its burst at once and then its rate", () => {
  const bucket = new Bucket({ perSecond: 10, burst: 5 }, 0);
  expect(Array.from({ length: 7 }, () => bucket.take(1, 0))).toEqual([0, 0, 0, 0, 0, 100, 200]);
  expect(bucket.take(1, 1_000)).toBe(0);
});

test("however it is asked, no bucket gives more than its burst and its rate", () => {
  const asks = fc.array(fc.record({ after: fc.nat(500), cost: fc.integer({ min: 1, max: 5 }) }), {
    maxLength: 100,
  });
  fc.assert(
    fc.property(
      asks,
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 50 }),
      (list, perSecond, burst) => {
        const bucket = new Bucket({ perSecond, burst }, 0);
        let now = 0;
        let given = 0;
        for (const { after, cost } of list) {
          now += after;
          if (bucket.take(cost, now) === 0) given += cost;
          else bucket.refund(cost);
        }
        expect(given).toBeLessThanOrEqual(burst + (perSecond * now) / 1_000 + 1e-6);
      },
    ),
  );
});

test("a device over its rate is slowed, then refused, and after a rest let in again", () => {
  const gate = new Gate({ hub: undefined, device: { perSecond: 1, burst: 2 } }, 0);
  const waits = Array.from({ length: 14 }, () => gate.ask("a", 1, 0));
  expect(waits).toEqual([
    0,
    0,
    ...Array.from({ length: 10 }, (_, index) => (index + 1) * 1_000),
    Infinity,
    Infinity,
  ]);
  expect(gate.ask("b", 1, 0)).toBe(0);
  expect(gate.ask("a", 1, 20_000)).toBe(0);
});

test("while one device takes more than the hub has, neighbours below their share do not wait", () => {
  const gate = new Gate({ hub: { perSecond: 100, burst: 100 }, device: undefined }, 0);
  let greedyWaited = 0;
  let neighboursWaited = 0;
  for (let now = 0; now < 10_000; now += 10) {
    for (let count = 0; count < 10; count += 1) if (gate.ask("greedy", 1, now) > 0) greedyWaited += 1;
    for (const neighbour of ["a", "b", "c", "d"])
      if (now % 100 === 0 && gate.ask(neighbour, 1, now) > 0) neighboursWaited += 1;
  }
  expect(greedyWaited).toBeGreaterThan(5_000);
  expect(neighboursWaited).toBe(0);
});

test("devices that rest are forgotten", () => {
  const gate = new Gate({ hub: undefined, device: { perSecond: 1, burst: 10 } }, 0);
  for (let count = 0; count < 5_000; count += 1) gate.ask(`d-${count}`, 1, 0);
  expect(gate.size).toBe(5_000);
  for (let now = 0; now < 60_000; now += 1_000) gate.ask("other", 1, now);
  expect(gate.size).toBe(1);
});

test.each([
  { bytes: 0, cost: 1 },
  { bytes: 4_096, cost: 1 },
  { bytes: 4_097, cost: 2 },
  { bytes: 262_144, cost: 64 },
])("a message of $bytes bytes counts $cost times", ({ bytes, cost }) => {
  expect(steps(bytes)).toBe(cost);
});

test("the messages of a day are counted over a restart, and the next day begins anew", async () => {
  const store = memoryStore();
  const open = (): DailyQuota => new DailyQuota({ store, clock }, { hub: 10, device: 6 });
  const first = open();
  expect([1, 2, 3, 4, 5, 6, 7].map(() => first.take("a", 100))).toEqual([
    true,
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
  await first.close();
  const second = open();
  expect(second.used).toBe(6);
  expect(second.take("a", 1)).toBe(false);
  expect([1, 2, 3, 4, 5].map(() => second.take("b", 1))).toEqual([true, true, true, true, false]);
  clock.move(12 * 3_600_000);
  expect(second.take("a", 1)).toBe(true);
  await second.close();
});

test.each([
  { tier: "S1", units: 1, telemetry: 100, connections: 100, daily: 400_000 },
  { tier: "S1", units: 20, telemetry: 240, connections: 240, daily: 8_000_000 },
  { tier: "S2", units: 2, telemetry: 240, connections: 240, daily: 12_000_000 },
  { tier: "S3", units: 1, telemetry: 6_000, connections: 6_000, daily: 300_000_000 },
  { tier: "unlimited", units: 1, telemetry: undefined, connections: undefined, daily: Infinity },
] as const)(
  "$units units of $tier have the original's quotas",
  ({ tier, units, telemetry, connections, daily }) => {
    const { rates, dailyMessages } = tierQuotas(tier, units);
    expect([rates.telemetry?.perSecond, rates.connections?.perSecond, dailyMessages]).toEqual([
      telemetry,
      connections,
      daily,
    ]);
  },
);

test("a rate of one's own stands over the tier's, and what is not limited is never asked to wait", async () => {
  const around = { store: memoryStore(), clock };
  const own = new Throttles(around, { tier: "S1", rates: { methods: { perSecond: 1, burst: 1 } } });
  expect([own.ask("methods", "a"), own.ask("methods", "a")]).toEqual([0, 1_000]);
  const free = new Throttles(around);
  for (let count = 0; count < 100_000; count += 1) expect(free.ask("telemetry", "a")).toBe(0);
  await own.close();
});

test("a request is held back for two seconds at most, then refused", async () => {
  const around = { store: memoryStore(), clock };
  const throttles = new Throttles(around, { deviceRates: { twinReads: { perSecond: 0.1, burst: 1 } } });
  await throttles.pass("twinReads", "a");
  await expect(throttles.pass("twinReads", "a")).rejects.toMatchObject({
    code: "HUB_THROTTLED",
    status: 429,
  });
});
