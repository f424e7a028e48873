import { createRequire } from "node:module";
import { connect as tlsConnect } from "node:tls";
import { MqttClient } from "mqtt";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createWebSocketStream, WebSocket } from "ws";
import { plainOptions } from "../mqtt/testing.js";
import { openTestHub, type TestHub } from "../testing.js";

const require = createRequire(import.meta.url);
const { Client, Message } = require("azure-iot-device");
const { MqttWs } = require("azure-iot-device-mqtt");

const address = "127.23.0.2";
let house: TestHub;
beforeAll(async () => {
  house = await openTestHub(undefined, address);
});
afterAll(() => house.hub.close());

test("an unmodified client sends, reports, is told and called over a WebSocket", async ({ skip }) => {
  skip(house.httpsPort !== 443, "the client knows port 443 only, which is taken or privileged here");
  const device = await house.hub.registry.create("door-1");
  const client = Client.fromConnectionString(house.hub.connectionString(device), MqttWs);
  await client.setOptions({ ca: house.ca });
  await client.open();
  const message = new Message(JSON.stringify({ open: true }));
  message.setAsSecurityMessage();
  await client.sendEvent(message);
  expect(house.records.filter(({ kind, deviceId }) => kind === 1 && deviceId === "door-1")).toHaveLength(1);
  const twin = await client.getTwin();
  await new Promise<void>((resolve, reject) =>
    twin.properties.reported.update({ locks: 2 }, (error?: Error) => (error ? reject(error) : resolve())),
  );
  expect(house.hub.registry.get("door-1").reported).toMatchObject({ locks: 2 });
  client.onDeviceMethod(
    "shut",
    (_: unknown, response: { send(status: number, body: unknown, done: () => void): void }) =>
      response.send(200, { shut: true }, () => {}),
  );
  const commands: string[] = [];
  client.on("message", (got: { data: Buffer }) => {
    commands.push(got.data.toString());
    void client.complete(got);
  });
  await house.hub.commands.send("door-1", { body: Buffer.from("ring") }, { protocol: "Amqp", ipAddress: "" });
  await vi.waitFor(() => expect(commands).toEqual(["ring"]));
  const call = { name: "shut", payload: null, seconds: 5 };
  const answer = await house.hub.twins.invoke({ deviceId: "door-1", moduleId: "" }, call);
  expect(answer).toEqual({ status: 200, payload: { shut: true } });
  await client.close();
  await vi.waitFor(() =>
    expect(house.told("operation")).toContainEqual(
      expect.objectContaining({
        operationName: "deviceDisconnect",
        protocol: "MqttWs",
        ipAddress: "127.0.0.1",
      }),
    ),
  );
});

test("a plain client sends large messages over a WebSocket on any port", async () => {
  await house.hub.registry.create("door-2");
  const options = { ...plainOptions(house, "door-2"), username: `${address}/door-2/?api-version=2021-04-12` };
  const url = `wss://${address}:${house.httpsPort}/$iothub/websocket`;
  const open = () => createWebSocketStream(new WebSocket(url, ["mqtt"], { ca: house.ca }));
  // Vitest's module conditions break the client's own way to a WebSocket.
  const client = new MqttClient(open, options);
  await new Promise((resolve, reject) => client.once("connect", resolve).once("error", reject));
  for (let count = 0; count < 20; count += 1)
    await client.publishAsync("devices/door-2/messages/events/", Buffer.alloc(250_000, count), { qos: 1 });
  const taken = house.records.filter(({ kind, deviceId }) => kind === 7 && deviceId === "door-2");
  expect(taken.map(({ body }) => [body.byteLength, body[249_999]])).toEqual(
    Array.from({ length: 20 }, (_, index) => [250_000, index]),
  );
  await client.endAsync();
});

test.each([
  { name: "another path", path: "/other", protocol: "mqtt", status: "404" },
  { name: "another sub-protocol", path: "/$iothub/websocket", protocol: "chat", status: "400" },
  { name: "no sub-protocol", path: "/$iothub/websocket", protocol: "", status: "400" },
  { name: "a path that cannot be decoded", path: "/%zz", protocol: "mqtt", status: "404" },
])("a WebSocket with $name is refused", async ({ path, protocol, status }) => {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${address}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ...(protocol === "" ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  const answer = await new Promise<string>((resolve) => {
    let text = "";
    const socket = tlsConnect({ host: address, port: house.httpsPort, ca: house.ca }, () =>
      socket.write(`${lines.join("\r\n")}\r\n\r\n`),
    );
    socket.on("data", (chunk) => (text += chunk)).on("close", () => resolve(text));
  });
  expect(answer.split(" ")[1]).toBe(status);
});
