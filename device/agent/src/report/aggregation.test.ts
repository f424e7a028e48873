import { checkStrict } from "@picket/schema";
import { securityMessage } from "@picket/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Aggregation,
  type AggregationOptions,
  coarseProcessKey,
  connectionKey,
  type Happening,
  masked,
  processKey,
} from "./aggregation.js";

const HOUR = 3_600_000;
const T0 = Date.parse("2026-03-01T10:00:00Z");

function open(options: Partial<AggregationOptions> = {}) {
  const clock = { now: 0 };
  const cuts: number[] = [];
  const aggregation = new Aggregation({
    firstAtOnce: false,
    intervalMs: () => HOUR,
    cut: (folds) => cuts.push(folds),
    now: () => clock.now,
    ...options,
  });
  return { aggregation, clock, cuts };
}

function start(
  commandLine: string,
  { at = T0, pid = 10, uid = 0, parent = "bash" } = {},
): Happening<"ProcessCreate"> {
  return {
    name: "ProcessCreate",
    key: processKey("/bin/tar", commandLine, uid),
    coarseKey: () => coarseProcessKey("/bin/tar", commandLine, uid),
    sample: commandLine,
    at,
    item: () => ({
      Executable: "/bin/tar",
      ProcessId: pid,
      ParentProcessId: 1,
      UserId: String(uid),
      CommandLine: commandLine,
      ExtraDetails: { ParentCommandLine: parent, Ancestry: "[]" },
    }),
  };
}

type Row = Record<string, unknown> & { ExtraDetails: Record<string, string> };
const rows = (events: readonly { Payload: readonly unknown[] }[]): Row[] =>
  events.map(({ Payload: [item] }) => item as Row);

test("repeats become one event with a count, a span and blanked ids, good by the schema but for its category", () => {
  const { aggregation } = open();
  for (let hit = 0; hit < 5; hit += 1)
    expect(aggregation.take(start("tar x", { at: T0 + hit * 1_000, pid: 10 + hit }))).toEqual([]);
  const events = aggregation.flush(T0 + HOUR, true);
  expect(events).toHaveLength(1);
  expect(events[0]?.Category).toBe("Aggregated");
  expect(rows(events)[0]).toMatchObject({
    ProcessId: 0,
    ParentProcessId: 0,
    CommandLine: "tar x",
    ExtraDetails: {
      HitCount: "5",
      StartTimeUtc: "2026-03-01T10:00:00.000Z",
      EndTimeUtc: "2026-03-01T10:00:04.000Z",
    },
  });
  const sender = { agentId: "0d8e7c4a-61f9-4b5e-8f3a-2c1b0a998877", agentVersion: "1" };
  const problems = checkStrict(JSON.parse(JSON.stringify(securityMessage(sender, events))));
  expect(problems.every(({ path }) => path.endsWith("/Category"))).toBe(true);
});

test("the first one's details stay and the last one's are told where they differ", () => {
  const { aggregation } = open();
  aggregation.take(start("tar x", { pid: 10, parent: "cron" }));
  aggregation.take(start("tar x", { pid: 99, parent: "sshd" }));
  expect(rows(aggregation.flush(T0, true))[0]?.ExtraDetails).toMatchObject({
    ParentCommandLine: "cron",
    LastParentCommandLine: "sshd",
    FirstProcessId: "10",
    LastProcessId: "99",
  });
});

test.each([
  { name: "another command line", other: start("tar y") },
  { name: "another user", other: start("tar x", { uid: 7 }) },
])("$name is another kind", ({ other }) => {
  const { aggregation } = open();
  aggregation.take(start("tar x"));
  aggregation.take(other);
  expect(rows(aggregation.flush(T0, true)).map(({ ExtraDetails }) => ExtraDetails["HitCount"])).toEqual([
    "1",
    "1",
  ]);
});

test("with the first sent at once, it goes out whole and only repeats are counted", () => {
  const { aggregation } = open({ firstAtOnce: true });
  const first = aggregation.take(start("tar x", { pid: 10 }));
  expect(first).toMatchObject([{ Category: "Triggered", Payload: [{ ProcessId: 10 }] }]);
  expect(aggregation.flush(T0, true)).toEqual([]);
  aggregation.take(start("tar x"));
  aggregation.take(start("tar x"));
  aggregation.take(start("tar x"));
  expect(rows(aggregation.flush(T0, true))[0]?.ExtraDetails["HitCount"]).toBe("2");
});

