import { customAlertTypes } from "@picket/detections";
import { silent, systemClock } from "@picket/kit";
import { type DeviceCounters, recordKind } from "@picket/schema";
import { expect, test } from "vitest";
import { openPipeline } from "../pipeline.js";
import { eventOf, MemoryHouse, messageOf } from "../testing.js";
import { Membership } from "./membership.js";
import { printGroup, readGroup } from "./read-group.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const MINUTE = 60_000;

async function run(house: MemoryHouse): Promise<void> {
  const options = {
    inlet: house.inlet,
    tables: house.tables,
    recorder: silent,
    clock: systemClock,
    hubName: "Hub",
  };
  const pipeline = await openPipeline(options);
  pipeline.notify();
  await pipeline.reached(house.inlet.last());
  await pipeline.close();
}

const device = (deviceId: string, tags: object, moduleId = ""): object => ({
  deviceId,
  moduleId,
  status: "enabled",
  tags,
  desired: {},
  reported: {},
});
const protocol = (messages: number): object => ({
  messages,
  securityMessages: 0,
  bytes: 0,
  failures: 0,
  unauthorized: 1,
  connects: 0,
  disconnects: 0,
  commandsDelivered: 0,
  commandsCompleted: 0,
  commandsRejected: 0,
  commandsAbandoned: 0,
});
const counters = (minute: number, given: object): Partial<DeviceCounters> => ({
  minute: new Date(START + minute * MINUTE).toISOString(),
  protocols: {},
  methodCalls: 0,
  methodFailures: 0,
  twinReads: 0,
  twinUpdates: 0,
  commandsEnqueued: 0,
  commandsDeadLettered: 0,
  queuePurges: 0,
  fileUploads: 0,
  ...given,
});

/** A house with one group and one device in it. */
function houseWith(value: object, tags: object = { SecurityGroup: "pumps" }): MemoryHouse {
  const house = new MemoryHouse();
  const before = START - 60 * MINUTE;
  house.append({ kind: recordKind.device, at: before, body: device("pump-7", tags) });
  house.append({
    kind: recordKind.setting,
    deviceId: "",
    at: before,
    body: { area: "securityGroup", name: "pumps", value, actor: "ann", reason: "" },
  });
  return house;
}
const alertsOf = (house: MemoryHouse): unknown[] =>
  house.latest("SecurityAlert", "SystemAlertId").map(({ AlertType }) => AlertType);

const window = (ruleType: string, minThreshold: number, maxThreshold: number): object => ({
  timeWindowRules: [{ ruleType, isEnabled: true, minThreshold, maxThreshold, timeWindowSize: "PT5M" }],
});

