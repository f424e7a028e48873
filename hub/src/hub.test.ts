import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeProperties } from "@picket/schema";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTestHub, type TestHub } from "./testing.js";

const require = createRequire(import.meta.url);
const { Client, Message, ModuleClient } = require("azure-iot-device");
const { Mqtt } = require("azure-iot-device-mqtt");
const mqtt = require("mqtt");

let house: TestHub;
beforeAll(async () => {
  house = await openTestHub();
});
afterAll(() => house.hub.close());

const register = async (deviceId: string): Promise<{ device: string; module: string }> => {
  const device = await house.hub.registry.create(deviceId);
  const module = await house.hub.registry.create(deviceId, "azureiotsecurity");
  return { device: house.hub.connectionString(device), module: house.hub.connectionString(module) };
};

test("an unmodified module client sends a security message, which is in the stream before it is acknowledged", async () => {
  const { module } = await register("pump-1");
  const client = ModuleClient.fromConnectionString(module, Mqtt);
  await client.setOptions({ ca: house.ca });
  await client.open();
  const message = new Message(JSON.stringify({ hello: "hub" }));
  message.setAsSecurityMessage();
  await client.sendEvent(message);
  const [taken] = house.records.filter(({ kind, deviceId }) => kind === 1 && deviceId === "pump-1");
  expect(taken).toMatchObject({ moduleId: "azureiotsecurity" });
  expect(Buffer.from(taken?.body ?? []).toString()).toBe('{"hello":"hub"}');
  await client.close();
  await vi.waitFor(() =>
    expect(house.told("operation")).toContainEqual(
      expect.objectContaining({ operationName: "deviceDisconnect", deviceId: "pump-1" }),
    ),
  );
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({
      operationName: "deviceConnect",
      deviceId: "pump-1",
      ipAddress: "127.0.0.1",
      cause: "",
    }),
  );
});

test("ordinary telemetry is in the stream with its properties before it is acknowledged", async () => {
  const { device } = await register("pump-2");
  const client = Client.fromConnectionString(device, Mqtt);
  await client.setOptions({ ca: house.ca });
  await client.open();
  const message = new Message("21.5");
  message.messageId = "m-1";
  message.contentType = "text/plain";
  message.properties.add("unit", "°C & more");
  await client.sendEvent(message);
  const taken = house.records.find(({ kind, deviceId }) => kind === 7 && deviceId === "pump-2");
  expect(Buffer.from(taken?.body ?? []).toString()).toBe("21.5");
  expect(decodeProperties(taken?.properties)).toEqual({
    system: { messageId: "m-1", contentType: "text/plain" },
    application: { unit: "°C & more" },
    origin: {
      scope: "device",
      type: "sas",
      issuer: "iothub",
      generationId: house.hub.registry.get("pump-2").generationId,
    },
  });
  await client.close();
});

