import { handClock, silent, systemClock } from "@picket/kit";
import { recordKind } from "@picket/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openPipeline } from "./pipeline.js";
import { eventOf, MemoryHouse, messageOf } from "./testing.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const miner = (serial: number, at = START): object =>
  eventOf(
    serial,
    "ProcessCreate",
    [
      {
        Executable: "/bin/sh",
        ProcessId: 40 + serial,
        ParentProcessId: 7,
        UserId: "0",
        UserName: "root",
        CommandLine: "sh -c echo cpuminer-multi",
        ExtraDetails: { Ancestry: '[{"ProcessId":7,"Executable":"/usr/sbin/sshd"}]' },
      },
    ],
    at,
  );
const ports = (serial: number, open: readonly string[], at: number): object =>
  eventOf(
    serial,
    "ListeningPorts",
    open.map((LocalPort) => ({ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort, RemotePort: "*" })),
    at,
  );

async function run(house: MemoryHouse, clock = systemClock): Promise<void> {
  const pipeline = await openPipeline({
    inlet: house.inlet,
    tables: house.tables,
    recorder: silent,
    clock,
    hubName: "Hub",
  });
  pipeline.notify();
  await pipeline.reached(house.inlet.last());
  await pipeline.close();
}

test("a message becomes rows whose details are compact JSON with the event's id and local time", async () => {
  const house = new MemoryHouse();
  house.append({
    kind: recordKind.message,
    at: START,
    body: messageOf([ports(1, ["22", "8888"], START - 500)]),
  });
  await run(house);
  const rows = house.table("SecurityIoTRawEvent");
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    TimeGenerated: "2026-03-01T10:00:00.000Z",
    TimeStamp: "2026-03-01T09:59:59.500Z",
    DeviceId: "pump-7",
    ModuleId: "azureiotsecurity",
    AssociatedResourceId: "hub",
    RawEventName: "ListeningPorts",
  });
  expect(rows[0]?.EventDetails).toBe(
    '{"Protocol":"tcp","LocalAddress":"0.0.0.0","LocalPort":"22","RemotePort":"*","EventId":"5b0c7a10-4d2e-4f31-9a6b-000000000001","TimestampLocal":"2026-03-01T09:59:59.500Z"}',
  );
  expect(new Set(rows.map((row) => row.IoTRawEventId)).size).toBe(2);
});

test("a miner makes an alert with the command, the ancestry and the sentence saying why; repeats of a day raise its count", async () => {
  const house = new MemoryHouse();
  house.append({ kind: recordKind.message, at: START, body: messageOf([miner(1)]) });
  house.append({ kind: recordKind.message, at: START + 60_000, body: messageOf([miner(2, START + 60_000)]) });
  await run(house);
  const alerts = house.latest("SecurityAlert", "SystemAlertId");
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatchObject({
    AlertType: "IoT_CryptoMiner",
    AlertName: "Crypto coin miner image",
    AlertSeverity: "High",
    DisplayName: "root started a coin miner on pump-7",
    EventCount: 2,
    Status: "New",
    Ancestry: [
      { ProcessId: 41, CommandLine: "sh -c echo cpuminer-multi" },
      { ProcessId: 7, Executable: "/usr/sbin/sshd" },
    ],
  });
  expect(alerts[0]?.Reason).toContain('contains "cpuminer-multi"');
  expect(JSON.parse(String(alerts[0]?.ExtendedProperties))).toMatchObject({
    DeviceId: "pump-7",
    UserName: "root",
  });
  expect(house.table("SecurityAlertHistory")).toMatchObject([{ Action: "Created", Actor: "picket" }]);
});

test("an open port opens a recommendation, and the next snapshot without it clears it", async () => {
  const house = new MemoryHouse();
  house.append({ kind: recordKind.message, at: START, body: messageOf([ports(1, ["8888"], START)]) });
  await run(house);
  house.append({
    kind: recordKind.message,
    at: START + 5_000,
    body: messageOf([ports(2, [], START + 5_000)]),
  });
  await run(house);
  expect(house.table("SecurityRecommendation")).toMatchObject([
    {
      RecommendationName: "IoT_OpenPorts",
      RecommendationState: "Active",
      RecommendationAdditionalData: { Endpoints: ["0.0.0.0:8888"] },
    },
    {
      RecommendationName: "IoT_OpenPorts",
      RecommendationState: "Resolved",
      ResolvedTimeUTC: "2026-03-01T10:00:05.000Z",
    },
  ]);
});

test("an event that a device sends again makes no second row and no second hit", async () => {
  const house = new MemoryHouse();
  for (let times = 0; times < 3; times += 1)
    house.append({ kind: recordKind.message, at: START + times, body: messageOf([miner(1)]) });
  await run(house);
  expect(house.table("SecurityIoTRawEvent")).toHaveLength(1);
  expect(house.latest("SecurityAlert", "SystemAlertId")).toMatchObject([{ EventCount: 1 }]);
});

test("a bad message leaves a row that names field and rule, and its good events are kept", async () => {
  const house = new MemoryHouse();
  house.append({
    kind: recordKind.message,
    at: START,
    body: messageOf([miner(1), { ...miner(2), Category: "Never" } as object]),
  });
  house.append({ kind: recordKind.message, at: START, body: { not: "a message" } });
  await run(house);
  expect(house.table("SecurityIoTRawEvent")).toHaveLength(1);
  expect(house.table("SecurityIoTRejected")).toMatchObject([
    { Scope: "event", Field: "/Events/1/Category", Rule: "enum", Reason: "SCHEMA_ENUM" },
    {
      Scope: "message",
      Field: "/AgentVersion",
      Rule: "required",
      Reason: "SCHEMA_REQUIRED",
      Body: '{"not":"a message"}',
    },
  ]);
});

