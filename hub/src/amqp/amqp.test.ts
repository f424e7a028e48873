import { createRequire } from "node:module";
import { promisify } from "node:util";
import { decodeProperties, type MessageProperties } from "@picket/schema";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTestHub, type TestHub } from "../testing.js";

const require = createRequire(import.meta.url);
const { Client, Message, ModuleClient } = require("azure-iot-device");
const { Amqp } = require("azure-iot-device-amqp");

let house: TestHub;
beforeAll(async () => {
  house = await openTestHub();
});
afterAll(() => house.hub.close());

const stringOf = (deviceId: string, key: string, moduleId = ""): string =>
  `HostName=localhost:${house.amqpPort};DeviceId=${deviceId}${moduleId === "" ? "" : `;ModuleId=${moduleId}`};SharedAccessKey=${key}`;

const register = async (deviceId: string, moduleId = ""): Promise<string> => {
  if (!house.hub.registry.find(deviceId)) await house.hub.registry.create(deviceId);
  const identity =
    moduleId === "" ? house.hub.registry.get(deviceId) : await house.hub.registry.create(deviceId, moduleId);
  return stringOf(deviceId, house.hub.registry.keys(identity)[0], moduleId);
};

const opened = async (
  connection: string,
  Kind = Client,
): Promise<ReturnType<typeof Client.fromConnectionString>> => {
  const client = Kind.fromConnectionString(connection, Amqp);
  await client.setOptions({ ca: house.ca });
  await client.open();
  return client;
};

const taken = (
  deviceId: string,
  kind: number,
): { body: string; moduleId: string; properties: MessageProperties }[] =>
  house.records
    .filter((record) => record.kind === kind && record.deviceId === deviceId)
    .map(({ body, moduleId, properties }) => ({
      body: Buffer.from(body).toString(),
      moduleId,
      properties: decodeProperties(properties),
    }));

test("an unmodified module client sends a security message, which is in the stream before it is accepted", async () => {
  const client = await opened(await register("valve-1", "azureiotsecurity"), ModuleClient);
  const message = new Message(JSON.stringify({ hello: "hub" }));
  message.setAsSecurityMessage();
  await client.sendEvent(message);
  expect(taken("valve-1", 1)).toMatchObject([{ body: '{"hello":"hub"}', moduleId: "azureiotsecurity" }]);
  await client.close();
  await vi.waitFor(() =>
    expect(house.told("operation")).toContainEqual(
      expect.objectContaining({
        operationName: "deviceDisconnect",
        deviceId: "valve-1",
        protocol: "Amqp",
        cause: "",
      }),
    ),
  );
});

test("telemetry keeps its properties", async () => {
  const client = await opened(await register("valve-2"));
  const message = new Message("21.5");
  message.messageId = "8d21f2b1-7a66-4d4c-9b9c-0f3b0fe6cd2e";
  message.contentType = "text/plain";
  message.properties.add("unit", "°C & more");
  await client.sendEvent(message);
  expect(taken("valve-2", 7)).toMatchObject([
    {
      body: "21.5",
      properties: {
        system: { messageId: "8d21f2b1-7a66-4d4c-9b9c-0f3b0fe6cd2e", contentType: "text/plain" },
        application: { unit: "°C & more" },
        origin: { scope: "device", type: "sas" },
      },
    },
  ]);
  await client.close();
});

test("twin, reported patch, desired push and a direct method work with an unmodified client", async () => {
  const client = await opened(await register("valve-3"));
  const twin = await client.getTwin();
  expect(twin.properties.desired.$version).toBe(1);
  await promisify(twin.properties.reported.update.bind(twin.properties.reported))({ speed: 7 });
  expect(house.hub.registry.get("valve-3").reported).toEqual({ speed: 7 });
  const pushed = new Promise((resolve) => twin.on("properties.desired.limit", resolve));
  await vi.waitFor(() =>
    expect(house.told("operation")).toContainEqual(
      expect.objectContaining({ operationName: "subscribe", deviceId: "valve-3" }),
    ),
  );
  await house.hub.twins.change({ deviceId: "valve-3", moduleId: "" }, { desired: { limit: 9 } });
  expect(await pushed).toBe(9);
  client.onDeviceMethod(
    "reboot",
    (
      request: { payload: unknown },
      response: { send(status: number, payload: unknown, done: () => void): void },
    ) => response.send(200, { got: request.payload }, () => {}),
  );
  const answer = await vi.waitFor(() =>
    house.hub.twins.invoke(
      { deviceId: "valve-3", moduleId: "" },
      { name: "reboot", payload: { now: true }, seconds: 5 },
    ),
  );
  expect(answer).toEqual({ status: 200, payload: { got: { now: true } } });
  await client.close();
});
