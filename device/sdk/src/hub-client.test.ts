import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type HubClient, type HubClientOptions, openHubClient } from "./hub-client.js";
import { deviceKeyOf, provisionDevice } from "./provisioning.js";
import { makeCertificates, openProxy, SmallHub, type TestCertificates } from "./testing.js";

let certificates: TestCertificates;
let hub: SmallHub;
const open: HubClient[] = [];

beforeAll(async () => {
  certificates = makeCertificates();
  hub = await new SmallHub(certificates).listen();
});
afterAll(() => hub.close());
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  Object.assign(hub, { answer: () => 0, acknowledges: true, desired: {}, enrolments: [] });
  hub.taken.length = 0;
  hub.introductions.length = 0;
});

function client(options: Partial<HubClientOptions> = {}): HubClient {
  const made = openHubClient({
    connection: {
      hostName: "localhost",
      port: hub.port,
      deviceId: "pump-7",
      moduleId: "azureiotsecurity",
      sharedAccessKey: "a2V5",
    },
    ca: certificates.ca,
    address: "127.0.0.1",
    userAgent: "test/1",
    ...options,
  });
  open.push(made);
  return made;
}

test.each([
  { name: "TLS", ways: {} },
  { name: "a WebSocket", ways: { isWebSocket: true } },
])("over $name a message, a twin and a method go both ways", async ({ ways }) => {
  const one = client(ways);
  one.onMethod(async (name, payload) => ({ status: 200, payload: { name, payload } }));
  const patches: unknown[] = [];
  one.onDesired((patch) => patches.push(patch));
  await one.connect();
  await one.send("hello", { "$.ifid": "urn:x", a: "b c" });
  const big = "x".repeat(200_000);
  await one.send(big);
  expect(hub.taken.map(({ body }) => body.length)).toEqual([5, 200_000]);
  expect(hub.taken[0]?.topic).toBe(
    "devices/pump-7/modules/azureiotsecurity/messages/events/%24.ifid=urn%3Ax&a=b%20c",
  );
  hub.desired = { a: 1 };
  expect(await one.twin()).toMatchObject({ desired: { a: 1 } });
  expect(await one.report({ b: 2 })).toBeGreaterThan(0);
  hub.push({ c: 3 });
  expect(await hub.call("ping", { d: 4 })).toEqual({
    status: 200,
    body: { name: "ping", payload: { d: 4 } },
  });
  expect(patches).toMatchObject([{ c: 3 }]);
});

test.each([
  { name: "a proxy", login: undefined, user: "", isWebSocket: false },
  {
    name: "a proxy that wants a user, in a WebSocket",
    login: "user:pass word",
    user: "user:pass%20word@",
    isWebSocket: true,
  },
])("through $name the hub is reached by its name", async ({ login, user, isWebSocket }) => {
  const proxy = await openProxy(login);
  const one = client({ proxy: `http://${user}127.0.0.1:${proxy.port}`, isWebSocket });
  await one.connect();
  await one.send("hello");
  expect(hub.taken).toHaveLength(1);
  expect(proxy.targets).toEqual([`127.0.0.1:${hub.port}`]);
  proxy.close();
});

test("a proxy that refuses says so, and what to do", async () => {
  const proxy = await openProxy("user:secret");
  await expect(client({ proxy: `http://127.0.0.1:${proxy.port}` }).connect()).rejects.toThrow(
    /answered 407.*user and a password/,
  );
  proxy.close();
});

test("a certificate speaks for the device instead of a key", async () => {
  let seen: string | undefined;
  hub.answer = (packet, certificate) => {
    seen = certificate;
    return packet.password === undefined && certificate === "pump-7" ? 0 : 5;
  };
  const connection = { hostName: "localhost", port: hub.port, deviceId: "pump-7", sharedAccessKey: "" };
  await client({ connection, certificate: certificates.device }).connect();
  expect(seen).toBe("pump-7");
  expect(hub.introductions[0]?.username).toMatch(
    /^localhost\/pump-7\/\?api-version=2021-04-12&DeviceClientType=test%2F1$/,
  );
});

test("a hub whose certificate nobody trusts is not spoken to", async () => {
  const other = makeCertificates();
  await expect(client({ ca: other.ca }).connect()).rejects.toMatchObject({
    code: "CLIENT_CERTIFICATE",
    retry: "never",
  });
  expect(hub.introductions).toEqual([]);
});

