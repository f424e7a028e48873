import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTestHub, type TestHub } from "../testing.js";
import { connectPlain } from "./testing.js";

const require = createRequire(import.meta.url);
const { Client, Message } = require("azure-iot-device");
const { Mqtt } = require("azure-iot-device-mqtt");

const caller = { protocol: "Amqp", ipAddress: "10.0.0.9" } as const;
const topic = (deviceId: string): string => `devices/${deviceId}/messages/devicebound/#`;

let house: TestHub;
beforeAll(async () => {
  house = await openTestHub();
});
afterAll(() => house.hub.close());

const send = (deviceId: string, text: string, more: object = {}): Promise<unknown> =>
  house.hub.commands.send(deviceId, { body: Buffer.from(text), messageId: text, ...more }, caller);

test("an unmodified client gets commands with all their properties and completes them", async () => {
  const device = await house.hub.registry.create("pump-1");
  await send("pump-1", "queued before it came", {
    ack: "full",
    correlationId: "c/1",
    userId: "operator",
    contentType: "application/json",
    contentEncoding: "utf-8",
    properties: { "a&b=c": "x/y+z#1 °C", empty: "" },
  });
  const client = Client.fromConnectionString(house.hub.connectionString(device), Mqtt);
  await client.setOptions({ ca: house.ca });
  const got: (typeof Message)[] = [];
  client.on("message", (message: typeof Message) => {
    got.push(message);
    void client.complete(message);
  });
  await client.open();
  await vi.waitFor(() => expect(got).toHaveLength(1));
  const [first] = got;
  expect(first.data.toString()).toBe("queued before it came");
  expect(first).toMatchObject({
    messageId: "queued before it came",
    correlationId: "c/1",
    userId: "operator",
    contentType: "application/json",
    contentEncoding: "utf-8",
    to: "/devices/pump-1/messages/devicebound",
  });
  expect(first.properties.getValue("a&b=c")).toBe("x/y+z#1 °C");
  expect(first.properties.getValue("empty")).toBe("");
  expect(first.properties.getValue("iothub-ack")).toBe("full");
  await send("pump-1", "sent while it is here");
  await vi.waitFor(() => expect(got).toHaveLength(2));
  await vi.waitFor(() => expect(house.hub.commands.pending("pump-1")).toBe(0));
  const feedback = house.hub.commands.feedback.receive();
  expect(feedback?.records).toMatchObject([
    { originalMessageId: "queued before it came", statusCode: "Success", deviceId: "pump-1" },
  ]);
  await client.close();
});

test("a command that was not acknowledged comes again after a reconnect, one that was does not", async () => {
  await house.hub.registry.create("pump-2");
  const first = await connectPlain(house, "pump-2", { clean: false });
  let acknowledge = (): void => {};
  first.client.handleMessage = ({ payload }, done) => {
    if (payload.toString() === "a") done();
    else acknowledge = done;
  };
  await first.client.subscribeAsync(topic("pump-2"), { qos: 1 });
  await send("pump-2", "a");
  await send("pump-2", "b");
  await vi.waitFor(() => expect(first.got.map(({ payload }) => payload)).toEqual(["a", "b"]));
  await vi.waitFor(() => expect(house.hub.commands.pending("pump-2")).toBe(1));
  first.client.end(true);
  acknowledge();
  await vi.waitFor(() => expect(house.hub.registry.presence("pump-2", "").isConnected).toBe(false));
  const second = await connectPlain(house, "pump-2", { clean: false });
  expect(second.isResumed).toBe(true);
  await vi.waitFor(() => expect(second.got.map(({ payload }) => payload)).toEqual(["b"]));
  await vi.waitFor(() => expect(house.hub.commands.pending("pump-2")).toBe(0));
  expect(second.got[0]?.qos).toBe(1);
  await second.client.endAsync();
});

test("all fifty commands of a full queue arrive in order", async () => {
  await house.hub.registry.create("pump-3");
  const texts = Array.from({ length: 50 }, (_, index) => `${index}`);
  for (const text of texts) await send("pump-3", text);
  const { client, got } = await connectPlain(house, "pump-3");
  await client.subscribeAsync(topic("pump-3"), { qos: 1 });
  await vi.waitFor(() => expect(got.map(({ payload }) => payload)).toEqual(texts), 10_000);
  await vi.waitFor(() => expect(house.hub.commands.pending("pump-3")).toBe(0));
  await client.endAsync();
});

test("a client that subscribes with QoS 0 gets each command once, without an acknowledgement", async () => {
  await house.hub.registry.create("pump-4");
  const { client, got } = await connectPlain(house, "pump-4");
  await client.subscribeAsync(topic("pump-4"), { qos: 0 });
  await send("pump-4", "a");
  await vi.waitFor(() => expect(got).toMatchObject([{ payload: "a", qos: 0 }]));
  await vi.waitFor(() => expect(house.hub.commands.pending("pump-4")).toBe(0));
  await client.unsubscribeAsync(topic("pump-4"));
  await send("pump-4", "b");
  expect(house.hub.commands.pending("pump-4")).toBe(1);
  expect(got).toHaveLength(1);
  await client.endAsync();
});

test("nobody subscribes to another device's commands", async () => {
  await house.hub.registry.create("pump-5");
  const { client } = await connectPlain(house, "pump-5");
  for (const filter of [topic("pump-1"), "#", "devices/#", "devices/+/messages/devicebound/#", "$SYS/#"]) {
    const refused = await client.subscribeAsync(filter).catch((error: Error) => error.message);
    expect([filter, String(refused)]).toEqual([filter, expect.stringMatching(/Unspecified error|128/)]);
  }
  await client.endAsync();
});
