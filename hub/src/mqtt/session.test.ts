import { createRequire } from "node:module";
import { connect as tlsConnect } from "node:tls";
import { systemClock } from "@picket/kit";
import { decodeProperties } from "@picket/schema";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { memoryStore, openTestHub, sasToken, type TestHub } from "../testing.js";
import { connectPlain } from "./testing.js";

const require = createRequire(import.meta.url);
const { Client } = require("azure-iot-device");
const { Mqtt } = require("azure-iot-device-mqtt");

let house: TestHub;
beforeAll(async () => {
  house = await openTestHub();
});
afterAll(() => house.hub.close());

const telemetryOf = (deviceId: string): { body: string; application: object }[] =>
  house.records
    .filter((record) => record.kind === 7 && record.deviceId === deviceId)
    .map(({ body, properties }) => ({
      body: Buffer.from(body).toString(),
      application: decodeProperties(properties).application,
    }));
const operationsOf = (deviceId: string): Record<string, unknown>[] =>
  house.told("operation").filter((each) => each["deviceId"] === deviceId);

test("a session that is kept takes its subscriptions up again, a clean one forgets them", async () => {
  await house.hub.registry.create("fan-1");
  const desired = "$iothub/twin/PATCH/properties/desired/#";
  const first = await connectPlain(house, "fan-1", { clean: false });
  expect(first.isResumed).toBe(false);
  await first.client.subscribeAsync([desired, "$iothub/methods/POST/#"], { qos: 0 });
  await first.client.endAsync();
  const second = await connectPlain(house, "fan-1", { clean: false });
  expect(second.isResumed).toBe(true);
  await house.hub.twins.change({ deviceId: "fan-1", moduleId: "" }, { desired: { speed: 3 } });
  await vi.waitFor(() => expect(second.got.map(({ payload }) => JSON.parse(payload).speed)).toEqual([3]));
  await second.client.endAsync();
  const clean = await connectPlain(house, "fan-1", { clean: true });
  expect(clean.isResumed).toBe(false);
  await clean.client.endAsync();
  const after = await connectPlain(house, "fan-1", { clean: false });
  expect(after.isResumed).toBe(false);
  await after.client.endAsync();
});

test("an unmodified client that renews its token by connecting again keeps its desired properties and methods", async () => {
  const device = await house.hub.registry.create("fan-2");
  const client = Client.fromConnectionString(house.hub.connectionString(device), Mqtt);
  await client.setOptions({
    ca: house.ca,
    tokenRenewal: { tokenValidTimeInSeconds: 4, tokenRenewalMarginInSeconds: 2 },
  });
  await client.open();
  const twin = await client.getTwin();
  const speeds: number[] = [];
  twin.on("properties.desired.speed", (speed: number) => speeds.push(speed));
  await vi.waitFor(
    () =>
      expect(
        operationsOf("fan-2").filter((each) => each["operationName"] === "deviceConnect").length,
      ).toBeGreaterThan(1),
    10_000,
  );
  await vi.waitFor(async () => {
    await house.hub.twins.change(
      { deviceId: "fan-2", moduleId: "" },
      { desired: { speed: speeds.length + 1 } },
    );
    expect(speeds.length).toBeGreaterThan(0);
  }, 5_000);
  await client.close();
});

test("the will of a client that vanishes becomes a message, that of one that says goodbye does not", async () => {
  await house.hub.registry.create("fan-3");
  const will = {
    topic: "devices/fan-3/messages/events/floor=2",
    payload: Buffer.from("gone"),
    qos: 1,
    retain: true,
  } as const;
  const polite = await connectPlain(house, "fan-3", { will });
  await polite.client.endAsync();
  const { client } = await connectPlain(house, "fan-3", { will });
  client.stream.destroy();
  await vi.waitFor(() => expect(telemetryOf("fan-3")).toHaveLength(1));
  expect(telemetryOf("fan-3")[0]).toEqual({
    body: "gone",
    application: { floor: "2", "iothub-MessageType": "Will", "mqtt-retain": "true" },
  });
});

test("a message to be retained is a message with a property, and the next one is not", async () => {
  await house.hub.registry.create("fan-4");
  const { client } = await connectPlain(house, "fan-4");
  for (const retain of [true, false, true])
    await client.publishAsync("devices/fan-4/messages/events/", `${retain}`, { qos: 1, retain });
  expect(telemetryOf("fan-4").map(({ application }) => Object.keys(application))).toEqual([
    ["mqtt-retain"],
    [],
    ["mqtt-retain"],
  ]);
  await client.endAsync();
});

test("a module's output name and component are properties of its message", async () => {
  await house.hub.registry.create("fan-5");
  await house.hub.registry.create("fan-5", "filter");
  const { client } = await connectPlain(house, "fan-5/filter");
  await client.subscribeAsync("devices/fan-5/modules/filter/inputs/#", { qos: 1 });
  await client.publishAsync("devices/fan-5/modules/filter/messages/events/%24.on=hot&$.sub=motor", "1", {
    qos: 1,
  });
  const record = house.records.find(({ kind, deviceId }) => kind === 7 && deviceId === "fan-5");
  expect(record?.moduleId).toBe("filter");
  expect(decodeProperties(record?.properties).system).toEqual({ outputName: "hot", component: "motor" });
  await client.endAsync();
});

test("many messages without an acknowledgement do not stop a connection from being read", async () => {
  await house.hub.registry.create("fan-6");
  const { client } = await connectPlain(house, "fan-6");
  const body = Buffer.alloc(200_000, 65);
  for (let count = 0; count < 60; count += 1)
    await client.publishAsync("devices/fan-6/messages/events/", body, { qos: 0 });
  await client.publishAsync("devices/fan-6/messages/events/", "last", { qos: 1 });
  expect(telemetryOf("fan-6")).toHaveLength(61);
  expect(house.hub.status().unackedBytes).toBe(0);
  await client.endAsync();
});

