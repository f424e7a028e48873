import { X509Certificate } from "node:crypto";
import { createRequire } from "node:module";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { plainOptions } from "../mqtt/testing.js";
import { openTestHub, type TestHub } from "../testing.js";
import { type Issued, issue } from "./testing.js";

const require = createRequire(import.meta.url);
const { Client, Message } = require("azure-iot-device");
const { Mqtt, MqttWs } = require("azure-iot-device-mqtt");
const { Amqp } = require("azure-iot-device-amqp");
const { Http } = require("azure-iot-device-http");
const { connect }: typeof import("mqtt") = require("mqtt");

const address = "127.23.0.3";
let house: TestHub;
const root = issue("Fleet root", { isAuthority: true });
const plant = issue("Plant north", { issuer: root, isAuthority: true });

beforeAll(async () => {
  house = await openTestHub(undefined, address);
  await house.hub.certificates.put("fleet", { certificate: root.cert, isVerified: true });
});
afterAll(() => house.hub.close());

const transports = { Mqtt, MqttWs, Http, Amqp };
type Transport = keyof typeof transports;

async function send(deviceId: string, { cert, key }: Issued, transport: Transport): Promise<string> {
  const host = transport === "Amqp" ? `${address}:${house.amqpPort}` : address;
  const text = `HostName=${host};DeviceId=${deviceId};x509=true`;
  const client = Client.fromConnectionString(text, transports[transport]);
  // Without a receive policy the client's HTTP transport never ends this call.
  await client.setOptions({ ca: house.ca, cert, key, http: { receivePolicy: { interval: 3_600 } } });
  const message = new Message(transport);
  try {
    await client.open();
    await client.sendEvent(message);
    return "sent";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  } finally {
    await client.close().catch(() => {});
  }
}

const needsUsualPorts = (): boolean => house.mqttPort !== 8883 || house.httpsPort !== 443;

test.each<Transport>(["Mqtt", "MqttWs", "Http", "Amqp"])(
  "an unmodified client with a certificate sends over %s: by either thumbprint, or from a verified authority",
  async (transport) => {
    if (needsUsualPorts()) return;
    const [first, second] = [issue("anything"), issue("anything else")];
    const print = (of: Issued, bits: "fingerprint" | "fingerprint256"): string =>
      new X509Certificate(of.cert)[bits];
    const own = `own-${transport}`;
    await house.hub.registry.create(own, "", {
      authType: "selfSigned",
      primaryThumbprint: print(first, "fingerprint").replaceAll(":", ""),
      secondaryThumbprint: print(second, "fingerprint256").replaceAll(":", ""),
    });
    expect(await send(own, first, transport)).toBe("sent");
    expect(await send(own, second, transport)).toBe("sent");
    const signed = `ca-${transport}`;
    await house.hub.registry.create(signed, "", { authType: "certificateAuthority" });
    expect(await send(signed, issue(signed, { issuer: root }), transport)).toBe("sent");
    const leaf = issue(signed, { issuer: plant });
    const chained = { key: leaf.key, cert: leaf.cert + plant.cert };
    expect(await send(signed, chained, transport)).toBe("sent");
    const kept = house.records.filter(({ kind, deviceId }) => kind === 7 && [own, signed].includes(deviceId));
    expect(kept).toHaveLength(4);
    expect(Buffer.from(kept[3]?.properties ?? []).toString()).toContain("x509");
  },
);

const stranger = issue("Stranger", { isAuthority: true });
const late = issue("late", { issuer: root, days: "-1" });

