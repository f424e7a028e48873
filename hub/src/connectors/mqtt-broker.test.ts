import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent, systemClock } from "@picket/kit";
import { decodeProperties, decodeRecords, type StreamRecord } from "@picket/schema";
import mqtt from "mqtt";
import { afterEach, expect, test, vi } from "vitest";
import { Outbound } from "../outbound.js";
import { readHubSettings } from "../settings.js";
import { freePort, memoryStore } from "../testing.js";
import type { MqttBrokerConfig } from "./config.js";
import { MqttBrokerConnector } from "./mqtt-broker.js";

const MOSQUITTO = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"].find(
  (path) => spawnSync(path, ["-h"], { stdio: "ignore" }).error === undefined,
);
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A real Mosquitto on a free port of the loopback address. */
async function broker(): Promise<string> {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), "picket-mosquitto-"));
  writeFileSync(
    join(home, "m.conf"),
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n`,
  );
  const child = spawn(MOSQUITTO!, ["-c", join(home, "m.conf")], { stdio: "ignore" });
  open.push(() => child.kill());
  const url = `mqtt://127.0.0.1:${port}`;
  await vi.waitFor(async () => {
    const probe = await mqtt.connectAsync(url, { reconnectPeriod: 0 });
    await probe.endAsync();
  }, 10_000);
  return url;
}

function house() {
  const records: StreamRecord[] = [];
  const outlet = { isFull: false };
  const outbound = new Outbound(
    {
      append: async (batch) => {
        if (outlet.isFull) throw new Error("full");
        for (const record of decodeRecords(batch))
          records.push({ ...record, body: Uint8Array.from(record.body) });
        return records.length;
      },
    },
    { recorder: silent, clock: systemClock },
  );
  const around = { outbound, store: memoryStore(), recorder: silent, clock: systemClock };
  const connected = (url: string): MqttBrokerConnector => {
    const topics = [
      { topic: "plants/{device}/security" },
      { topic: "plants/{device}/values", messages: "telemetry" },
    ];
    const {
      connectors: [config],
    } = readHubSettings({ connectors: [{ kind: "mqtt", name: "plant", url, topics }] }, () => undefined);
    const connector = new MqttBrokerConnector(config as MqttBrokerConfig, around);
    open.push(() => connector.close());
    return connector;
  };
  return { records, outlet, connected };
}

test.skipIf(!MOSQUITTO)(
  "messages of a real broker come in by their topics (needs Mosquitto: apt-get install mosquitto)",
  async () => {
    const url = await broker();
    const { records, connected } = house();
    const connector = connected(url);
    await vi.waitFor(() => expect(connector.status().state).toBe("running"), 10_000);
    const device = await mqtt.connectAsync(url, { protocolVersion: 5 });
    open.push(() => device.endAsync());
    await device.publishAsync("plants/pump-7/security", "{}", { qos: 1 });
    await device.publishAsync("plants/pump-8/values", "21.5", {
      qos: 1,
      properties: { contentType: "text/plain", userProperties: { unit: "C" } },
    });
    await vi.waitFor(() =>
      expect(records.map(({ kind, deviceId }) => [kind, deviceId])).toEqual([
        [1, "pump-7"],
        [7, "pump-8"],
      ]),
    );
    expect(decodeProperties(records[1]?.properties)).toEqual({
      system: { contentType: "text/plain" },
      application: { unit: "C", "mqtt-topic": "plants/pump-8/values" },
    });
    expect(connector.status()).toMatchObject({ messages: 2, refused: 0 });
  },
);

test.skipIf(!MOSQUITTO)("what was not on disk when the server went is sent again by the broker", async () => {
  const url = await broker();
  const first = house();
  const connector = first.connected(url);
  await vi.waitFor(() => expect(connector.status().state).toBe("running"), 10_000);
  first.outlet.isFull = true;
  const device = await mqtt.connectAsync(url);
  open.push(() => device.endAsync());
  for (let turn = 0; turn < 20; turn += 1)
    await device.publishAsync("plants/pump-7/security", String(turn), { qos: 1 });
  await vi.waitFor(() => expect(connector.status().messages).toBe(20));
  // The server dies: nothing was acknowledged, since nothing was on disk.
  connector.abandon();
  const second = house();
  second.connected(url);
  await vi.waitFor(() => expect(second.records).toHaveLength(20), 10_000);
  expect(second.records.map(({ body }) => Number(Buffer.from(body).toString()))).toEqual([
    ...Array(20).keys(),
  ]);
});

test("a broker that cannot be reached is told", async () => {
  const connector = house().connected(`mqtt://127.0.0.1:${await freePort()}`);
  await vi.waitFor(
    () => expect(connector.status()).toMatchObject({ state: "failing", problem: expect.any(String) }),
    10_000,
  );
});
