import fc from "fast-check";
import { generate, parser } from "mqtt-packet";
import { expect, test } from "vitest";
import {
  connectFrame,
  FrameReader,
  packet,
  publication,
  publishFrame,
  subscribeFrame,
} from "./mqtt-frames.js";

/** Reads bytes with the other implementation. */
function read(bytes: Buffer): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  const other = parser({ protocolVersion: 4 });
  other.on("packet", (each) => found.push({ ...each }));
  other.parse(bytes);
  return found;
}

test("a CONNECT is read alike by another implementation, with and without a password", () => {
  const own = {
    clientId: "d/m",
    username: "h/d/m/?api-version=2021-04-12",
    keepAliveSeconds: 240,
    clean: false,
  };
  expect(read(connectFrame({ ...own, password: "pä" }))).toMatchObject([
    {
      cmd: "connect",
      protocolVersion: 4,
      clientId: "d/m",
      keepalive: 240,
      clean: false,
      password: Buffer.from("pä"),
    },
  ]);
  expect(read(connectFrame(own))[0]).not.toHaveProperty("password");
});

test("messages of any size are read alike by another implementation, and its messages by us, however they are cut", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 40_000, size: "max" }),
      fc.integer({ min: 1, max: 5_000 }),
      fc.constantFrom(0 as const, 1 as const),
      (topic, body, cut, qos) => {
        const payload = Buffer.from(body);
        const sent = { topic: `t${topic}`, payload, qos, messageId: qos === 0 ? 0 : 77 };
        expect(read(publishFrame(sent))).toMatchObject([{ cmd: "publish", topic: sent.topic, payload, qos }]);
        const theirs = generate({
          cmd: "publish",
          topic: sent.topic,
          payload,
          qos,
          dup: false,
          retain: false,
          messageId: 77,
        });
        const reader = new FrameReader();
        const frames = [];
        for (let at = 0; at < theirs.length; at += cut)
          frames.push(...reader.take(theirs.subarray(at, at + cut)));
        expect(frames).toHaveLength(1);
        expect(publication(frames[0]!)).toEqual(sent);
      },
    ),
    { numRuns: 60 },
  );
});

test("subscriptions are read alike by another implementation", () => {
  expect(read(subscribeFrame(9, ["a/#", "b"]))).toMatchObject([
    {
      cmd: "subscribe",
      messageId: 9,
      subscriptions: [
        { topic: "a/#", qos: 0 },
        { topic: "b", qos: 0 },
      ],
    },
  ]);
});

test.each([
  { name: "a length of five bytes", bytes: [0x30, 0xff, 0xff, 0xff, 0xff, 0x01] },
  { name: "a packet of 200 MB", bytes: [0x30, 0xff, 0xff, 0xff, 0x5f] },
])("$name is refused", ({ bytes }) => {
  expect(() => new FrameReader().take(Buffer.from(bytes))).toThrow(/not MQTT/);
});

test("bytes that are anything never hang and throw only what a client may throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        for (const frame of new FrameReader().take(Buffer.from(bytes)))
          if (frame.type === packet.publish) publication(frame);
      } catch (error) {
        expect(error).toMatchObject({ code: "CLIENT_DISCONNECTED" });
      }
    }),
  );
});
