import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameReader } from "../mqtt/frames.js";
import { packetBytes, parsePacket } from "../mqtt/packets.js";
import { MqttVisit, visitorOf } from "./mqtt-visit.js";
import type { Comer, Provisioning, ProvisioningAnswer } from "./provisioning.js";

const comer: Comer = {
  idScope: "0ne1",
  registrationId: "press-1",
  credential: { token: "t" },
  protocol: "Mqtt",
  ipAddress: "",
  sdkVersion: "",
};

/** A visit whose requests are answered by `answer`, with what it wrote and complained about. */
function visit(answer: () => ProvisioningAnswer) {
  const wrote: Buffer[] = [];
  const complaints: string[] = [];
  const asked: unknown[] = [];
  const provisioning: Pick<Provisioning, "register" | "operation"> = {
    register: async (_, payload) => {
      asked.push(payload);
      return answer();
    },
    operation: (_, id) => {
      asked.push(id);
      return answer();
    },
  };
  const host = {
    write: (bytes: Buffer) => void wrote.push(bytes),
    violated: (what: string): false => {
      complaints.push(what);
      return false;
    },
    farewell: () => {},
  };
  const made = new MqttVisit(provisioning as Provisioning, host, comer);
  const reader = new FrameReader({
    frame: (type, flags, frame, body) => made.frame(type, flags, frame, body),
    broken: () => {},
  });
  const published = () =>
    wrote.map((bytes) => parsePacket(bytes)).flatMap((packet) => (packet?.cmd === "publish" ? [packet] : []));
  return { reader, wrote, complaints, asked, published };
}

const publish = (topic: string, payload: string): Buffer =>
  packetBytes({ cmd: "publish", topic, payload, qos: 1, messageId: 7, dup: false, retain: false });
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a registration is acknowledged and answered on its own topic with when to ask again", async () => {
  const { reader, published, asked } = visit(() => ({
    status: 202,
    retryAfter: 3,
    body: { operationId: "4" },
  }));
  reader.read(
    publish(
      "$dps/registrations/PUT/iotdps-register/?$rid=a1",
      '{"registrationId":"press-1","payload":{"m":1}}',
    ),
  );
  await settled();
  expect(asked).toEqual([{ m: 1 }]);
  expect(published()).toMatchObject([{ topic: "$dps/registrations/res/202/?$rid=a1&retry-after=3" }]);
});

test("a question for an operation is answered; an error becomes the service's own body", async () => {
  const { reader, published } = visit(() => {
    throw new Error("the disk is full");
  });
  reader.read(publish("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=b2&operationId=4.x", " "));
  await settled();
  const [answer] = published();
  expect(answer?.topic).toBe("$dps/registrations/res/503/?$rid=b2");
  expect(JSON.parse(String(answer?.payload))).toMatchObject({ errorCode: 500_000 });
  expect(String(answer?.payload)).not.toContain("disk");
});

test.each([
  ["a topic of the hub", publish("devices/press-1/messages/events/", "x"), "topic of somebody else"],
  ["17 KB", publish("$dps/registrations/PUT/iotdps-register/?$rid=1", "x".repeat(17_000)), "more than 16 KB"],
  ["QoS 2", Buffer.from([0x34, 5, 0, 1, 0x61, 0, 1]), "cannot be read"],
])("%s is a violation", (_, bytes, what) => {
  const { reader, complaints } = visit(() => ({ status: 200, body: {} }));
  reader.read(bytes);
  expect(complaints[0]).toContain(what);
});

test("a subscription to something else than the answers is not granted", () => {
  const { reader, wrote } = visit(() => ({ status: 200, body: {} }));
  const subscriptions = [
    { topic: "$dps/registrations/res/#", qos: 1 as const },
    { topic: "#", qos: 0 as const },
  ];
  reader.read(packetBytes({ cmd: "subscribe", messageId: 1, subscriptions }));
  expect(wrote[0]).toEqual(Buffer.from([0x90, 4, 0, 1, 1, 0x80]));
});

test("whatever the bytes, a visit neither throws nor answers something that is not asked for", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .tuple(fc.constantFrom(0x30, 0x32, 0x34, 0x82, 0xa2, 0xc0), fc.uint8Array({ maxLength: 60 }))
      .map(([first, rest]) => Uint8Array.from([first, rest.length, ...rest])),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 8 }), async (chunks) => {
      const { reader, published } = visit(() => ({ status: 200, body: {} }));
      for (const chunk of chunks) reader.read(Buffer.from(chunk));
      await settled();
      expect(published()).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test.each([
  [
    "0ne1/registrations/press-1/api-version=2019-03-31&ClientVersion=x",
    { idScope: "0ne1", registrationId: "press-1" },
  ],
  ["0ne1/registrations/press%3A1/api-version=2019-03-31", { idScope: "0ne1", registrationId: "press:1" }],
  ["hub.example/press-1/?api-version=2021-04-12", undefined],
  ["0ne1/registrations//api-version=1", undefined],
  [`${"x".repeat(65)}/registrations/a/api-version=1`, undefined],
  ["0ne1/registrations/%ZZ/api-version=1", { idScope: "0ne1", registrationId: "%ZZ" }],
])("the user name %s", (userName, visitor) => {
  expect(visitorOf(userName)).toEqual(visitor);
});