test.each([
  {
    ruleType: "MqttD2CMessagesNotInAllowedRange",
    given: { protocols: { Mqtt: protocol(3), MqttWs: protocol(3) } },
  },
  { ruleType: "AmqpD2CMessagesNotInAllowedRange", given: { protocols: { Amqp: protocol(6) } } },
  { ruleType: "HttpD2CMessagesNotInAllowedRange", given: { protocols: { Https: protocol(6) } } },
  {
    ruleType: "AmqpC2DMessagesNotInAllowedRange",
    given: { protocols: { Amqp: { ...protocol(0), commandsDelivered: 6 } } },
  },
  {
    ruleType: "MqttC2DMessagesNotInAllowedRange",
    given: { protocols: { Mqtt: { ...protocol(0), commandsDelivered: 6 } } },
  },
  {
    ruleType: "HttpC2DMessagesNotInAllowedRange",
    given: { protocols: { Https: { ...protocol(0), commandsDelivered: 6 } } },
  },
  {
    ruleType: "AmqpC2DRejectedMessagesNotInAllowedRange",
    given: { protocols: { AmqpWs: { ...protocol(0), commandsRejected: 6 } } },
  },
  {
    ruleType: "MqttC2DRejectedMessagesNotInAllowedRange",
    given: { protocols: { Mqtt: { ...protocol(0), commandsRejected: 6 } } },
  },
  {
    ruleType: "HttpC2DRejectedMessagesNotInAllowedRange",
    given: { protocols: { Https: { ...protocol(0), commandsRejected: 6 } } },
  },
  { ruleType: "DirectMethodInvokesNotInAllowedRange", given: { methodCalls: 6 } },
  { ruleType: "FileUploadsNotInAllowedRange", given: { fileUploads: 6 } },
  { ruleType: "QueuePurgesNotInAllowedRange", given: { queuePurges: 6 } },
  { ruleType: "TwinUpdatesNotInAllowedRange", given: { twinUpdates: 6 } },
  {
    ruleType: "UnauthorizedOperationsNotInAllowedRange",
    given: { protocols: { Mqtt: { ...protocol(0), unauthorized: 6 } } },
  },
])("$ruleType fires on more than its most and not on less", async ({ ruleType, given }) => {
  const over = houseWith(window(ruleType, 0, 5));
  const under = houseWith(window(ruleType, 0, 6));
  for (const house of [over, under]) {
    house.append({ kind: recordKind.counters, at: START + MINUTE, body: counters(0, given) });
    await run(house);
  }
  expect(alertsOf(over)).toEqual([`IoT_CA_${ruleType}`]);
  expect(alertsOf(under)).toEqual([]);
});

const login = (serial: number, item: object): object =>
  eventOf(serial, "Login", [{ ProcessId: 1, Executable: "/bin/login", Operation: "x", ...item }], START);
const connection = (serial: number, RemoteAddress: string, Direction = "Out"): object =>
  eventOf(
    serial,
    "ConnectionCreate",
    [
      {
        Executable: "/usr/bin/curl",
        ProcessId: 1,
        Direction,
        Protocol: "tcp",
        RemoteAddress,
        RemotePort: "443",
      },
    ],
    START,
  );
const program = (serial: number, Executable: string): object =>
  eventOf(
    serial,
    "ProcessCreate",
    [{ Executable, ProcessId: 9, ParentProcessId: 1, UserId: "0", CommandLine: Executable }],
    START,
  );

