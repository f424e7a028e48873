import { encodeProperties, recordKind } from "@picket/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asClient, openTestHub, type TestHub } from "../testing.js";
import { partitionOf } from "./partitions.js";

// The client insists on port 5671 unless its connection string says another.
const ADDRESS = "127.31.0.6";

let house: TestHub;
beforeAll(async () => {
  house = await openTestHub(undefined, ADDRESS, undefined, {
    events: { sources: ["deviceLifecycleEvents", "deviceConnectionStateEvents", "twinChangeEvents"] },
  });
});
afterAll(() => house.hub.close());

const origin = { scope: "device", type: "sas", issuer: "iothub", generationId: "g1" } as const;

const sent = (deviceId: string, body: string, application: Record<string, string> = {}): Promise<void> =>
  house.hub.outbound.kept({
    kind: recordKind.telemetry,
    receivedAt: Date.now(),
    deviceId,
    moduleId: "",
    body: Buffer.from(body),
    properties: encodeProperties({
      system: { messageId: `id-${body}`, contentType: "application/json", contentEncoding: "utf-8" },
      application,
      origin,
    }),
  });

/** Runs a consumer of the unmodified client; `hub` makes one for a consumer group, `read` reads so many from a place. */
const consumer = (body: string, policy = "service"): Promise<Record<string, unknown>> =>
  asClient(
    { hub: house.hub, ca: house.ca, address: ADDRESS },
    `const { EventHubConsumerClient, earliestEventPosition, latestEventPosition } = client("@azure/event-hubs");
     const [, name, key] = /SharedAccessKeyName=([^;]*);SharedAccessKey=(.*)$/.exec(connection);
     const hub = (group = "$Default") => new EventHubConsumerClient(group, "Endpoint=sb://${ADDRESS}:${house.amqpPort}/;SharedAccessKeyName=" + name + ";SharedAccessKey=" + key + ";EntityPath=picket", { retryOptions: { maxRetries: 0 } });
     const read = (consumer, partition, startPosition, count, more = {}) => new Promise((resolve, reject) => {
       const found = [];
       const subscription = consumer.subscribe(partition, {
         processEvents: async (events) => {
           found.push(...events);
           if (found.length >= count) { resolve(found); void subscription.close(); }
         },
         processError: async (error) => reject(error),
       }, { startPosition, maxBatchSize: 50, maxWaitTimeInSeconds: 1, ...more });
     });
     ${body}`,
    policy,
  );

test("an unmodified reader finds telemetry with its properties and who sent it for certain", async () => {
  await sent("meter-1", '{"n":1}', { unit: "°C" });
  const partition = partitionOf("meter-1", 4);
  const answer = await consumer(
    `const consumer = hub();
     const properties = await consumer.getEventHubProperties();
     const [event] = await read(consumer, "${partition}", earliestEventPosition, 1);
     const of = await consumer.getPartitionProperties("${partition}");
     await consumer.close();
     return { ids: properties.partitionIds, name: properties.name, body: event.body, properties: event.properties,
       system: event.systemProperties, messageId: event.messageId, contentType: event.contentType,
       number: event.sequenceNumber, offset: event.offset, key: event.partitionKey, at: event.enqueuedTimeUtc,
       last: of.lastEnqueuedSequenceNumber, empty: of.isEmpty };`,
  );
  expect(answer).toMatchObject({
    ids: ["0", "1", "2", "3"],
    name: "picket",
    body: { n: 1 },
    properties: { unit: "°C" },
    messageId: 'id-{"n":1}',
    contentType: "application/json",
    number: 0,
    offset: "0",
    key: "meter-1",
    last: 0,
    empty: false,
    system: {
      "iothub-connection-device-id": "meter-1",
      "iothub-connection-auth-method":
        '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
      "iothub-connection-auth-generation-id": "g1",
      "iothub-message-source": "Telemetry",
    },
  });
  expect(Date.now() - Date.parse(String(answer["at"]))).toBeLessThan(60_000);
});

test("a reader begins at the start, a number, an offset, a time or the end, with or without the first", async () => {
  const partition = partitionOf("meter-2", 4);
  const from = house.hub.events!.index.newest.counts[partition]!;
  for (let turn = 0; turn < 6; turn += 1) await sent("meter-2", String(turn));
  const middle = new Date();
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (let turn = 6; turn < 10; turn += 1) await sent("meter-2", String(turn));
  const answer = await consumer(
    `const consumer = hub();
     const bodies = async (position, count) => (await read(consumer, "${partition}", position, count)).map(({ body }) => body);
     const answer = {
       number: await bodies({ sequenceNumber: ${from + 2} }, 7),
       inclusive: await bodies({ sequenceNumber: ${from + 2}, isInclusive: true }, 8),
       offset: await bodies({ offset: "${from + 7}" }, 2),
       time: await bodies({ enqueuedOn: ${middle.getTime()} }, 4),
       start: (await bodies(earliestEventPosition, ${from + 10})).length,
     };
     const latest = read(consumer, "${partition}", latestEventPosition, 1).then((events) => events.map(({ body }) => body));
     await new Promise((resolve) => setTimeout(resolve, 500));
     console.error("ready");
     await consumer.getPartitionProperties("0");
     return answer;`,
  );
  expect(answer).toEqual({
    number: [3, 4, 5, 6, 7, 8, 9],
    inclusive: [2, 3, 4, 5, 6, 7, 8, 9],
    offset: [8, 9],
    time: [6, 7, 8, 9],
    start: from + 10,
  });
});