test("a second connection takes the first one's place, and only the first is told gone", async () => {
  await house.hub.registry.create("fan-7");
  const first = await connectPlain(house, "fan-7");
  const closed = new Promise((resolve) => first.client.once("close", () => resolve("closed")));
  const second = await connectPlain(house, "fan-7");
  expect(await closed).toBe("closed");
  await vi.waitFor(() =>
    expect(operationsOf("fan-7")).toContainEqual(
      expect.objectContaining({
        operationName: "deviceDisconnect",
        cause: "takenOver",
        resultType: "400027",
      }),
    ),
  );
  expect(house.hub.registry.presence("fan-7", "").isConnected).toBe(true);
  await second.client.endAsync();
});

test.each([
  { name: "QoS 2", topic: "devices/fan-8/messages/events/", qos: 2, why: /QoS 2/ },
  {
    name: "the topic of another device",
    topic: "devices/fan-1/messages/events/",
    qos: 1,
    why: /somebody else/,
  },
  { name: "a topic outside the hub's", topic: "hello/world", qos: 1, why: /somebody else/ },
  {
    name: "a path that climbs",
    topic: "devices/fan-8/../fan-1/messages/events/",
    qos: 1,
    why: /somebody else/,
  },
] as const)("$name closes the connection and is logged", async ({ topic, qos, why }) => {
  if (!house.hub.registry.find("fan-8")) await house.hub.registry.create("fan-8");
  const { client } = await connectPlain(house, "fan-8");
  const closed = new Promise((resolve) => client.once("close", () => resolve(true)));
  client.publish(topic, "x", { qos });
  await closed;
  await vi.waitFor(() =>
    expect(operationsOf("fan-8")).toContainEqual(
      expect.objectContaining({ cause: "protocolViolation", resultDescription: expect.stringMatching(why) }),
    ),
  );
});

test.each([
  {
    name: "another hub's name",
    more: { username: "other.net/fan-9/?api-version=2021-04-12" },
    code: 4,
    cause: "wrongAudience",
  },
  {
    name: "another client's user name",
    more: { username: "localhost/fan-1/?api-version=2021-04-12" },
    code: 2,
    cause: "invalidRequest",
  },
  {
    name: "no user name",
    more: { username: "", password: "" },
    code: 4,
    cause: "wrongAudience",
  },
  {
    name: "MQTT 3.1",
    more: { protocolId: "MQIsdp", protocolVersion: 3 },
    code: 1,
    cause: "protocolViolation",
  },
  {
    name: "another device's will",
    more: {
      will: { topic: "devices/fan-1/messages/events/", payload: Buffer.from("x"), qos: 0, retain: false },
    },
    code: 2,
    cause: "invalidRequest",
  },
] as const)("a CONNECT with $name is refused with code $code", async ({ more, code, cause }) => {
  if (!house.hub.registry.find("fan-9")) await house.hub.registry.create("fan-9");
  const error = await connectPlain(house, "fan-9", more).catch((reason: { code: number }) => reason);
  expect(error).toMatchObject({ code });
  await vi.waitFor(() => expect(operationsOf("fan-9")).toContainEqual(expect.objectContaining({ cause })));
});

test.each([
  {
    name: "an alias of the hub",
    host: "old.azure-devices.net",
    resource: "old.azure-devices.net/devices/fan-10",
  },
  { name: "a host with a port", host: "localhost:8883", resource: "localhost:8883/devices/fan-10" },
  { name: "capital letters", host: "LOCALHOST", resource: "LocalHost/devices/fan-10" },
  {
    name: "an early client's user name",
    host: "localhost",
    resource: "localhost/devices/fan-10",
    tail: "api-version=2016-11-14",
  },
])(
  "a client whose stored host is $name is let in",
  async ({ host, resource, tail = "?api-version=2021-04-12" }) => {
    const identity = house.hub.registry.find("fan-10") ?? (await house.hub.registry.create("fan-10"));
    const [, secondary] = house.hub.registry.keys(identity);
    const more = { username: `${host}/fan-10/${tail}`, password: sasToken(resource, secondary) };
    const { client } = await connectPlain(house, "fan-10", more);
    await client.endAsync();
  },
);

test("an unmodified client whose connection string names a gateway is served under its hub's name", async () => {
  const [key] = house.hub.registry.keys(await house.hub.registry.create("fan-11"));
  const text = `HostName=old.azure-devices.net;DeviceId=fan-11;SharedAccessKey=${key};GatewayHostName=localhost:${house.mqttPort}`;
  const client = Client.fromConnectionString(text, Mqtt);
  await client.setOptions({ ca: house.ca });
  await client.open();
  await client.close();
});

test.each([
  { name: "says nothing", bytes: [] },
  { name: "sends its CONNECT a byte at a time", bytes: [0x10, 0x7f, 0x00] },
])("a client that $name is closed and logged", async ({ bytes }) => {
  const slow = await openTestHub(systemClock, "127.0.0.1", memoryStore(), { limits: { connectMs: 400 } });
  const socket = tlsConnect({ host: "127.0.0.1", port: slow.mqttPort, ca: slow.ca, servername: "localhost" });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  const left = [...bytes];
  const drip = setInterval(() => {
    const next = left.shift();
    if (next !== undefined) socket.write(Buffer.from([next]));
    else if (bytes.length > 0) socket.write(Buffer.from([0]));
  }, 100);
  await closed;
  clearInterval(drip);
  await vi.waitFor(() =>
    expect(slow.told("operation")).toContainEqual(expect.objectContaining({ cause: "timeout" })),
  );
  await slow.hub.close();
});
