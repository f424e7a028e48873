import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { asClient, openTestHub, type TestHub } from "../testing.js";

const require = createRequire(import.meta.url);
const { Client, Message } = require("azure-iot-device");
const { Amqp, AmqpWs } = require("azure-iot-device-amqp");

// WebSockets of the client know port 443 only.
const ADDRESS = "127.31.0.5";

let house: TestHub;
beforeAll(async () => {
  house = await openTestHub(undefined, ADDRESS);
});
afterAll(() => house.hub.close());

interface Received {
  readonly messageId: string;
  getData(): Buffer;
  readonly properties: { getValue(name: string): string | undefined };
}

const listening = async (deviceId: string, answer: "complete" | "reject" | "abandon") => {
  const identity = await house.hub.registry.create(deviceId);
  const client = Client.fromConnectionString(
    `HostName=${ADDRESS}:${house.amqpPort};DeviceId=${deviceId};SharedAccessKey=${house.hub.registry.keys(identity)[0]}`,
    Amqp,
  );
  await client.setOptions({ ca: house.ca });
  await client.open();
  const received: Received[] = [];
  client.on("message", (message: Received) => {
    received.push(message);
    client[received.length > 1 ? "complete" : answer](message, () => {});
  });
  return { client, received };
};

test("the unmodified service client sends to devices and hears what became of it", async () => {
  const good = await listening("tank-1", "complete");
  const bad = await listening("tank-2", "reject");
  const answer = await asClient(
    { hub: house.hub, ca: house.ca, address: `${ADDRESS}:${house.amqpPort}` },
    `const { Client } = client("azure-iothub");
     const { Message } = client("azure-iot-common");
     const service = Client.fromConnectionString(connection);
     await service.open();
     const receiver = await new Promise((resolve, reject) => service.getFeedbackReceiver((error, given) => (error ? reject(error) : resolve(given))));
     const heard = [];
     const done = new Promise((resolve) => receiver.on("message", (message) => {
       heard.push(...JSON.parse(message.getData()));
       receiver.complete(message, () => {});
       if (heard.length >= 2) resolve();
     }));
     for (const id of ["tank-1", "tank-2"]) {
       const message = new Message("open " + id);
       message.messageId = "to-" + id;
       message.ack = "full";
       message.properties.add("colour", "blue");
       await service.send(id, message);
     }
     const unknown = await service.send("nobody", new Message("x")).then(() => "sent", nameOf);
     await done;
     await service.close();
     return { heard: heard.map(({ originalMessageId, statusCode, deviceId }) => [originalMessageId, statusCode, deviceId]).sort(), unknown };`,
  );
  expect(answer).toEqual({
    heard: [
      ["to-tank-1", "Success", "tank-1"],
      ["to-tank-2", "Rejected", "tank-2"],
    ],
    unknown: "DeviceNotFoundError",
  });
  expect(good.received.map((each) => each.getData().toString())).toEqual(["open tank-1"]);
  expect(good.received[0]?.properties.getValue("colour")).toBe("blue");
  await vi.waitFor(() => expect(house.hub.commands.feedback.count).toBe(0));
  await Promise.all([good.client.close(), bad.client.close()]);
});

test("a command that a device abandons comes again, and one nobody answered when its device left", async () => {
  const { client, received } = await listening("tank-3", "abandon");
  const caller = { protocol: "Https", ipAddress: "" } as const;
  await house.hub.commands.send("tank-3", { body: Buffer.from("again"), messageId: "c-1" }, caller);
  await vi.waitFor(() => expect(received.map(({ messageId }) => messageId)).toEqual(["c-1", "c-1"]));
  await vi.waitFor(() => expect(house.hub.commands.pending("tank-3")).toBe(0));
  await client.close();
});

test("a policy without the right to serve is refused", async () => {
  const answer = await asClient(
    { hub: house.hub, ca: house.ca, address: `${ADDRESS}:${house.amqpPort}` },
    `const { Client } = client("azure-iothub");
     const { Message } = client("azure-iot-common");
     const service = Client.fromConnectionString(connection);
     return { name: await service.open().then(() => service.send("tank-1", new Message("x"))).then(() => "sent", nameOf) };`,
    "registryRead",
  );
  expect(answer).toEqual({ name: "UnauthorizedError" });
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({ cause: "forbidden", protocol: "Amqp", ipAddress: "127.0.0.1" }),
  );
});

test("an unmodified client comes over a WebSocket as well", async () => {
  const identity = await house.hub.registry.create("tank-5");
  const client = Client.fromConnectionString(
    `HostName=${ADDRESS};DeviceId=tank-5;SharedAccessKey=${house.hub.registry.keys(identity)[0]}`,
    AmqpWs,
  );
  await client.setOptions({ ca: house.ca });
  await client.open();
  await client.sendEvent(new Message("over a WebSocket"));
  expect(
    house.records
      .filter(({ kind, deviceId }) => kind === 7 && deviceId === "tank-5")
      .map(({ body }) => Buffer.from(body).toString()),
  ).toEqual(["over a WebSocket"]);
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({ operationName: "deviceConnect", deviceId: "tank-5", protocol: "AmqpWs" }),
  );
  await client.close();
});