test.each([
  { code: 3, error: "CLIENT_UNREACHABLE", retry: "later" },
  { code: 4, error: "CLIENT_REFUSED", retry: "never" },
  { code: 5, error: "CLIENT_REFUSED", retry: "never" },
])("CONNACK $code is $error and to be tried $retry", async ({ code, error, retry }) => {
  hub.answer = () => code;
  await expect(client().connect()).rejects.toMatchObject({ code: error, retry });
});

test("a lost connection is made anew by itself, with the same session, and what was not acknowledged is told", async () => {
  const one = client();
  const states: string[] = [];
  one.onState((state) => states.push(state));
  await one.connect();
  hub.acknowledges = false;
  const sent = one.send("lost");
  await sleep(50);
  hub.drop();
  await expect(sent).rejects.toMatchObject({ code: "CLIENT_DISCONNECTED" });
  hub.acknowledges = true;
  for (let tries = 0; tries < 100 && !one.isConnected; tries += 1) await sleep(50);
  expect(states).toEqual(["connected", "disconnected", "connected"]);
  expect(hub.introductions.map(({ clean }) => clean)).toEqual([false, false]);
  await one.send("again");
});

test("a new key that serves is kept, one that the hub refuses is given up for the old one", async () => {
  const one = client();
  await one.connect();
  const passwords = (): string[] =>
    hub.introductions.map(({ password }) => /sig=([^&]+)/.exec(String(password))?.[1] ?? "");
  await one.changeKey("bmV3");
  expect(new Set(passwords()).size).toBe(2);
  const good = passwords()[1];
  hub.answer = ({ password }) => (String(password).includes(good ?? "") ? 0 : 4);
  await one.send("with the new key");
  hub.answer = () => 4;
  await expect(one.changeKey("YmFk")).rejects.toMatchObject({ code: "CLIENT_REFUSED" });
  hub.answer = () => 0;
  for (let tries = 0; tries < 100 && !one.isConnected; tries += 1) await sleep(50);
  await one.send("with the key before");
  expect(hub.taken).toHaveLength(2);
});

test("a device is enrolled with its group's key: asked, waited for, assigned", async () => {
  const key = deviceKeyOf(Buffer.from("group").toString("base64"), "pump-7");
  hub.enrolments = [
    { status: 202, body: { operationId: "4.1", status: "assigning" } },
    { status: 202, body: { operationId: "4.1", status: "assigning" } },
    {
      status: 200,
      body: {
        operationId: "4.1",
        status: "assigned",
        registrationState: { assignedHub: "hub.example:8883", deviceId: "pump-7" },
      },
    },
  ];
  const connection = await provisionDevice({
    hostName: "localhost",
    port: hub.port,
    address: "127.0.0.1",
    ca: certificates.ca,
    idScope: "0ne1",
    registrationId: "pump-7",
    key,
    userAgent: "test/1",
  });
  expect(connection).toEqual({
    hostName: "hub.example",
    port: 8883,
    deviceId: "pump-7",
    sharedAccessKey: key,
  });
  expect(hub.introductions[0]).toMatchObject({
    clientId: "pump-7",
    clean: true,
    username: "0ne1/registrations/pump-7/api-version=2019-03-31&ClientVersion=test%2F1",
  });
  expect(String(hub.introductions[0]?.password)).toContain("&skn=registration");
});

test("a device is enrolled with its certificate, and a refusal says what to check", async () => {
  hub.answer = (_, certificate) => (certificate === "pump-7" ? 0 : 5);
  hub.enrolments = [{ status: 401, body: { errorCode: 401002, message: "Unauthorized" } }];
  const enrolment = {
    hostName: "localhost",
    port: hub.port,
    address: "127.0.0.1",
    ca: certificates.ca,
    idScope: "0ne1",
    registrationId: "pump-7",
    certificate: certificates.device,
    userAgent: "test/1",
  };
  await expect(provisionDevice(enrolment)).rejects.toThrow(
    /does not enrol pump-7: it answered 401.*Check the id scope/,
  );
  hub.enrolments = [
    {
      status: 200,
      body: { status: "assigned", registrationState: { assignedHub: "hub.example", deviceId: "pump-7" } },
    },
  ];
  expect(await provisionDevice(enrolment)).toEqual({
    hostName: "hub.example",
    deviceId: "pump-7",
    sharedAccessKey: "",
  });
});