test.each([
  {
    name: "ActiveConnectionsNotInAllowedRange",
    list: window("ActiveConnectionsNotInAllowedRange", 0, 1),
    events: [connection(1, "10.0.0.1"), connection(2, "10.0.0.2")],
    alerts: 1,
  },
  {
    name: "FailedLocalLoginsNotInAllowedRange",
    list: window("FailedLocalLoginsNotInAllowedRange", 0, 0),
    events: [login(1, { Result: "Fail" })],
    alerts: 1,
  },
  {
    name: "ConnectionToIpNotAllowed",
    list: {
      allowlistRules: [
        {
          ruleType: "ConnectionToIpNotAllowed",
          isEnabled: true,
          allowlistValues: ["10.0.0.0/8", "2001:db8::/32"],
        },
      ],
    },
    events: [
      connection(1, "10.1.2.3"),
      connection(2, "2001:db8::1"),
      connection(3, "203.0.113.1"),
      connection(4, "203.0.113.2", "In"),
    ],
    alerts: 1,
  },
  {
    name: "LocalUserNotAllowed",
    list: { allowlistRules: [{ ruleType: "LocalUserNotAllowed", isEnabled: true, allowlistValues: ["op"] }] },
    events: [
      login(1, { Result: "Success", UserName: "op" }),
      login(2, { Result: "Success", UserName: "eve" }),
      login(3, { Result: "Fail", UserName: "mallory" }),
    ],
    alerts: 1,
  },
  {
    name: "ProcessNotAllowed",
    list: {
      allowlistRules: [
        { ruleType: "ProcessNotAllowed", isEnabled: true, allowlistValues: ["pumpd", "/bin/true"] },
      ],
    },
    events: [
      program(1, "/opt/pumpd"),
      program(2, "/bin/true"),
      program(3, "/usr/bin/true"),
      program(4, "/opt/xpumpd"),
    ],
    alerts: 2,
  },
  {
    name: "ConnectionToIpDenied",
    list: {
      denylistRules: [
        { ruleType: "ConnectionToIpDenied", isEnabled: true, denylistValues: ["203.0.113.0/24"] },
      ],
    },
    events: [connection(1, "10.1.2.3"), connection(2, "203.0.113.1")],
    alerts: 1,
  },
  {
    name: "LocalUserDenied",
    list: { denylistRules: [{ ruleType: "LocalUserDenied", isEnabled: true, denylistValues: ["pi"] }] },
    events: [
      login(1, { Result: "Success", UserName: "pi" }),
      login(2, { Result: "Success", UserName: "op" }),
    ],
    alerts: 1,
  },
  {
    name: "ProcessDenied",
    list: { denylistRules: [{ ruleType: "ProcessDenied", isEnabled: true, denylistValues: ["nc"] }] },
    events: [program(1, "/bin/nc"), program(2, "/bin/sync")],
    alerts: 1,
  },
  {
    name: "thresholdRules count a day",
    list: {
      thresholdRules: [
        { ruleType: "ActiveConnectionsNotInAllowedRange", isEnabled: true, minThreshold: 0, maxThreshold: 1 },
      ],
    },
    events: [connection(1, "10.0.0.1"), connection(2, "10.0.0.2")],
    alerts: 1,
  },
  {
    name: "a rule that is switched off",
    list: { denylistRules: [{ ruleType: "ProcessDenied", isEnabled: false, denylistValues: ["nc"] }] },
    events: [program(1, "/bin/nc")],
    alerts: 0,
  },
])("$name", async ({ list, events, alerts }) => {
  const house = houseWith(list);
  house.append({ kind: recordKind.message, at: START, body: messageOf(events) });
  await run(house);
  const custom = alertsOf(house).filter((type) => String(type).startsWith("IoT_CA_"));
  expect(custom).toHaveLength(alerts);
});

test("too little is told once the window is over, of devices that were there from its start", async () => {
  const house = houseWith(window("MqttD2CMessagesNotInAllowedRange", 2, 9));
  house.append({
    kind: recordKind.device,
    deviceId: "pump-8",
    at: START + MINUTE,
    body: device("pump-8", { SecurityGroup: "pumps" }),
  });
  house.append({
    kind: recordKind.counters,
    at: START + MINUTE,
    body: counters(0, { protocols: { Mqtt: protocol(1) } }),
  });
  house.append({ kind: recordKind.tick, deviceId: "", at: START + 6 * MINUTE, body: {} });
  await run(house);
  expect(alertsOf(house)).toEqual(["IoT_CA_MqttD2CMessagesNotInAllowedRange"]);
  house.append({ kind: recordKind.tick, deviceId: "", at: START + 7 * MINUTE, body: {} });
  house.append({ kind: recordKind.tick, deviceId: "", at: START + 8 * MINUTE, body: {} });
  await run(house);
  const rows = house.latest("SecurityAlert", "SystemAlertId");
  expect(rows.map(({ DeviceId }) => DeviceId)).toEqual(["pump-7", "pump-7"]);
  expect(rows[1]?.DisplayName).toContain("1 device to cloud messages (MQTT protocol), fewer than 2");
});

