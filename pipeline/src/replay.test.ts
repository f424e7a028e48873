import { handClock, silent } from "@picket/kit";
import { recordKind, type SettingArea, type TableName } from "@picket/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Analysis } from "./analysis.js";
import { compileSet } from "./intel/compiled-set.js";
import { openPipeline } from "./pipeline.js";
import { type Appended, eventOf, MemoryHouse, messageOf } from "./testing.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const MINUTE = 60_000;
const indicator = {
  type: "ipv4",
  value: "203.0.113.9",
  confidence: 90,
  expiresAt: 0,
  threat: "C2",
  description: "",
} as const;
const indicatorSets = { read: () => compileSet([indicator]), shown: () => [indicator] };

const sigma = `title: A
id: a
name: a
level: medium
tags: [attack.execution]
logsource: { product: linux, category: process_creation }
detection: { s: { CommandLine|contains: alpha }, condition: s }
---
title: B
id: b
name: b
level: high
tags: [attack.persistence]
logsource: { product: linux, category: process_creation }
detection: { s: { CommandLine|contains: beta }, condition: s }
---
title: Many
id: many
tags: [attack.impact]
correlation: { type: event_count, rules: [a], group-by: [User], timespan: 10m, condition: { gte: 4 }, generate: true }
---
title: Order
id: order
tags: [attack.discovery]
correlation: { type: temporal_ordered, rules: [a, b], timespan: 5m, generate: true }
---
title: Different
id: different
tags: [attack.exfiltration]
correlation: { type: value_count, rules: [b], timespan: 30m, condition: { gte: 3, field: CommandLine }, generate: true }
`;

const setting = (area: SettingArea, name: string, value: unknown, at: number): Appended => ({
  kind: recordKind.setting,
  deviceId: "",
  at,
  body: { area, name, value, actor: "ann", reason: "" },
});

/** What people set along the way, by the minute they set it. */
const settings: Readonly<Record<number, (at: number) => Appended>> = {
  2: (at) => setting("rulePack", "p", { files: [{ name: "p.yml", text: sigma }] }, at),
  3: (at) =>
    setting(
      "securityGroup",
      "default",
      {
        timeWindowRules: [
          {
            ruleType: "ActiveConnectionsNotInAllowedRange",
            isEnabled: true,
            minThreshold: 1,
            maxThreshold: 2,
            timeWindowSize: "PT5M",
          },
        ],
      },
      at,
    ),
  6: (at) => setting("indicatorSet", "feed", { hash: "x", trust: 1 }, at),
  9: (at) =>
    setting(
      "suppression",
      "s",
      {
        kind: "suppression",
        rule: "sigma/b",
        from: new Date(at).toISOString(),
        until: new Date(at + 4 * MINUTE).toISOString(),
      },
      at,
    ),
  12: (at) => setting("exception", "e", { ruleId: "sigma/a", where: { UserName: "carol" } }, at),
  15: (at) => setting("alertClock", "Medium", { acknowledgeMinutes: 5, closeMinutes: 20 }, at),
  20: (at) => setting("ruleState", "sigma/b", { isOff: true }, at),
  24: (at) => setting("ruleState", "sigma/b", null, at),
};

function build(): MemoryHouse {
  const house = new MemoryHouse();
  const device = { deviceId: "pump-7", moduleId: "", status: "enabled", tags: {}, desired: {}, reported: {} };
  house.append({ kind: recordKind.device, at: START - 60 * MINUTE, body: device });
  for (let step = 0; step < 40; step += 1) {
    const at = START + step * MINUTE;
    const made = settings[step]?.(at);
    if (made) house.append(made);
    const process = (serial: number, CommandLine: string, UserName: string): object =>
      eventOf(
        serial,
        "ProcessCreate",
        [{ Executable: "/bin/x", ProcessId: 1, ParentProcessId: 1, UserId: "0", CommandLine, UserName }],
        at,
      );
    const connection = eventOf(
      20_000 + step,
      "ConnectionCreate",
      [
        {
          Executable: "/bin/x",
          ProcessId: 1,
          Direction: "Out",
          Protocol: "tcp",
          RemoteAddress: step % 4 === 0 ? "203.0.113.9" : "10.0.0.1",
          RemotePort: "443",
        },
      ],
      at,
    );
    const events = [
      process(1_000 + step, `alpha ${step % 3}`, ["ann", "bob", "carol"][step % 3]!),
      ...(step % 2 === 0 ? [process(5_000 + step, `beta ${step % 5}`, "ann")] : []),
      ...(step % 7 < 3 ? [connection] : []),
    ];
    house.append({ kind: recordKind.message, at, body: messageOf(events) });
    house.append({ kind: recordKind.tick, deviceId: "", at: at + 1, body: {} });
  }
  return house;
}

