import { request } from "node:https";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connectPlain, type PlainClient } from "../mqtt/testing.js";
import { openTestHub, sasToken, type TestHub } from "../testing.js";

const address = "127.23.0.4";
let house: TestHub;
let device: PlainClient;
beforeAll(async () => {
  house = await openTestHub(undefined, address);
  await house.hub.registry.create("arm-1");
  device = await connectPlain(house, "arm-1");
  device.client.on("message", (topic, payload) => {
    const [, , , name, rest] = topic.split("/");
    if (name !== "silent") device.client.publish(`$iothub/methods/res/207/${rest}`, payload);
  });
  await device.client.subscribeAsync("$iothub/methods/POST/#");
});
afterAll(async () => {
  await device.client.endAsync();
  await house.hub.close();
});

function call(deviceId: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const { primaryKey } = house.hub.authenticator.policies().find(({ name }) => name === "service")!;
  const authorization = sasToken(address, primaryKey, { policy: "service" });
  const path = `/twins/${deviceId}/methods?api-version=2021-04-12`;
  const options = { method: "POST", host: address, port: house.httpsPort, path, ca: house.ca };
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...options, headers: { authorization, "content-type": "application/json" } },
      (answer) => {
        let text = "";
        answer.on("data", (chunk) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode!, body: JSON.parse(text) }));
      },
    );
    asked.on("error", reject).end(JSON.stringify(body));
  });
}

test("a direct method gets its payload and its answer's status and payload back", async () => {
  const answer = await call("arm-1", {
    methodName: "turn",
    payload: { by: 90 },
    responseTimeoutInSeconds: 10,
  });
  expect(answer).toEqual({ status: 200, body: { status: 207, payload: { by: 90 } } });
});

test.each([
  {
    name: "a response timeout of less than five seconds",
    given: { methodName: "turn", responseTimeoutInSeconds: 4 },
    status: 400,
    code: "ArgumentInvalid",
    cause: "invalidRequest",
  },
  {
    name: "a response timeout of more than five minutes",
    given: { methodName: "turn", responseTimeoutInSeconds: 301 },
    status: 400,
    code: "ArgumentInvalid",
    cause: "invalidRequest",
  },
  {
    name: "a connect timeout that is text",
    given: { methodName: "turn", connectTimeoutInSeconds: "10" },
    status: 400,
    code: "ArgumentInvalid",
    cause: "invalidRequest",
  },
  {
    name: "a name with a slash",
    given: { methodName: "a/b" },
    status: 400,
    code: "ArgumentInvalid",
    cause: "invalidRequest",
  },
  {
    name: "a payload of more than 128 KB",
    given: { methodName: "turn", payload: "x".repeat(131_072) },
    status: 400,
    code: "ArgumentInvalid",
    cause: "invalidRequest",
  },
  {
    name: "nobody who answers",
    given: { methodName: "silent", responseTimeoutInSeconds: 5 },
    status: 504,
    code: "GatewayTimeout",
    cause: "timeout",
  },
])("$name: $status, and a row in the operation log", async ({ given, status, code, cause }) => {
  const answer = await call("arm-1", given);
  expect(answer.status).toBe(status);
  expect(answer.body["Message"]).toContain(`ErrorCode:${code};`);
  await vi.waitFor(() =>
    expect(house.told("operation")).toContainEqual(
      expect.objectContaining({ category: "DirectMethods", cause }),
    ),
  );
});

test("a device that is not there is waited for when that is asked, and not else", async () => {
  await house.hub.registry.create("arm-2");
  const now = await call("arm-2", { methodName: "turn" });
  expect([now.status, now.body["Message"]]).toEqual([
    404,
    expect.stringContaining("ErrorCode:DeviceNotOnline;"),
  ]);
  const later = call("arm-2", { methodName: "turn", payload: 1, connectTimeoutInSeconds: 20 });
  const { client } = await connectPlain(house, "arm-2");
  client.on("message", (topic) => client.publish(`$iothub/methods/res/200/${topic.split("/")[4]}`, "2"));
  await client.subscribeAsync("$iothub/methods/POST/#");
  expect(await later).toEqual({ status: 200, body: { status: 200, payload: 2 } });
  await client.endAsync();
});

test("a call that waits ends when its device goes", async () => {
  await house.hub.registry.create("arm-3");
  const { client, got } = await connectPlain(house, "arm-3");
  await client.subscribeAsync("$iothub/methods/POST/#");
  const waiting = call("arm-3", { methodName: "turn", responseTimeoutInSeconds: 300 });
  await vi.waitFor(() => expect(got).toHaveLength(1));
  client.end(true);
  expect((await waiting).status).toBe(404);
});