test("twin, reported patch, desired push and a direct method work with an unmodified client", async () => {
  const { device } = await register("pump-3");
  const client = Client.fromConnectionString(device, Mqtt);
  await client.setOptions({ ca: house.ca });
  await client.open();
  const twin = await client.getTwin();
  expect(twin.properties.desired.$version).toBe(1);
  await new Promise<void>((resolve, reject) =>
    twin.properties.reported.update({ speed: 7 }, (error?: Error) => (error ? reject(error) : resolve())),
  );
  expect(house.hub.registry.get("pump-3").reported).toEqual({ speed: 7 });
  const pushed = new Promise((resolve) => twin.on("properties.desired.limit", resolve));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await house.hub.twins.change({ deviceId: "pump-3", moduleId: "" }, { desired: { limit: 9 } });
  expect(await pushed).toBe(9);
  client.onDeviceMethod(
    "reboot",
    (
      request: { payload: unknown },
      response: { send(status: number, payload: unknown, done: () => void): void },
    ) => response.send(200, { got: request.payload }, () => {}),
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const answer = await house.hub.twins.invoke(
    { deviceId: "pump-3", moduleId: "" },
    { name: "reboot", payload: { now: true }, seconds: 5 },
  );
  expect(answer).toEqual({ status: 200, payload: { got: { now: true } } });
  await client.close();
});

test.each([
  {
    name: "a wrong key",
    deviceId: "pump-4",
    key: Buffer.alloc(32, 1).toString("base64"),
    cause: "invalidSignature",
  },
  {
    name: "an unknown device",
    deviceId: "nobody",
    key: Buffer.alloc(32, 1).toString("base64"),
    cause: "unknownDevice",
  },
])(
  "$name is refused with the protocol's own code and logged with cause and address",
  async ({ deviceId, key, cause }) => {
    if (!house.hub.registry.find("pump-4")) await register("pump-4");
    const client = Client.fromConnectionString(
      `HostName=localhost:${house.mqttPort};DeviceId=${deviceId};SharedAccessKey=${key}`,
      Mqtt,
    );
    await client.setOptions({ ca: house.ca });
    const error = await client.open().catch((reason: Error) => reason);
    expect(error.name).toBe("UnauthorizedError");
    await vi.waitFor(() =>
      expect(house.told("operation")).toContainEqual(
        expect.objectContaining({ operationName: "deviceConnect", deviceId, cause, ipAddress: "127.0.0.1" }),
      ),
    );
  },
);

test("a disabled device and an expired token are refused", async () => {
  const { device } = await register("pump-5");
  const identity = house.hub.registry.get("pump-5");
  const [key] = house.hub.registry.keys(identity);
  const { SharedAccessSignature } = require("azure-iot-common");
  const token = SharedAccessSignature.create("localhost/devices/pump-5", "", key, 1_600_000_000)
    .toString()
    .replace("&skn=", "");
  const tries = mqtt.connect({
    protocol: "mqtts",
    host: "localhost",
    port: house.mqttPort,
    ca: house.ca,
    clientId: "pump-5",
    username: "localhost/pump-5/?api-version=2021-04-12",
    password: token,
    reconnectPeriod: 0,
  });
  const refused = await new Promise<{ code: number }>((resolve) => tries.on("error", resolve));
  expect(refused.code).toBe(4);
  await house.hub.registry.update(identity, { status: "disabled" });
  const client = Client.fromConnectionString(device, Mqtt);
  await client.setOptions({ ca: house.ca });
  expect((await client.open().catch((reason: Error) => reason)).name).toBe("UnauthorizedError");
  const causes = house
    .told("operation")
    .filter(({ deviceId }) => deviceId === "pump-5")
    .map(({ cause }) => cause);
  expect(causes).toEqual(expect.arrayContaining(["expiredToken", "disabledDevice"]));
});

test("while the stream is full nothing is acknowledged, and it goes on by itself", async () => {
  const { module } = await register("pump-6");
  const client = ModuleClient.fromConnectionString(module, Mqtt);
  await client.setOptions({ ca: house.ca });
  await client.open();
  house.outlet.isFull = true;
  const message = new Message("{}");
  message.setAsSecurityMessage();
  let isAcknowledged = false;
  const sent = client.sendEvent(message).then(() => {
    isAcknowledged = true;
  });
  await vi.waitFor(() => expect(house.hub.status().blockedSince).toBeDefined());
  expect(isAcknowledged).toBe(false);
  house.outlet.isFull = false;
  await sent;
  expect(house.hub.status().blockedSince).toBeUndefined();
  await vi.waitFor(() =>
    expect(house.told("operation").map(({ operationName }) => operationName)).toEqual(
      expect.arrayContaining(["endpointUnhealthy", "endpointHealthy"]),
    ),
  );
  await client.close();
});

test("HTTPS takes single and batched messages, and answers 401 with the error body", async () => {
  await register("pump-7");
  const identity = house.hub.registry.get("pump-7");
  const { SharedAccessSignature } = require("azure-iot-common");
  const token = SharedAccessSignature.create(
    "localhost/devices/pump-7",
    "",
    house.hub.registry.keys(identity)[0],
    Math.floor(Date.now() / 1000) + 600,
  )
    .toString()
    .replace("&skn=", "");
  const url = `https://localhost:${house.httpsPort}/devices/pump-7/messages/events?api-version=2021-04-12`;
  const post = (...more: string[]): string => {
    const ca = join(mkdtempSync(join(tmpdir(), "picket-curl-")), "ca.pem");
    writeFileSync(ca, house.ca);
    return spawnCurl(["-s", "--cacert", ca, "-w", "%{http_code}", "-X", "POST", url, ...more]);
  };
  expect(
    await runCurl(
      post,
      "-H",
      `Authorization: ${token}`,
      "-H",
      "iothub-interface-id: urn:azureiot:Security:SecurityAgent:1",
      "-d",
      "{}",
    ),
  ).toBe("204");
  expect(
    await runCurl(post, "-H", "Authorization: SharedAccessSignature sr=x&sig=y&se=1", "-d", "{}"),
  ).toMatch(/IotHubUnauthorizedAccess.*401$/);
  expect(house.records.filter(({ kind, deviceId }) => kind === 1 && deviceId === "pump-7")).toHaveLength(1);
});

const spawnCurl = (given: readonly string[]): string => JSON.stringify(given);
const runCurl = (post: (...more: string[]) => string, ...more: string[]): Promise<string> =>
  new Promise((resolve) => {
    const { spawn } = require("node:child_process");
    const child = spawn("curl", JSON.parse(post(...more)));
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk));
    child.on("close", () => resolve(out));
  });