test("what a person decides changes the alert and is kept in its history with their name", async () => {
  const house = new MemoryHouse();
  house.append({ kind: recordKind.message, at: START, body: messageOf([miner(1)]) });
  await run(house);
  const id = String(house.table("SecurityAlert")[0]?.SystemAlertId);
  const decide = (action: string, at: number, more: object = {}): void =>
    house.append({
      kind: recordKind.decision,
      deviceId: "",
      at,
      body: { alertIds: [id], action, actor: "ann", reason: "", ...more },
    });
  decide("acknowledge", START + 1_000);
  decide("close", START + 2_000, { reason: "a test of ours", disposition: "benignPositive" });
  house.append({ kind: recordKind.message, at: START + 3_000, body: messageOf([miner(2)]) });
  await run(house);
  expect(house.latest("SecurityAlert", "SystemAlertId")).toMatchObject([
    { Status: "Closed", Owner: "ann", StatusReason: "benignPositive: a test of ours", EventCount: 2 },
  ]);
  expect(house.table("SecurityAlertHistory").map(({ Action, Actor }) => `${Actor} ${Action}`)).toEqual([
    "picket Created",
    "ann Acknowledged",
    "ann Closed",
  ]);
});

test("a closed true positive that happens again is a new alert", async () => {
  const house = new MemoryHouse();
  house.append({ kind: recordKind.message, at: START, body: messageOf([miner(1)]) });
  await run(house);
  const id = String(house.table("SecurityAlert")[0]?.SystemAlertId);
  house.append({
    kind: recordKind.decision,
    deviceId: "",
    at: START + 1,
    body: { alertIds: [id], action: "close", actor: "ann", reason: "cleaned", disposition: "truePositive" },
  });
  house.append({ kind: recordKind.message, at: START + 2, body: messageOf([miner(2)]) });
  await run(house);
  expect(house.latest("SecurityAlert", "SystemAlertId").map(({ Status }) => Status)).toEqual([
    "Closed",
    "New",
  ]);
});

test("a device that says nothing for three days is told of once", async () => {
  const house = new MemoryHouse();
  house.append({ kind: recordKind.message, at: START, body: messageOf([ports(1, [], START)]) });
  for (const hours of [71, 72, 73])
    house.append({ kind: recordKind.tick, deviceId: "", at: START + hours * 3_600_000, body: {} });
  await run(house);
  expect(house.latest("SecurityAlert", "SystemAlertId")).toMatchObject([
    { RuleId: "device-silent", DisplayName: "pump-7 has gone silent" },
  ]);
});

test("refused connections are rows of the operation log and make alerts", async () => {
  const house = new MemoryHouse();
  const operation = {
    operationName: "deviceConnect",
    category: "Connections",
    level: "Error",
    resultType: "401003",
    cause: "invalidSignature",
    resultDescription: "The signature is wrong.",
    deviceId: "pump-7",
    moduleId: "",
    protocol: "Mqtt",
    authType: "Sas",
    ipAddress: "203.0.113.9",
    statusCode: 401,
  };
  house.append({ kind: recordKind.operation, at: START, body: operation });
  await run(house);
  expect(house.table("IoTHubOperation")).toMatchObject([
    { ResultType: "401003", Properties: { cause: "invalidSignature" } },
  ]);
  expect(house.table("SecurityAlert")).toMatchObject([
    { AlertType: "IoT_Invalid_SAS_Token", DeviceId: "pump-7" },
  ]);
});

test("wherever it is stopped, going on ends in the same tables as never having stopped", async () => {
  const build = (): MemoryHouse => {
    const house = new MemoryHouse();
    for (let step = 0; step < 40; step += 1) {
      const at = START + step * 60_000;
      const fail = eventOf(
        1_000 + step,
        "Login",
        [
          {
            ProcessId: 1,
            Executable: "/usr/sbin/sshd",
            Operation: "a",
            Result: "Fail",
            UserName: "root",
            RemoteAddress: "203.0.113.7",
          },
        ],
        at,
      );
      house.append({
        kind: recordKind.message,
        at,
        body: messageOf([miner(step % 7, at), fail, ports(2_000 + step, step % 3 === 0 ? ["80"] : [], at)]),
      });
    }
    return house;
  };
  const whole = build();
  await run(whole);
  const names = [
    "SecurityIoTRawEvent",
    "SecurityAlert",
    "SecurityAlertHistory",
    "SecurityRecommendation",
  ] as const;
  const keys = {
    SecurityIoTRawEvent: "IoTRawEventId",
    SecurityAlert: "SystemAlertId",
    SecurityAlertHistory: "SystemAlertId",
    SecurityRecommendation: "RecommendationId",
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
      async (steps) => {
        const house = build();
        const all = [...house.batches];
        house.batches.length = 0;
        // The clock stands still but for jumps, so that some stops fall after a snapshot and some before one.
        const clock = handClock(START);
        for (const step of steps) {
          house.batches.push(...all.splice(0, step));
          clock.move(step % 2 === 0 ? 40_000 : 0);
          await run(house, clock);
        }
        house.batches.push(...all);
        await run(house, clock);
        for (const name of names)
          expect(house.latest(name, keys[name])).toEqual(whole.latest(name, keys[name]));
        expect(house.table("SecurityIoTRawEvent")).toHaveLength(whole.table("SecurityIoTRawEvent").length);
      },
    ),
    { numRuns: 15 },
  );
});
