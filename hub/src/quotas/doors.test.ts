import { request } from "node:https";
import { afterEach, expect, test, vi } from "vitest";
import { connectPlain } from "../mqtt/testing.js";
import { memoryStore, openTestHub, sasToken, type TestHub } from "../testing.js";
import type { QuotaConfig } from "./tiers.js";

const opened: TestHub[] = [];
afterEach(async () => {
  for (const house of opened.splice(0)) await house.hub.close();
});

async function open(quotas: QuotaConfig): Promise<TestHub> {
  const house = await openTestHub(undefined, "127.0.0.1", memoryStore(), { quotas });
  opened.push(house);
  for (const id of ["a", "b"]) await house.hub.registry.create(id);
  return house;
}

const causes = (house: TestHub, deviceId: string): unknown[] =>
  house
    .told("operation")
    .filter((each) => each["deviceId"] === deviceId)
    .map(({ cause }) => cause);

function post(
  house: TestHub,
  deviceId: string,
): Promise<{ status: number; code: string; retryAfter: string }> {
  const [key] = house.hub.registry.keys(house.hub.registry.get(deviceId));
  const headers = { authorization: sasToken(`localhost/devices/${deviceId}`, key) };
  const path = `/devices/${deviceId}/messages/events?api-version=2021-04-12`;
  const options = { method: "POST", host: "localhost", port: house.httpsPort, path, ca: house.ca, headers };
  return new Promise((resolve, reject) => {
    request(options, (answer) => {
      answer.resume();
      const header = (name: string): string => String(answer.headers[name] ?? "");
      resolve({
        status: answer.statusCode!,
        code: header("iothub-errorcode"),
        retryAfter: header("retry-after"),
      });
    })
      .on("error", reject)
      .end("x");
  });
}

test("over MQTT a device over its rate is read more slowly, logged, and its neighbour is not", async () => {
  const house = await open({ deviceRates: { telemetry: { perSecond: 10, burst: 5 } } });
  const [slow, other] = [await connectPlain(house, "a"), await connectPlain(house, "b")];
  const began = performance.now();
  for (let count = 0; count < 15; count += 1)
    await slow.client.publishAsync("devices/a/messages/events/", "x", { qos: 1 });
  expect(performance.now() - began).toBeGreaterThan(700);
  for (let count = 0; count < 5; count += 1)
    await other.client.publishAsync("devices/b/messages/events/", "x", { qos: 1 });
  await vi.waitFor(() => expect(causes(house, "a")).toContain("throttled"));
  expect(causes(house, "b")).not.toContain("throttled");
  await slow.client.endAsync();
  await other.client.endAsync();
});

test("over MQTT a device far over its rate is closed", async () => {
  const house = await open({ deviceRates: { telemetry: { perSecond: 1, burst: 1 } } });
  const { client } = await connectPlain(house, "a");
  const closed = new Promise((resolve) => client.once("close", () => resolve("closed")));
  for (let count = 0; count < 50; count += 1) client.publish("devices/a/messages/events/", "x");
  expect(await closed).toBe("closed");
  await vi.waitFor(() => expect(causes(house, "a")).toContain("throttled"));
});

test("over HTTPS a device far over its rate gets 429 and is told to wait", async () => {
  const house = await open({ deviceRates: { telemetry: { perSecond: 0.01, burst: 2 } } });
  const answers = [
    await post(house, "a"),
    await post(house, "a"),
    await post(house, "a"),
    await post(house, "b"),
  ];
  expect(answers.map(({ status }) => status)).toEqual([204, 204, 429, 204]);
  expect(answers[2]).toMatchObject({ code: "ThrottlingException", retryAfter: "10" });
  await vi.waitFor(() => expect(causes(house, "a")).toEqual(["throttled"]));
});

test("when the day's messages are used up, HTTPS answers 403 and MQTT closes, and both are logged", async () => {
  const house = await open({ deviceDailyMessages: 1 });
  expect((await post(house, "a")).status).toBe(204);
  expect(await post(house, "a")).toMatchObject({ status: 403, code: "IotHubQuotaExceeded" });
  const { client } = await connectPlain(house, "a");
  const closed = new Promise((resolve) => client.once("close", () => resolve("closed")));
  client.publish("devices/a/messages/events/", "x", { qos: 1 });
  expect(await closed).toBe("closed");
  await vi.waitFor(() => expect(causes(house, "a")).toContain("quotaExceeded"));
  expect((await post(house, "b")).status).toBe(204);
});

test("a device that connects again and again waits for its answer, and its neighbour does not", async () => {
  const house = await open({ deviceRates: { connections: { perSecond: 2, burst: 3 } } });
  const began = performance.now();
  for (let count = 0; count < 5; count += 1) await (await connectPlain(house, "a")).client.endAsync();
  expect(performance.now() - began).toBeGreaterThan(600);
  await (await connectPlain(house, "b")).client.endAsync();
});

test("far too many twin requests are answered with 429 each", async () => {
  const house = await open({ deviceRates: { twinReads: { perSecond: 1, burst: 1 } } });
  const { client, got } = await connectPlain(house, "a");
  await client.subscribeAsync("$iothub/twin/res/#");
  for (let count = 0; count < 30; count += 1) client.publish(`$iothub/twin/GET/?$rid=${count}`, "");
  await vi.waitFor(() =>
    expect(got.filter(({ topic }) => topic.startsWith("$iothub/twin/res/429/")).length).toBeGreaterThan(15),
  );
  expect(JSON.parse(got.at(-1)?.payload ?? "{}")).toMatchObject({ errorCode: 429_001 });
  await client.endAsync();
});

test("addresses that a rule refuses are closed and logged at each door; the first rule that fits decides", async () => {
  const house = await open({});
  await house.hub.ipFilter.set([{ name: "lab", action: "reject", mask: "127.0.0.0/8" }]);
  expect(await connectPlain(house, "a").catch(() => "refused")).toBe("refused");
  expect(await post(house, "a").catch(() => "refused")).toBe("refused");
  await vi.waitFor(() =>
    expect(
      house
        .told("operation")
        .filter(({ cause }) => cause === "addressRefused")
        .map(({ protocol }) => protocol),
    ).toEqual(["Mqtt", "Https"]),
  );
  await house.hub.ipFilter.set([
    { name: "me", action: "accept", mask: "127.0.0.1" },
    { name: "lab", action: "reject", mask: "127.0.0.0/8" },
  ]);
  expect((await post(house, "a")).status).toBe(204);
});

test.each([
  { name: "no address", rule: { name: "x", action: "reject", mask: "10.0.0" } },
  { name: "a prefix that is too long", rule: { name: "x", action: "reject", mask: "10.0.0.0/33" } },
  { name: "no name", rule: { name: "", action: "reject", mask: "10.0.0.0/8" } },
  { name: "another action", rule: { name: "x", action: "drop", mask: "10.0.0.0/8" } },
])("a rule with $name is refused and the rules before stay", async ({ rule }) => {
  const house = await open({});
  const before = [{ name: "v6", action: "accept", mask: "fe80::/10" }] as const;
  await house.hub.ipFilter.set(before);
  await expect(house.hub.ipFilter.set([Object(rule)])).rejects.toMatchObject({ status: 400 });
  expect(house.hub.ipFilter.rules).toEqual(before);
});
