import { X509Certificate } from "node:crypto";
import { encode } from "cborg";
import { connect } from "mqtt";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { issue } from "../identity/testing.js";
import { openTestHub, type TestHub } from "../testing.js";
import { connectPlain, type Got } from "./testing.js";

let house: TestHub;
beforeAll(async () => {
  house = await openTestHub();
});
afterAll(() => house.hub.close());

const report = {
  header: { report_id: 7, version: "1.0" },
  metrics: { listening_tcp_ports: { ports: [{ interface: "eth0", port: 22 }], total: 1 } },
};
const topic = (thing: string, rest: string): string => `$aws/things/${thing}/defender/metrics/${rest}`;

test.each([
  { format: "json", payload: Buffer.from(JSON.stringify(report)) },
  { format: "cbor", payload: Buffer.from(encode(report)) },
])(
  "metrics in $format become a security message and are accepted when it is on disk",
  async ({ format, payload }) => {
    const thing = `thing-${format}`;
    await house.hub.registry.create(thing);
    const { client, got } = await connectPlain(house, thing);
    await client.subscribeAsync([topic(thing, `${format}/accepted`), topic(thing, `${format}/rejected`)]);
    await client.publishAsync(topic(thing, format), payload, { qos: 1 });
    await vi.waitFor(() => expect(got).toHaveLength(1));
    expect(got[0]?.topic).toBe(topic(thing, `${format}/accepted`));
    expect(JSON.parse(got[0]!.payload)).toMatchObject({ thingName: thing, reportId: 7, status: "ACCEPTED" });
    const [taken] = house.records.filter(({ kind, deviceId }) => kind === 1 && deviceId === thing);
    expect(JSON.parse(Buffer.from(taken!.body).toString())).toMatchObject({
      Events: [{ Name: "ListeningPorts", Payload: [{ LocalPort: "22" }] }],
    });
    await client.endAsync();
  },
);

test("metrics that cannot be read are rejected with the reason, which is logged", async () => {
  await house.hub.registry.create("thing-bad");
  const { client, got } = await connectPlain(house, "thing-bad");
  await client.subscribeAsync(topic("thing-bad", "json/#"));
  await client.publishAsync(topic("thing-bad", "json"), '{"header":{"report_id":1}}', { qos: 1 });
  await vi.waitFor(() => expect(got).toHaveLength(1));
  expect(JSON.parse(got[0]!.payload)).toMatchObject({
    status: "REJECTED",
    reportId: 1,
    statusDetails: { ErrorCode: "InvalidPayload", ErrorMessage: expect.stringContaining("header.version") },
  });
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({ deviceId: "thing-bad", cause: "invalidRequest", operationName: "ingress" }),
  );
  await client.endAsync();
});

test("metrics of another thing close the connection", async () => {
  await house.hub.registry.create("thing-nosy");
  const { client } = await connectPlain(house, "thing-nosy");
  const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
  client.publish(topic("thing-json", "json"), "{}");
  await closed;
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({ deviceId: "thing-nosy", cause: "protocolViolation" }),
  );
});

test("a device of the other cloud connects with its certificate and its name alone", async () => {
  const own = issue("thing-x509");
  const primaryThumbprint = new X509Certificate(own.cert).fingerprint256.replaceAll(":", "");
  await house.hub.registry.create("thing-x509", "", { authType: "selfSigned", primaryThumbprint });
  const got: Got[] = [];
  const client = connect({
    protocol: "mqtts",
    host: house.hostName,
    port: house.mqttPort,
    ca: house.ca,
    cert: own.cert,
    key: own.key,
    clientId: "thing-x509",
    username: "?SDK=Python&Version=1.4.9",
    reconnectPeriod: 0,
  });
  client.on("message", (name, payload, { qos }) =>
    got.push({ topic: name, payload: payload.toString(), qos }),
  );
  await new Promise((resolve, reject) => client.once("connect", resolve).once("error", reject));
  await client.subscribeAsync(topic("thing-x509", "json/+"));
  await client.publishAsync(topic("thing-x509", "json"), JSON.stringify(report), { qos: 0 });
  await vi.waitFor(() => expect(got).toHaveLength(1));
  await client.endAsync();
});
