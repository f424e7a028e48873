import { handClock, silent } from "@picket/kit";
import { type DeviceCounters as DeviceMinute, decodeRecords, recordKind } from "@picket/schema";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Outbound } from "../outbound.js";
import { DeviceCounters } from "./device-counters.js";
import { OperationLog, type Told } from "./operation-log.js";

const start = Date.UTC(2026, 10, 26, 17, 0, 30);
let clock: ReturnType<typeof handClock>;
let outbound: Outbound;
let counters: DeviceCounters;
let log: OperationLog;
let written: (DeviceMinute & { deviceId: string; moduleId: string })[];

beforeEach(() => {
  clock = handClock(start);
  written = [];
  const append = async (batch: Uint8Array): Promise<number> => {
    for (const { kind, deviceId, moduleId, body } of decodeRecords(batch))
      if (kind === recordKind.counters)
        written.push({ deviceId, moduleId, ...JSON.parse(Buffer.from(body).toString()) });
    return 1;
  };
  outbound = new Outbound({ append }, { recorder: silent, clock });
  counters = new DeviceCounters(outbound, clock);
  log = new OperationLog(outbound, { recorder: silent, clock, counters });
});
afterEach(() => {
  counters.close();
  log.close();
});

async function minuteOver(): Promise<void> {
  clock.move(60_000);
  counters.look();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await outbound.drained();
}

const told = (more: Partial<Told>): Told => ({
  operationName: "",
  category: "",
  deviceId: "pump-1",
  moduleId: "",
  protocol: "Mqtt",
  ipAddress: "10.0.0.7",
  ...more,
});

test("a minute is written when it is over, once, for those that did anything", async () => {
  const tally = counters.of("pump-1", "agent", "Mqtt");
  tally.messages += 3;
  tally.bytes += 3_000;
  counters.look();
  await outbound.drained();
  expect(written).toEqual([]);
  await minuteOver();
  expect(written).toMatchObject([
    {
      deviceId: "pump-1",
      moduleId: "agent",
      minute: "2026-11-26T17:00:00.000Z",
      protocols: { Mqtt: { messages: 3, bytes: 3_000, connects: 0 } },
    },
  ]);
  await minuteOver();
  expect(written).toHaveLength(1);
});

test("a tally of the minute before does not count any more, which the epoch says", async () => {
  const { epoch } = counters;
  counters.of("pump-1", "", "Mqtt").messages += 1;
  await minuteOver();
  expect(counters.epoch).not.toBe(epoch);
  counters.of("pump-1", "", "Https").messages += 5;
  await minuteOver();
  expect(written.map(({ protocols }) => protocols)).toMatchObject([
    { Mqtt: { messages: 1 } },
    { Https: { messages: 5 } },
  ]);
});

test.each<{ name: string; told: Partial<Told>; device?: object; protocol?: object }>([
  {
    name: "a connection",
    told: { category: "Connections", operationName: "deviceConnect" },
    protocol: { connects: 1, unauthorized: 0 },
  },
  {
    name: "an end of one",
    told: { category: "Connections", operationName: "deviceDisconnect", cause: "takenOver" },
    protocol: { disconnects: 1 },
  },
  {
    name: "a wrong key",
    told: { category: "Connections", operationName: "deviceConnect", cause: "invalidSignature" },
    protocol: { connects: 0, unauthorized: 1 },
  },
  {
    name: "a message too large",
    told: { category: "DeviceTelemetry", operationName: "ingress", cause: "messageTooLarge" },
    protocol: { failures: 1 },
  },
  {
    name: "a twin read",
    told: { category: "D2CTwinOperations", operationName: "read" },
    device: { twinReads: 1, twinUpdates: 0 },
  },
  {
    name: "a report",
    told: { category: "D2CTwinOperations", operationName: "update" },
    device: { twinUpdates: 1 },
  },
  {
    name: "a change by a service",
    told: { category: "C2DTwinOperations", operationName: "replaceTwin" },
    device: { twinUpdates: 1 },
  },
  {
    name: "a method",
    told: { category: "DirectMethods", operationName: "send" },
    device: { methodCalls: 1, methodFailures: 0 },
  },
  {
    name: "a method nobody answered",
    told: { category: "DirectMethods", operationName: "send", cause: "timeout" },
    device: { methodCalls: 1, methodFailures: 1 },
  },
  {
    name: "a command queued",
    told: { category: "C2DCommands", operationName: "send" },
    device: { commandsEnqueued: 1 },
  },
  {
    name: "a command delivered",
    told: { category: "C2DCommands", operationName: "deliver" },
    protocol: { commandsDelivered: 1 },
  },
  {
    name: "a command rejected",
    told: { category: "C2DCommands", operationName: "reject", cause: "messageRejected" },
    protocol: { commandsRejected: 1 },
  },
  {
    name: "an expired command",
    told: { category: "C2DCommands", operationName: "messageExpired", cause: "messageExpired" },
    device: { commandsDeadLettered: 1 },
  },
  { name: "a purge", told: { category: "C2DCommands", operationName: "purge" }, device: { queuePurges: 1 } },
  {
    name: "an upload",
    told: { category: "FileUploadOperations", operationName: "ingress" },
    device: { fileUploads: 1 },
  },
])("$name is counted", async ({ told: more, device = {}, protocol }) => {
  log.tell(told(more));
  await minuteOver();
  expect(written).toMatchObject([{ ...device, ...(protocol ? { protocols: { Mqtt: protocol } } : {}) }]);
});

test("a flood of wrong keys is counted whole, though its rows are folded", async () => {
  for (let count = 0; count < 500; count += 1)
    log.tell(told({ category: "Connections", operationName: "deviceConnect", cause: "invalidSignature" }));
  await minuteOver();
  expect(written).toMatchObject([{ protocols: { Mqtt: { unauthorized: 500 } } }]);
});

test("ids that nobody registered are not counted, since anybody can make them up", async () => {
  for (let count = 0; count < 1_000; count += 1)
    log.tell(
      told({
        deviceId: `made-up-${count}`,
        category: "Connections",
        operationName: "deviceConnect",
        cause: "unknownDevice",
      }),
    );
  await minuteOver();
  expect(written).toEqual([]);
});

test("more devices than fit are written in parts, and nothing is lost", async () => {
  for (let count = 0; count < 60_000; count += 1) counters.of(`d-${count}`, "", "Mqtt").messages += 1;
  await minuteOver();
  await vi.waitFor(() => expect(written).toHaveLength(60_000), 10_000);
});
