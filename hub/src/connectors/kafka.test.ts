import { randomUUID } from "node:crypto";
import { silent, systemClock } from "@picket/kit";
import { decodeRecords, type StreamRecord } from "@picket/schema";
import { Kafka, logLevel } from "kafkajs";
import { expect, test, vi } from "vitest";
import { Outbound } from "../outbound.js";
import { readHubSettings } from "../settings.js";
import { freePort, memoryStore } from "../testing.js";
import type { KafkaConfig } from "./config.js";
import { KafkaConnector } from "./kafka.js";

/** Brokers of a real Kafka, such as 127.0.0.1:9092; nothing in a package manager here brings one. */
const BROKERS = process.env["PICKET_TEST_KAFKA"]?.split(",");

function house(brokers: readonly string[], topic: string) {
  const records: StreamRecord[] = [];
  const outbound = new Outbound(
    {
      append: async (batch) => {
        for (const record of decodeRecords(batch))
          records.push({ ...record, body: Uint8Array.from(record.body) });
        return records.length;
      },
    },
    { recorder: silent, clock: systemClock },
  );
  const connected = (): KafkaConnector => {
    const given = {
      kind: "kafka",
      name: "plant",
      groupId: topic,
      brokers,
      topics: [{ topic, messages: "telemetry" }],
    };
    const {
      connectors: [config],
    } = readHubSettings({ connectors: [given] }, () => undefined);
    return new KafkaConnector(config as KafkaConfig, {
      outbound,
      store: memoryStore(),
      recorder: silent,
      clock: systemClock,
    });
  };
  return { records, connected };
}

test("a cluster that cannot be reached is told, and the connector goes on trying", async () => {
  const connector = house([`127.0.0.1:${await freePort()}`], "values").connected();
  await vi.waitFor(
    () => expect(connector.status()).toMatchObject({ state: "failing", problem: expect.any(String) }),
    20_000,
  );
  await connector.close();
});

test.skipIf(!BROKERS)(
  "messages of a real Kafka come in once, also over a restart (needs PICKET_TEST_KAFKA=host:port)",
  async () => {
    const topic = `picket-${randomUUID()}`;
    const kafka = new Kafka({ brokers: BROKERS!, logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    await producer.connect();
    const send = (texts: readonly string[]) =>
      producer.send({ topic, messages: texts.map((value) => ({ key: "pump-7", value })) });
    await send(["1", "2"]);
    const first = house(BROKERS!, topic);
    const connector = first.connected();
    await vi.waitFor(() => expect(first.records).toHaveLength(2), 60_000);
    await vi.waitFor(() => expect(connector.status()).toMatchObject({ state: "running", lag: 0 }), 10_000);
    await connector.close();
    await send(["3"]);
    const second = house(BROKERS!, topic);
    const again = second.connected();
    await vi.waitFor(() => expect(second.records).toHaveLength(1), 60_000);
    expect(second.records.map(({ deviceId, body }) => [deviceId, Buffer.from(body).toString()])).toEqual([
      ["pump-7", "3"],
    ]);
    await again.close();
    await producer.disconnect();
  },
  150_000,
);
