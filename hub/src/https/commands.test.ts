import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTestHub, sasToken, type TestHub } from "../testing.js";

const require = createRequire(import.meta.url);
const { Client } = require("azure-iot-device");
const { Http } = require("azure-iot-device-http");
const https = require("node:https");

const address = "127.23.0.1";
const caller = { protocol: "Amqp", ipAddress: "10.0.0.9" } as const;
let house: TestHub;
beforeAll(async () => {
  house = await openTestHub(undefined, address);
});
afterAll(() => house.hub.close());

const send = (deviceId: string, text: string, more: object = {}): Promise<unknown> =>
  house.hub.commands.send(
    deviceId,
    { body: Buffer.from(text), messageId: text, ack: "full", ...more },
    caller,
  );

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A request as `curl` would make it. */
function ask(method: string, path: string, deviceId: string): Promise<Answer> {
  const [key] = house.hub.registry.keys(house.hub.registry.get(deviceId));
  const authorization = sasToken(`${address}/devices/${deviceId}`, key);
  return new Promise((resolve, reject) => {
    const options = {
      method,
      host: address,
      port: house.httpsPort,
      path,
      ca: house.ca,
      headers: { authorization },
    };
    const request = https.request(options, (response: import("node:http").IncomingMessage) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode!, headers: response.headers as Record<string, string>, body }),
      );
    });
    request.on("error", reject).end();
  });
}

test("an unmodified client over HTTPS fetches commands and completes, rejects and abandons them", async ({
  skip,
}) => {
  skip(house.httpsPort !== 443, "the client knows port 443 only, which is taken or privileged here");
  const device = await house.hub.registry.create("gate-1");
  for (const text of ["a", "b", "c"])
    await send("gate-1", text, { correlationId: "x", properties: { level: "3" } });
  const client = Client.fromConnectionString(house.hub.connectionString(device), Http);
  await client.setOptions({ ca: house.ca, http: { receivePolicy: { interval: 1 } } });
  const got: {
    data: Buffer;
    messageId: string;
    correlationId: string;
    properties: { getValue(name: string): string };
  }[] = [];
  client.on("message", (message: (typeof got)[number]) => {
    got.push(message);
    const count = got.length;
    if (count === 1) client.complete(message, () => {});
    else if (count === 2) client.reject(message, () => {});
    else if (count === 3) client.abandon(message, () => {});
    else client.complete(message, () => {});
  });
  await vi.waitFor(
    () => expect(got.map(({ data }) => data.toString())).toEqual(["a", "b", "c", "c"]),
    15_000,
  );
  expect(got[0]).toMatchObject({ messageId: "a", correlationId: "x" });
  expect(got[0]?.properties.getValue("iothub-app-level")).toBe("3");
  await vi.waitFor(() => expect(house.hub.commands.pending("gate-1")).toBe(0));
  await client.close();
  const fates = house.hub.commands.feedback
    .receive()
    ?.records.map((each) => `${each.originalMessageId} ${each.statusCode}`);
  expect(fates).toEqual(["a Success", "b Rejected", "c Success"]);
}, 40_000);

test("a command has its properties in headers, whatever they hold", async () => {
  await house.hub.registry.create("gate-2");
  await send("gate-2", "hot", { properties: { unit: "°C", "two words": "1", ok: "a,b=c" }, userId: "ops" });
  const { status, headers, body } = await ask(
    "GET",
    "/devices/gate-2/messages/devicebound?api-version=2021-04-12",
    "gate-2",
  );
  expect([status, body]).toEqual([200, "hot"]);
  expect(headers).toMatchObject({
    etag: expect.stringMatching(/^"[0-9a-f-]{36}"$/),
    "iothub-messageid": "hot",
    "iothub-userid": "ops",
    "iothub-ack": "full",
    "iothub-deliverycount": "1",
    "iothub-app-unit": "=?utf-8?B?wrBD?=",
    "iothub-app-two%20words": "1",
    "iothub-app-ok": "a,b=c",
  });
});

test.each([
  { name: "an empty queue", method: "GET", path: "", status: 204, code: undefined },
  {
    name: "a token that was never given",
    method: "DELETE",
    path: "/4f0c",
    status: 412,
    code: "DeviceMessageLockLost",
  },
  {
    name: "an abandon without its lock",
    method: "POST",
    path: "/4f0c/abandon",
    status: 412,
    code: "DeviceMessageLockLost",
  },
  {
    name: "a path that climbs",
    method: "DELETE",
    path: "/..%2f..%2fgate-3",
    status: 412,
    code: "DeviceMessageLockLost",
  },
])("$name is answered with $status", async ({ method, path, status, code }) => {
  if (!house.hub.registry.find("gate-3")) await house.hub.registry.create("gate-3");
  const answer = await ask(method, `/devices/gate-3/messages/devicebound${path}`, "gate-3");
  expect([answer.status, answer.headers["iothub-errorcode"]]).toEqual([status, code]);
});

test("nobody fetches another device's commands", async () => {
  await house.hub.registry.create("gate-4");
  await send("gate-2", "secret");
  const path = "/devices/gate-2/messages/devicebound";
  const [key] = house.hub.registry.keys(house.hub.registry.get("gate-4"));
  const authorization = sasToken(`${address}/devices/gate-4`, key);
  const status = await new Promise((resolve) =>
    https
      .request(
        { host: address, port: house.httpsPort, path, ca: house.ca, headers: { authorization } },
        (response: { statusCode: number; resume(): void }) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
      .end(),
  );
  expect(status).toBe(401);
});

test("the registry and the twin say how many commands wait", async () => {
  await house.hub.registry.create("gate-5");
  await send("gate-5", "a");
  await send("gate-5", "b");
  const { primaryKey } = house.hub.authenticator.policies().find(({ name }) => name === "iothubowner")!;
  const headers = { authorization: sasToken(address, primaryKey, { policy: "iothubowner" }) };
  const read = (path: string): Promise<Record<string, unknown>> =>
    new Promise((resolve) =>
      https
        .request(
          { host: address, port: house.httpsPort, path, ca: house.ca, headers },
          (response: import("node:http").IncomingMessage) => {
            let text = "";
            response.on("data", (chunk) => (text += chunk)).on("end", () => resolve(JSON.parse(text)));
          },
        )
        .end(),
    );
  expect(await read("/devices/gate-5")).toMatchObject({ cloudToDeviceMessageCount: 2 });
  expect(await read("/twins/gate-5")).toMatchObject({ cloudToDeviceMessageCount: 2 });
});
