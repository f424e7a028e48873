import { type Recorder, silent, systemClock } from "@picket/kit";
import {
  decodeProperties,
  decodeRecords,
  encodeProperties,
  recordKind,
  type StreamRecord,
} from "@picket/schema";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { partitionOf } from "../events/partitions.js";
import { Outbound } from "../outbound.js";
import { readHubSettings } from "../settings.js";
import { memoryStore, openTestHub, type TestHub } from "../testing.js";
import { AzureIotHubConnector } from "./azure-iot-hub.js";
import type { AzureIotHubConfig } from "./config.js";
import { resourceLogs } from "./resource-logs.js";

// The registry client knows port 443 only.
const ADDRESS = "127.31.0.7";

/** The old hub that is read: our own, which speaks the same protocol. */
let old: TestHub;
const trust = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
beforeAll(async () => {
  // The clients take no certificate of their own; a user sets NODE_EXTRA_CA_CERTS, which must be set before Node starts.
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  old = await openTestHub(undefined, ADDRESS, undefined, { events: { sources: ["deviceLifecycleEvents"] } });
});
afterAll(async () => {
  await old.hub.close();
  if (trust === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = trust;
});

const eventHub = (policy = "service"): string => {
  const { primaryKey } = old.hub.authenticator.policies().find(({ name }) => name === policy)!;
  return `Endpoint=sb://${ADDRESS}:${old.amqpPort}/;SharedAccessKeyName=${policy};SharedAccessKey=${primaryKey};EntityPath=old`;
};

function house(store = memoryStore(), recorder: Recorder = silent) {
  const records: StreamRecord[] = [];
  const outbound = new Outbound(
    {
      append: async (batch) => {
        for (const record of decodeRecords(batch))
          records.push({
            ...record,
            body: Uint8Array.from(record.body),
            ...(record.properties ? { properties: Uint8Array.from(record.properties) } : {}),
          });
        return records.length;
      },
    },
    { recorder, clock: systemClock },
  );
  const around = { outbound, store, recorder, clock: systemClock };
  const connected = (more: object = {}): AzureIotHubConnector => {
    const given = { kind: "azureIotHub", name: "old-hub", eventHub: eventHub(), ...more };
    const {
      connectors: [config],
    } = readHubSettings({ connectors: [given] }, () => undefined);
    return new AzureIotHubConnector(config as AzureIotHubConfig, around);
  };
  return { records, connected, store };
}

const origin = { scope: "module", type: "sas", issuer: "iothub", generationId: "g7" } as const;
const sent = (kind: 1 | 7, deviceId: string, body: string, interfaceId?: string): Promise<void> =>
  old.hub.outbound.kept({
    kind,
    receivedAt: Date.now(),
    deviceId,
    moduleId: "azureiotsecurity",
    body: Buffer.from(body),
    properties: encodeProperties({
      system: { messageId: `id-${body}`, contentType: "text/plain", ...(interfaceId ? { interfaceId } : {}) },
      application: { unit: "C" },
      origin,
    }),
  });

test("an existing hub's messages come in with who sent them and what they said of themselves", async () => {
  await old.hub.registry.create("far-1");
  await sent(recordKind.message, "far-1", '{"secure":1}', "urn:azureiot:Security:SecurityAgent:1");
  await sent(recordKind.telemetry, "far-1", "21.5");
  const { records, connected } = house();
  const connector = connected();
  await vi.waitFor(() => expect(records.length).toBeGreaterThanOrEqual(3), 15_000);
  expect(
    records.map(({ kind, deviceId, moduleId, body }) => [
      kind,
      deviceId,
      moduleId,
      kind === recordKind.notification ? "" : Buffer.from(body).toString(),
    ]),
  ).toEqual([
    [recordKind.notification, "far-1", "", ""],
    [recordKind.message, "far-1", "azureiotsecurity", '{"secure":1}'],
    [recordKind.telemetry, "far-1", "azureiotsecurity", "21.5"],
  ]);
  expect(decodeProperties(records[1]?.properties)).toMatchObject({
    system: { messageId: 'id-{"secure":1}', interfaceId: "urn:azureiot:Security:SecurityAgent:1" },
    application: { unit: "C" },
    origin,
  });
  expect(connector.status()).toMatchObject({ state: "running", messages: 3, refused: 0 });
  await connector.close();
});

test("after a restart it goes on where it was", async () => {
  const first = house();
  const connector = first.connected();
  await sent(recordKind.telemetry, "far-2", "one");
  await vi.waitFor(
    () => expect(first.records.some(({ deviceId }) => deviceId === "far-2")).toBe(true),
    15_000,
  );
  const place = `connector/old-hub/place/${partitionOf("far-2", 4)}`;
  await vi.waitFor(() => expect(first.store.get(place)).toBeDefined());
  await new Promise((resolve) => setTimeout(resolve, 100));
  await connector.close();
  await sent(recordKind.telemetry, "far-2", "two");
  const second = house(first.store);
  const again = second.connected();
  await vi.waitFor(() => expect(second.records.length).toBeGreaterThan(0), 15_000);
  expect(second.records.map(({ body }) => Buffer.from(body).toString())).toEqual(["two"]);
  await again.close();
});

test("a key that is refused is told, and the connector goes on trying", async () => {
  const { connected } = house();
  const connector = connected({ eventHub: eventHub("registryRead") });
  await vi.waitFor(() => expect(connector.status()).toMatchObject({ state: "failing" }), 25_000);
  await connector.close();
});

test("identities and twins come in when the registry is named", async () => {
  if (old.httpsPort !== 443) return;
  const { primaryKey } = old.hub.authenticator.policies().find(({ name }) => name === "iothubowner")!;
  const device = await old.hub.registry.create("far-3");
  await old.hub.registry.setTwin(device, { tags: { plant: "north" } });
  const { records, connected } = house();
  const connector = connected({
    registry: `HostName=${ADDRESS};SharedAccessKeyName=iothubowner;SharedAccessKey=${primaryKey}`,
  });
  await vi.waitFor(
    () =>
      expect(records.some(({ kind, deviceId }) => kind === recordKind.device && deviceId === "far-3")).toBe(
        true,
      ),
    15_000,
  );
  const found = records.find(({ kind, deviceId }) => kind === recordKind.device && deviceId === "far-3");
  expect(JSON.parse(Buffer.from(found!.body).toString())).toMatchObject({
    tags: { plant: "north" },
    status: "enabled",
  });
  await connector.close();
});

test.each([
  { resultType: "401003", cause: "invalidSignature", level: "Error" },
  { resultType: "404001", cause: "unknownDevice", level: "Error" },
  { resultType: "", cause: "", level: "Information" },
])(
  "a resource log with $resultType becomes an operation with the cause $cause",
  ({ resultType, cause, level }) => {
    const properties = JSON.stringify({
      deviceId: "pump-7",
      protocol: "Mqtt",
      authType: '{"scope":"device","type":"sas","issuer":"iothub"}',
      maskedIpAddress: "73.162.215.XXX",
      statusCode: "401",
    });
    const body = {
      records: [
        {
          time: "2026-01-02T03:04:05Z",
          operationName: "deviceConnect",
          category: "Connections",
          level,
          resultType,
          properties,
        },
      ],
    };
    expect(resourceLogs(Buffer.from(JSON.stringify(body)))).toEqual([
      {
        at: Date.parse("2026-01-02T03:04:05Z"),
        operation: expect.objectContaining({
          operationName: "deviceConnect",
          category: "Connections",
          cause,
          level,
          deviceId: "pump-7",
          protocol: "Mqtt",
          authType: "Sas",
          ipAddress: "73.162.215.XXX",
          statusCode: 401,
        }),
      },
    ]);
  },
);
