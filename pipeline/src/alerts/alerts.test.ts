import { silent, systemClock } from "@picket/kit";
import { recordKind, type SettingArea } from "@picket/schema";
import { expect, test } from "vitest";
import { openPipeline } from "../pipeline.js";
import { type Appended, eventOf, MemoryHouse, messageOf } from "../testing.js";
import { readClock } from "./clocks.js";
import { exceptionTest, proposeException, readException } from "./exceptions.js";
import { readSuppression } from "./suppressions.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const MINUTE = 60_000;
let serial = 0;

const command = (CommandLine: string, at = START, deviceId = "pump-7"): Appended => {
  serial += 1;
  const item = {
    Executable: CommandLine.split(" ")[0],
    ProcessId: 9,
    ParentProcessId: 1,
    UserId: "0",
    UserName: "root",
    CommandLine,
  };
  return {
    kind: recordKind.message,
    at,
    deviceId,
    body: messageOf([eventOf(serial, "ProcessCreate", [item], at)]),
  };
};
const setting = (area: SettingArea, name: string, value: unknown, at = START - MINUTE): Appended => ({
  kind: recordKind.setting,
  deviceId: "",
  at,
  body: { area, name, value, actor: "ann", reason: "" },
});
const tick = (at: number): Appended => ({
  kind: recordKind.tick,
  deviceId: "",
  at,
  body: {},
});
const rule = (id: string, word: string, tactic: string, level = "medium"): string =>
  `title: ${id}\nid: ${id}\nlevel: ${level}\ntags: [attack.${tactic}]\nlogsource: { product: linux, category: process_creation }\ndetection: { s: { CommandLine|contains: ${word} }, condition: s }`;
const PACK = setting(
  "rulePack",
  "p",
  {
    files: [
      {
        name: "p.yml",
        text: [
          rule("one", "alpha", "execution"),
          rule("two", "beta", "persistence", "high"),
          rule("three", "gamma", "execution"),
        ].join("\n---\n"),
      },
    ],
  },
  START - 2 * MINUTE,
);

async function played(...records: readonly Appended[]): Promise<MemoryHouse> {
  const house = new MemoryHouse();
  for (const record of [PACK, ...records]) {
    house.append(record);
    const pipeline = await openPipeline({
      inlet: house.inlet,
      tables: house.tables,
      recorder: silent,
      clock: systemClock,
      hubName: "Hub",
    });
    pipeline.notify();
    await pipeline.reached(house.inlet.last());
    await pipeline.close();
  }
  return house;
}
const alertsOf = (house: MemoryHouse): Record<string, unknown>[] =>
  house.latest("SecurityAlert", "SystemAlertId");
const span = {
  from: new Date(START - MINUTE).toISOString(),
  until: new Date(START + 10 * MINUTE).toISOString(),
};

test("a suppressed alert is there, closed, and says what suppressed it; after the time it is new", async () => {
  const house = await played(
    setting("suppression", "noise", { kind: "suppression", rule: "sigma/one", ...span }),
    command("alpha 1"),
    command("alpha 1", START + 20 * MINUTE),
  );
  expect(alertsOf(house)).toMatchObject([
    { Status: "Closed", StatusReason: "suppressed: noise", EventCount: 1 },
    { Status: "New", EventCount: 1 },
  ]);
  expect(house.table("SecurityAlertHistory")).toMatchObject([
    { Action: "Suppressed" },
    { Action: "Created" },
  ]);
});

test.each([
  { name: "another device", value: { kind: "maintenance", device: "valve-*" }, status: "New" },
  { name: "this device", value: { kind: "maintenance", device: "pump-*" }, status: "Closed" },
  { name: "another rule", value: { kind: "suppression", rule: "sigma/two" }, status: "New" },
  { name: "this entity", value: { kind: "suppression", entity: "alpha *" }, status: "Closed" },
])("a suppression of $name leaves the alert $status", async ({ value, status }) => {
  const house = await played(setting("suppression", "s", { ...value, ...span }), command("alpha 1"));
  expect(alertsOf(house)).toMatchObject([{ Status: status }]);
});

test("an exception keeps alerts of its rule away and counts them, until it ends", async () => {
  const until = new Date(START + 10 * MINUTE).toISOString();
  const house = await played(
    setting("exception", "backup", {
      ruleId: "sigma/one",
      where: { CommandLine: "alpha *", UserName: "root" },
      until,
    }),
    command("alpha 1"),
    command("xalpha 1"),
    command("alpha 2", START + 20 * MINUTE),
  );
  expect(alertsOf(house).map(({ Reason, Entities }) => String(Entities ?? Reason))).toEqual([
    expect.stringContaining("xalpha 1"),
    expect.stringContaining("alpha 2"),
  ]);
});

test("alerts of one device that go along the kill chain become an incident, which grows", async () => {
  const house = await played(
    command("alpha 1"),
    command("gamma 1", START + MINUTE),
    command("beta 1", START + 5 * MINUTE),
    command("beta 2", START + 6 * MINUTE),
  );
  const incidents = alertsOf(house).filter(({ IsIncident }) => IsIncident);
  expect(incidents).toMatchObject([
    {
      AlertType: "Picket_Incident",
      AlertSeverity: "High",
      Tactics: "Execution, Persistence",
      EventCount: 4,
      DisplayName: "4 alerts on pump-7 go together, from Execution to Persistence",
    },
  ]);
  expect(incidents[0]?.["Evidence"]).toHaveLength(4);
});