test("a fold is told when its interval is over, by a clock that does not jump", () => {
  const { aggregation, clock } = open();
  aggregation.take(start("tar x"));
  clock.now = HOUR - 1;
  expect(aggregation.flush(T0 + 400 * 24 * HOUR)).toEqual([]);
  clock.now = HOUR;
  expect(aggregation.flush(T0 - 400 * 24 * HOUR)).toHaveLength(1);
});

test("too many kinds are folded by a masked key that keeps samples, and no first of a kind is lost", () => {
  const { aggregation } = open({ limit: () => 3 });
  for (let index = 0; index < 100; index += 1)
    aggregation.take(start(`tar job-${index} f00dfeed${String(index).padStart(12, "0")}`));
  aggregation.take(start("rm -rf / --no-preserve-root"));
  const found = rows(aggregation.flush(T0, true));
  expect(found).toHaveLength(5);
  expect(found[3]?.ExtraDetails["HitCount"]).toBe("97");
  expect(JSON.parse(found[3]?.ExtraDetails["Samples"] ?? "")).toHaveLength(5);
  expect(found[4]?.["CommandLine"]).toBe("rm -rf / --no-preserve-root");
});

test("numbers that are added up stand for all of a kind", () => {
  const { aggregation } = open();
  for (const sent of [10, 20, 30]) {
    const item = {
      Executable: "/bin/a",
      ProcessId: 1,
      Direction: "Out" as const,
      Protocol: "tcp",
      RemoteAddress: "10.0.0.1",
      RemotePort: "443",
      BytesSent: sent,
    };
    aggregation.take({
      name: "ConnectionTerminate",
      key: "a",
      at: T0,
      item: () => item,
      add: (sum) => ({ ...sum, BytesSent: (sum.BytesSent ?? 0) + sent }),
    });
  }
  expect(rows(aggregation.flush(T0, true))[0]).toMatchObject({ BytesSent: 60, ProcessId: 0, LocalPort: "0" });
});

test.each([
  { how: "coarsely", isCoarse: true },
  { how: "exactly", isCoarse: false },
])(
  "whatever comes and is folded $how, memory is bounded and hits + events told at once = happenings",
  ({ isCoarse }) => {
    const { aggregation, cuts } = open({ firstAtOnce: true, isCoarse: () => isCoarse });
    let told = 0;
    const count = (events: readonly { Category: string; Payload: readonly unknown[] }[]): void => {
      for (const event of events)
        told += event.Category === "Aggregated" ? Number(rows([event])[0]?.ExtraDetails["HitCount"]) : 1;
    };
    const word = (index: number): string =>
      index.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "");
    for (let index = 0; index < 30_000; index += 1) {
      count(aggregation.take(start(`tar ${word(Math.floor(index / 2) % 2_900)} ${"x".repeat(200)}`)));
      if (index % 500 === 0) expect(aggregation.bytes).toBeLessThan(3_100_000);
    }
    expect(aggregation.size).toBeLessThan(2_600);
    count(aggregation.flush(T0, true));
    expect(told).toBe(30_000);
    expect(cuts.length).toBeGreaterThan(0);
    expect(aggregation.bytes).toBe(0);
  },
);

test("masking blanks numbers and ids only, whatever the text", () => {
  expect(masked("cp /tmp/a1b 12 4be1c1a2-95f0-4f54-a7ce-5b6a7c8d9e0f deadbeefdeadbeef")).toBe(
    "cp /tmp/a#b # # #",
  );
  fc.assert(fc.property(fc.string(), (text) => !/\d/.test(masked(text))));
});

test.each([
  { direction: "In" as const, first: "40001", second: "40002", alike: true },
  { direction: "Out" as const, first: "80", second: "443", alike: false },
])(
  "a $direction connection to another remote port is alike: $alike",
  ({ direction, first, second, alike }) => {
    const key = (RemotePort: string): string =>
      connectionKey({
        Executable: "x",
        ProcessId: 1,
        Direction: direction,
        Protocol: "tcp",
        RemoteAddress: "10.0.0.1",
        RemotePort,
        LocalPort: "22",
      });
    expect(key(first) === key(second)).toBe(alike);
  },
);

test("a storm of programs that are all different is told one by one, each with its whole command line", () => {
  const { aggregation } = open({ firstAtOnce: true });
  const lines = new Set<unknown>();
  for (let index = 0; index < 20_000; index += 1)
    for (const event of aggregation.take(start(`leaf storm-${index}`)))
      lines.add(rows([event])[0]?.["CommandLine"]);
  expect(lines.size).toBe(20_000);
});