test.each([
  {
    name: "a thumbprint that is not registered",
    id: "no-1",
    authType: "selfSigned",
    of: () => issue("no-1"),
    cause: "certificateMismatch",
  },
  {
    name: "an authority that is not the hub's",
    id: "no-2",
    authType: "certificateAuthority",
    of: () => issue("no-2", { issuer: stranger }),
    cause: "certificateMismatch",
  },
  {
    name: "another device's name",
    id: "no-3",
    authType: "certificateAuthority",
    of: () => issue("no-1", { issuer: root }),
    cause: "certificateMismatch",
  },
  {
    name: "a signature of a device, not an authority",
    id: "no-4",
    authType: "certificateAuthority",
    of: () => chainOver(issue("plain", { issuer: root }), "no-4"),
    cause: "certificateMismatch",
  },
  {
    name: "an end in the past",
    id: "late",
    authType: "certificateAuthority",
    of: () => late,
    cause: "certificateExpired",
  },
  {
    name: "a device that has keys",
    id: "no-5",
    authType: "sas",
    of: () => issue("no-5", { issuer: root }),
    cause: "certificateMismatch",
  },
  {
    name: "a device that is not registered",
    id: "no-6",
    authType: undefined,
    of: () => issue("no-6", { issuer: root }),
    cause: "unknownDevice",
  },
] as const)("a certificate with $name is refused and logged", async ({ id, authType, of, cause }) => {
  if (authType) {
    const thumbprint = "AB".repeat(20);
    const more =
      authType === "selfSigned" ? { primaryThumbprint: thumbprint, secondaryThumbprint: thumbprint } : {};
    await house.hub.registry.create(id, "", { authType, ...more });
  }
  const { key, cert } = of();
  const client = connect({
    protocol: "mqtts",
    host: address,
    port: house.mqttPort,
    ca: house.ca,
    key,
    cert,
    clientId: id,
    username: `${address}/${id}/?api-version=2021-04-12`,
    reconnectPeriod: 0,
  });
  const error = await new Promise<{ code: number }>((resolve) => client.once("error", resolve as () => void));
  expect([4, 5]).toContain(error.code);
  await vi.waitFor(() =>
    expect(house.told("operation")).toContainEqual(
      expect.objectContaining({ operationName: "deviceConnect", deviceId: id, cause, authType: "X509" }),
    ),
  );
});

function chainOver(issuer: Issued, name: string): Issued {
  const leaf = issue(name, { issuer });
  return { key: leaf.key, cert: leaf.cert + issuer.cert };
}

test("a device that has a certificate is not let in with a key, and a token counts more than a certificate", async () => {
  await house.hub.registry.create("both-1", "", { authType: "certificateAuthority" });
  const byKey = connect(plainOptions(house, "both-1"));
  const error = await new Promise<{ code: number }>((resolve) => byKey.once("error", resolve as () => void));
  expect(error.code).toBe(4);
  await house.hub.registry.create("both-2");
  const both = connect({ ...plainOptions(house, "both-2"), ...issue("other", { issuer: root }) });
  await new Promise((resolve, reject) => both.once("connect", resolve).once("error", reject));
  await both.endAsync();
});

test("a chained certificate is good also on a connection that takes up an earlier TLS session", async () => {
  await house.hub.registry.create("again-1", "", { authType: "certificateAuthority" });
  const leaf = issue("again-1", { issuer: plant });
  const options = {
    protocol: "mqtts",
    host: address,
    port: house.mqttPort,
    ca: house.ca,
    key: leaf.key,
    cert: leaf.cert + plant.cert,
    clientId: "again-1",
    reconnectPeriod: 0,
    username: `${address}/again-1/?api-version=2021-04-12`,
  } as const;
  const first = connect(options);
  const session = await new Promise<Buffer>((resolve) => {
    const socket: TLSSocket = Object(first.stream);
    socket.once("session", resolve);
  });
  await new Promise((resolve, reject) => first.once("connect", resolve).once("error", reject));
  await first.endAsync();
  const second = connect({ ...options, ...{ session } });
  await new Promise((resolve, reject) => second.once("connect", resolve).once("error", reject));
  const socket: TLSSocket = Object(second.stream);
  expect(socket.isSessionReused()).toBe(true);
  await second.endAsync();
});