test.each([
  { name: "one stage", commands: [command("alpha 1"), command("gamma 1")] },
  { name: "two devices", commands: [command("alpha 1"), command("beta 1", START, "pump-8")] },
  { name: "two days", commands: [command("alpha 1"), command("beta 1", START + 30 * 60 * MINUTE)] },
])("alerts of $name are no incident", async ({ commands }) => {
  const house = await played(...commands);
  expect(alertsOf(house).filter(({ IsIncident }) => IsIncident)).toEqual([]);
});

test("an incident that was closed is followed by a new one", async () => {
  const first = await played(command("alpha 1"), command("beta 1"));
  const id = String(alertsOf(first).find(({ IsIncident }) => IsIncident)?.["SystemAlertId"]);
  const close = {
    alertIds: [id],
    action: "close",
    actor: "ann",
    reason: "cleaned",
    disposition: "truePositive",
  };
  first.append({ kind: recordKind.decision, deviceId: "", at: START + MINUTE, body: close });
  first.append(command("beta 9", START + 2 * MINUTE));
  const pipeline = await openPipeline({
    inlet: first.inlet,
    tables: first.tables,
    recorder: silent,
    clock: systemClock,
    hubName: "Hub",
  });
  pipeline.notify();
  await pipeline.reached(first.inlet.last());
  await pipeline.close();
  const incidents = alertsOf(first).filter(({ IsIncident }) => IsIncident);
  expect(incidents.map(({ Status }) => Status)).toEqual(["Closed", "New"]);
});

test("an alert that nobody looks at in time is told of once for each of its clocks", async () => {
  const house = await played(
    setting("alertClock", "Medium", { acknowledgeMinutes: 10, closeMinutes: 60 }),
    command("alpha 1"),
    tick(START + 9 * MINUTE),
    tick(START + 10 * MINUTE),
    tick(START + 11 * MINUTE),
    tick(START + 60 * MINUTE),
  );
  const told = house.table("SecurityAlertHistory").filter(({ Action }) => Action === "Overdue");
  expect(told.map(({ Details }) => Details)).toEqual([{ Late: "acknowledge" }, { Late: "close" }]);
});

test.each([
  {
    item: {
      CommandLine: "/opt/backup --run 20260301 /tmp/x1y2",
      Executable: "/opt/backup",
      UserName: "root",
    },
    other: {
      CommandLine: "/opt/backup --run 20260302 /tmp/zz9",
      Executable: "/opt/backup",
      UserName: "root",
    },
    not: { CommandLine: "/opt/backup --run 20260302 /tmp/zz9", Executable: "/opt/backup", UserName: "eve" },
  },
  {
    item: { CommandLine: "grep a* b?" },
    other: { CommandLine: "grep a* b?" },
    not: { CommandLine: "grep abc bx" },
  },
])("what is proposed covers $other and not $not", ({ item, other, not }) => {
  const covers = exceptionTest(readException(proposeException("r", item)));
  expect([covers({ ...item }, "d"), covers({ ...other }, "d"), covers({ ...not }, "d")]).toEqual([
    true,
    true,
    false,
  ]);
});

test.each([
  {
    name: "an exception of everything",
    read: () => readException({ ruleId: "r", where: { CommandLine: "*" } }),
    why: "holds for everything",
  },
  {
    name: "an exception of no rule",
    read: () => readException({ where: { CommandLine: "x" } }),
    why: "ruleId",
  },
  {
    name: "a suppression without an end",
    read: () => readSuppression({ kind: "suppression", rule: "r", from: "2026-01-01T00:00:00Z" }),
    why: "until",
  },
  {
    name: "a suppression of everything",
    read: () => readSuppression({ kind: "suppression", ...span }),
    why: "rule",
  },
  {
    name: "a suppression of ten years",
    read: () =>
      readSuppression({
        kind: "suppression",
        rule: "r",
        from: "2026-01-01T00:00:00Z",
        until: "2036-01-01T00:00:00Z",
      }),
    why: "more than a year",
  },
  { name: "a clock of no severity", read: () => readClock("Huge", {}), why: "no severity" },
  { name: "a clock without minutes", read: () => readClock("High", { closeMinutes: -1 }), why: "minutes" },
])("$name is refused", ({ read, why }) => {
  expect(read).toThrow(why);
});

test.each([
  setting("suppression", "bad", { kind: "suppression" }),
  setting("exception", "bad", { ruleId: 7 }),
  setting("alertClock", "Huge", 1),
  setting("securityGroup", "bad", { timeWindowRules: 7 }),
  setting("rulePack", "bad", { files: [{ name: "x", text: "title: [" }] }),
  setting("indicatorSet", "bad", { hash: "none" }),
])("a setting that cannot be read is left out and nothing else stops: $body", async (bad) => {
  const house = await played(bad, command("alpha 1"));
  expect(alertsOf(house)).toMatchObject([{ RuleId: "sigma/one", Status: "New" }]);
});