async function run(house: MemoryHouse, clock = handClock(START)): Promise<void> {
  const pipeline = await openPipeline({
    inlet: house.inlet,
    tables: house.tables,
    recorder: silent,
    clock,
    hubName: "Hub",
    indicatorSets,
  });
  pipeline.notify();
  await pipeline.reached(house.inlet.last());
  await pipeline.close();
}

const keyed: readonly (readonly [TableName, string])[] = [
  ["SecurityAlert", "SystemAlertId"],
  ["SecurityRecommendation", "RecommendationId"],
  ["ThreatIntelligenceIndicator", "IndicatorId"],
];

test("whatever is set along the way, going on after a stop ends in the same tables as never having stopped", async () => {
  const whole = build();
  await run(whole);
  const alerts = whole.latest("SecurityAlert", "SystemAlertId");
  const told = new Set(alerts.map(({ RuleId }) => String(RuleId)));
  expect([...told]).toEqual(
    expect.arrayContaining([
      "custom/default/ActiveConnectionsNotInAllowedRange",
      "incident",
      "sigma/a",
      "sigma/b",
      "sigma/different",
      "sigma/many",
      "sigma/order",
    ]),
  );
  expect(alerts.some(({ Evidence }) => JSON.stringify(Evidence).includes('"Indicator"'))).toBe(true);
  expect(alerts.some(({ StatusReason }) => StatusReason === "suppressed: s")).toBe(true);
  expect(whole.table("SecurityAlertHistory").some(({ Action }) => Action === "Overdue")).toBe(true);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
      async (steps) => {
        const house = build();
        const all = [...house.batches];
        house.batches.length = 0;
        const clock = handClock(START);
        for (const step of steps) {
          house.batches.push(...all.splice(0, step));
          clock.move(step % 2 === 0 ? 40_000 : 0);
          await run(house, clock);
        }
        house.batches.push(...all);
        await run(house, clock);
        for (const [table, key] of keyed) expect(house.latest(table, key)).toEqual(whole.latest(table, key));
        expect(house.table("SecurityAlertHistory")).toEqual(whole.table("SecurityAlertHistory"));
      },
    ),
    { numRuns: 8 },
  );
});

test("a snapshot of the first version is taken up, without what it did not know", () => {
  const before = new Analysis("Hub", silent);
  const bytes = Buffer.from(before.save());
  const end = 4 + bytes.readUInt32LE(0);
  const { windows, alerts, posture, silence, snapshots } = JSON.parse(bytes.subarray(4, end).toString());
  const text = Buffer.from(
    JSON.stringify({
      version: 1,
      windows: [["brute-force-failed\npump-7\n203.0.113.7", START, 7]],
      alerts: { open: alerts.open, keys: alerts.keys, counts: alerts.counts },
      posture,
      silence,
      snapshots,
    }),
  );
  expect(windows).toEqual([]);
  const old = Buffer.alloc(4 + text.byteLength);
  old.writeUInt32LE(text.byteLength, 0);
  text.copy(old, 4);
  const after = new Analysis("Hub", silent);
  after.restore(old);
  const house = new MemoryHouse();
  const item = {
    ProcessId: 1,
    Executable: "/usr/sbin/sshd",
    Operation: "a",
    Result: "Fail",
    UserName: "root",
    RemoteAddress: "203.0.113.7",
  };
  house.append({
    kind: recordKind.message,
    at: START + 1,
    body: messageOf([eventOf(1, "Login", [item], START + 1)]),
  });
  after.read(house.batches[0]!, new Map());
  expect(after.take().alerts.map(({ RuleId }) => RuleId)).toContain("brute-force-failed");
});