test("five thousand messages come all, once and in order", async () => {
  const partition = partitionOf("meter-5", 4);
  const from = house.hub.events!.index.newest.counts[partition]!;
  await Promise.all(Array.from({ length: 5_000 }, (_, turn) => sent("meter-5", String(turn))));
  const answer = await consumer(
    `const consumer = hub();
     const events = await read(consumer, "${partition}", { sequenceNumber: ${from}, isInclusive: true }, 5000, { maxBatchSize: 300 });
     return { count: events.length, inOrder: events.every(({ body, sequenceNumber }, turn) => body === turn && sequenceNumber === ${from} + turn) };`,
  );
  expect(answer).toEqual({ count: 5_000, inOrder: true });
});

test("a reader at the end gets what comes from then on, and hears how far the partition is", async () => {
  const partition = partitionOf("meter-3", 4);
  const timer = setInterval(() => void sent("meter-3", '"news"'), 200);
  const answer = await consumer(
    `const consumer = hub();
     let last;
     const found = await new Promise((resolve) => {
       const subscription = consumer.subscribe("${partition}", {
         processEvents: async (events, context) => {
           if (events.length === 0) return;
           last = context.lastEnqueuedEventProperties;
           resolve(events.map(({ body }) => body));
           await subscription.close();
         },
         processError: async () => {},
       }, { startPosition: latestEventPosition, trackLastEnqueuedEventProperties: true });
     });
     return { first: found[0], told: last.sequenceNumber >= 0 };`,
  ).finally(() => clearInterval(timer));
  expect(answer).toEqual({ first: "news", told: true });
});

test("the reader with the higher epoch has its partition alone", async () => {
  const answer = await consumer(
    `const [first, second] = [hub(), hub()];
     const errors = [];
     const listen = (consumer, ownerLevel) => consumer.subscribe("0", {
       processEvents: async () => {},
       processError: async (error) => void errors.push([ownerLevel, error.code]),
     }, { startPosition: earliestEventPosition, ownerLevel });
     listen(first, 1);
     await new Promise((resolve) => setTimeout(resolve, 500));
     listen(second, 2);
     while (errors.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
     return { error: errors[0] };`,
  );
  expect(answer).toEqual({ error: [1, "ReceiverDisconnectedError"] });
});

test("lifecycle, connection and twin changes are told as the original tells them", async () => {
  const identity = await house.hub.registry.create("meter-4");
  await house.hub.registry.present(identity, true);
  await house.hub.twins.change({ deviceId: "meter-4", moduleId: "" }, { desired: { limit: 9 } });
  await house.hub.registry.remove(house.hub.registry.get("meter-4"));
  await house.hub.outbound.drained();
  const answer = await consumer(
    `const consumer = hub();
     const events = (await read(consumer, "${partitionOf("meter-4", 4)}", earliestEventPosition, 4))
       .filter((event) => event.systemProperties["iothub-connection-device-id"] === "meter-4");
     return { events: events.map(({ body, properties, systemProperties }) => ({ body, opType: properties.opType,
       schema: properties["iothub-message-schema"], source: systemProperties["iothub-message-source"] })) };`,
  );
  expect(answer["events"]).toMatchObject([
    {
      source: "deviceLifecycleEvents",
      schema: "deviceLifecycleNotification",
      opType: "createDeviceIdentity",
      body: { deviceId: "meter-4" },
    },
    {
      source: "deviceConnectionStateEvents",
      opType: "deviceConnected",
      body: { sequenceNumber: expect.stringMatching(/^[0-9A-F]{48}$/) },
    },
    {
      source: "twinChangeEvents",
      opType: "updateTwin",
      body: { version: 2, properties: { desired: { limit: 9, $version: 2 } } },
    },
    { source: "deviceLifecycleEvents", opType: "deleteDeviceIdentity" },
  ]);
});

test.each([
  { name: "a policy without the right to serve", policy: "registryRead", group: "$Default" },
  { name: "a consumer group that there is not", policy: "service", group: "nobody" },
])("$name gets nothing", async ({ policy, group }) => {
  const answer = await consumer(
    `const consumer = hub(${JSON.stringify(group)});
     return { error: await read(consumer, "0", earliestEventPosition, 1).then(() => "read", (error) => error.code ?? error.name) };`,
    policy,
  );
  expect(["UnauthorizedError", "MessagingEntityNotFoundError"]).toContain(answer["error"]);
});
