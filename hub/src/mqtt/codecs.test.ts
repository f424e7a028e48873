import fc from "fast-check";
import { generate } from "mqtt-packet";
import { expect, test } from "vitest";
import { parseBag, printBag } from "./bag.js";
import { readConnect } from "./connecting.js";
import { parsePacket, publishBytes } from "./packets.js";
import { parseTopic, purposeOf, telemetryTopic } from "./topics.js";

const text = fc.string({ unit: "binary", maxLength: 60 });
const name = text.filter((each) => each !== "" && each !== "__proto__");

test("every bag that is printed is read back the same", () => {
  fc.assert(
    fc.property(fc.dictionary(name, text, { maxKeys: 20 }), (bag) => {
      expect({ ...parseBag(printBag(bag)) }).toEqual({ ...bag });
    }),
    { numRuns: 500 },
  );
});

test("whatever a bag's text is, it is read without an error, bounded, and touches no prototype", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 3_000 }), (bag) => {
      expect(Object.keys(parseBag(bag)).length).toBeLessThanOrEqual(200);
    }),
  );
  expect(
    Object.keys(parseBag(Array.from({ length: 9_000 }, (_, index) => `k${index}=1`).join("&"))),
  ).toHaveLength(200);
  parseBag("__proto__=x&constructor=y");
  expect(Reflect.get({}, "x")).toBeUndefined();
});

test.each([
  {
    name: "plain and encoded system keys are the same",
    bag: "$.mid=1&%24.ct=text%2Fplain",
    read: { "$.mid": "1", "$.ct": "text/plain" },
  },
  { name: "a leading question mark and a last slash are not part of it", bag: "?a=1/", read: { a: "1" } },
  { name: "a key alone and a key with nothing are empty", bag: "a&b=", read: { a: "", b: "" } },
  { name: "an equals sign in a value stays", bag: "a=b=c", read: { a: "b=c" } },
  { name: "what cannot be decoded stays as it is", bag: "a=%zz&%=1", read: { a: "%zz", "%": "1" } },
  { name: "nothing is nothing", bag: "", read: {} },
])("$name", ({ bag, read }) => {
  expect({ ...parseBag(bag) }).toEqual(read);
});

test("no topic of anybody else is taken, whatever it is", () => {
  const own = telemetryTopic("pump-1", "");
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (topic) => {
      const parsed = parseTopic(topic, own);
      if (parsed?.kind === "telemetry")
        expect(topic.startsWith(own) || topic === own.slice(0, -1)).toBe(true);
    }),
  );
  for (const topic of [
    "devices/pump-10/messages/events/",
    "devices/pump-1/modules/a/messages/events/",
    "DEVICES/pump-1/messages/events/",
    "devices/pump-1/messages/eventsX",
    "$iothub/methods/res/abc/?$rid=1",
    "$iothub/twin/",
  ])
    expect([topic, parseTopic(topic, own)]).toEqual([topic, undefined]);
});

test("no filter of anybody else is granted, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 120 }), (filter) => {
      if (purposeOf(filter, "a", "") !== undefined) expect(filter).toMatch(/^(\$iothub\/|devices\/a\/)/);
    }),
  );
  for (const filter of [
    "#",
    "+/#",
    "devices/+/messages/devicebound/#",
    "devices/b/messages/devicebound/#",
    "devices/a/modules/m/#",
    "$share/g/devices/a/messages/devicebound/#",
    "$iothub/#",
  ])
    expect([filter, purposeOf(filter, "a", "")]).toEqual([filter, undefined]);
});

test("a CONNECT is read as it was written", () => {
  const id = fc
    .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 60 })
    .filter((each) => !each.includes("/"));
  fc.assert(
    fc.property(
      id,
      id,
      fc.boolean(),
      fc.integer({ min: 0, max: 65_535 }),
      text,
      (deviceId, moduleId, clean, keepalive, password) => {
        const clientId = `${deviceId}/${moduleId}`;
        const username = `hub/${clientId}/?api-version=2021-04-12&model-id=dtmi%3Aa%3B1&DeviceClientType=sdk%2F1`;
        const bytes = generate({
          cmd: "connect",
          clientId,
          username,
          password: Buffer.from(`p${password}`),
          clean,
          keepalive,
        });
        expect(readConnect(bytes)).toMatchObject({
          ...{ deviceId, moduleId, clientId, isClean: clean, keepAlive: keepalive, isMqtt311: true },
          ...{ password: Buffer.from(`p${password}`).toString(), sdk: "sdk/1", modelId: "dtmi:a;1" },
        });
      },
    ),
  );
});

test("whatever the bytes of a packet, reading it neither throws nor hangs", () => {
  const mutated = fc
    .record({ at: fc.nat(200), by: fc.integer({ min: 1, max: 255 }), cut: fc.nat(200) })
    .map(({ at, by, cut }) => {
      const bytes = generate({
        cmd: "subscribe",
        messageId: 7,
        subscriptions: [{ topic: "devices/a/messages/devicebound/#", qos: 1 }],
      });
      bytes[at % bytes.length]! ^= by;
      return bytes.subarray(0, Math.max(1, bytes.length - (cut % bytes.length)));
    });
  fc.assert(
    fc.property(
      fc.oneof(
        mutated,
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => void parsePacket(bytes),
    ),
    { numRuns: 1_000 },
  );
});

test("a message to a client is a PUBLISH with its topic and bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 0, max: 65_535 }), (payload, id) => {
      const packet = parsePacket(publishBytes("devices/a/messages/devicebound/a=1", payload, id));
      expect(packet).toMatchObject({
        cmd: "publish",
        topic: "devices/a/messages/devicebound/a=1",
        qos: id > 0 ? 1 : 0,
      });
      expect(packet?.cmd === "publish" && Buffer.from(packet.payload)).toEqual(Buffer.from(payload));
    }),
  );
});