test.each([
  { name: "the documented tag", tags: [["", { SecurityGroup: "pumps" }]], group: "pumps" },
  { name: "the tag of the first samples", tags: [["", { securityGroup: "pumps" }]], group: "pumps" },
  { name: "a module's tag", tags: [["azureiotsecurity", { securityGroup: "pumps" }]], group: "pumps" },
  {
    name: "the device's own before a module's",
    tags: [
      ["m", { SecurityGroup: "other" }],
      ["", { SecurityGroup: "pumps" }],
    ],
    group: "pumps",
  },
  { name: "no tag", tags: [["", {}]], group: "default" },
  {
    name: "a tag that was taken away",
    tags: [
      ["", { SecurityGroup: "pumps" }],
      ["", {}],
    ],
    group: "default",
  },
] as { name: string; tags: [string, object][]; group: string }[])(
  "$name puts a device into $group",
  ({ tags, group }) => {
    const members = new Membership();
    for (const [moduleId, given] of tags) members.note(device("pump-7", given, moduleId) as never, START);
    const restored = new Membership();
    restored.restore(JSON.parse(JSON.stringify(members.save())));
    expect([members.groupOf("pump-7"), restored.groupOf("pump-7")]).toEqual([group, group]);
  },
);

test("devices of other groups are left alone", async () => {
  const list = { denylistRules: [{ ruleType: "ProcessDenied", isEnabled: true, denylistValues: ["nc"] }] };
  const house = houseWith(list, { SecurityGroup: "valves" });
  house.append({ kind: recordKind.message, at: START, body: messageOf([program(1, "/bin/nc")]) });
  await run(house);
  expect(alertsOf(house)).toEqual([]);
});

test("a group that is removed no longer watches, and what was counted goes on over a restart", async () => {
  const house = houseWith(window("MqttD2CMessagesNotInAllowedRange", 0, 5));
  house.append({
    kind: recordKind.counters,
    at: START + MINUTE,
    body: counters(0, { protocols: { Mqtt: protocol(3) } }),
  });
  await run(house);
  house.append({
    kind: recordKind.counters,
    at: START + 2 * MINUTE,
    body: counters(1, { protocols: { Mqtt: protocol(3) } }),
  });
  await run(house);
  expect(alertsOf(house)).toHaveLength(1);
  const removed = { area: "securityGroup", name: "pumps", value: null, actor: "ann", reason: "" };
  house.append({ kind: recordKind.setting, deviceId: "", at: START + 3 * MINUTE, body: removed });
  house.append({
    kind: recordKind.counters,
    at: START + 9 * MINUTE,
    body: counters(8, { protocols: { Mqtt: protocol(99) } }),
  });
  await run(house);
  expect(alertsOf(house)).toHaveLength(1);
});

test.each([
  {
    name: "an unknown type",
    given: { timeWindowRules: [{ ruleType: "Nope", isEnabled: true }] },
    where: "timeWindowRules/0/ruleType",
  },
  {
    name: "a type of another list",
    given: { allowlistRules: [{ ruleType: "ProcessDenied", isEnabled: true }] },
    where: "allowlistRules/0/ruleType",
  },
  {
    name: "no flag",
    given: { denylistRules: [{ ruleType: "ProcessDenied" }] },
    where: "denylistRules/0/isEnabled",
  },
  {
    name: "a range upside down",
    given: window("TwinUpdatesNotInAllowedRange", 5, 1),
    where: "timeWindowRules/0/minThreshold",
  },
  {
    name: "a wrong address",
    given: {
      denylistRules: [
        { ruleType: "ConnectionToIpDenied", isEnabled: true, denylistValues: ["10.0.0.0/8", "ten"] },
      ],
    },
    where: "denylistRules/0/denylistValues/1",
  },
  { name: "a list that is none", given: { allowlistRules: 7 }, where: "allowlistRules" },
])("$name is refused with its place", ({ given, where }) => {
  expect(() => readGroup("pumps", given)).toThrow(where);
});

test("a group is printed with every type, those never set switched off", () => {
  const printed = printGroup(window("TwinUpdatesNotInAllowedRange", 1, 5));
  expect(printed.timeWindowRules).toHaveLength(16);
  expect(printed.allowlistRules).toHaveLength(3);
  expect(printed.timeWindowRules).toContainEqual(
    expect.objectContaining({ ruleType: "TwinUpdatesNotInAllowedRange", isEnabled: true, maxThreshold: 5 }),
  );
  expect(customAlertTypes.filter(({ kind }) => kind !== "denyList")).toHaveLength(19);
});
