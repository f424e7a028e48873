import { request } from "node:https";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { systemClock } from "@picket/kit";
import fc from "fast-check";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { memoryStore, openTestHub, sasToken, type TestHub } from "../testing.js";
import { connectPlain, type PlainClient } from "./testing.js";

let house: TestHub;
let honest: PlainClient;
beforeAll(async () => {
  const more = { limits: { connectMs: 1_500 }, quotas: { deviceRates: {} } };
  house = await openTestHub(systemClock, "127.0.0.1", memoryStore(), more);
  for (const id of ["honest", "rogue"]) await house.hub.registry.create(id);
  honest = await connectPlain(house, "honest");
});
afterAll(async () => {
  await honest.client.endAsync();
  await house.hub.close();
});

/** The honest device is served all the while. */
const isServed = (): Promise<unknown> =>
  honest.client.publishAsync("devices/honest/messages/events/", "x", { qos: 1 });

const open = (port = house.mqttPort): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, ca: house.ca, servername: "localhost" };
    const socket = tlsConnect(options, () => resolve(socket));
    socket.on("error", reject);
  });
const closed = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });

function rogue(more: object = {}): Buffer {
  const [key] = house.hub.registry.keys(house.hub.registry.get("rogue"));
  const password = Buffer.from(sasToken("localhost/devices/rogue", key));
  const username = "localhost/rogue/?api-version=2021-04-12";
  return generate({
    cmd: "connect",
    clientId: "rogue",
    username,
    password,
    clean: true,
    keepalive: 60,
    ...more,
  });
}

test.each([
  { name: "bytes that are not MQTT", bytes: Buffer.from("GET / HTTP/1.1\r\n\r\n") },
  { name: "a packet that claims 256 MB", bytes: Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]) },
  { name: "a CONNECT of 100 KB", bytes: Buffer.from([0x10, 0xa0, 0x8d, 0x06]) },
  { name: "a PUBLISH before CONNECT", bytes: Buffer.from([0x30, 5, 0, 1, 0x61, 1, 1]) },
  { name: "an empty CONNECT", bytes: Buffer.from([0x10, 0]) },
  { name: "a CONNECT cut short", bytes: Buffer.from([0x10, 30, 0, 4, 0x4d, 0x51]) },
])("$name: the connection is closed and others go on", async ({ bytes }) => {
  const socket = await open();
  socket.write(bytes);
  await closed(socket);
  await isServed();
});

test.each([
  { name: "a zero byte", id: "a\0b" },
  { name: "a path that climbs", id: "../../policy" },
  { name: "another key's shape", id: "rogue|" },
  { name: "three parts", id: "rogue/a/b" },
  { name: "10,000 characters", id: "x".repeat(10_000) },
  { name: "__proto__", id: "__proto__" },
])("a client id with $name is refused like any unknown one", async ({ id }) => {
  const socket = await open();
  const answer = closed(socket);
  const username = `localhost/${id}/?api-version=2021-04-12`;
  const password = Buffer.from(sasToken(`localhost/devices/${id}`, Buffer.alloc(32, 7).toString("base64")));
  socket.write(generate({ cmd: "connect", clientId: id, username, password, clean: true }));
  expect(await answer).toSatisfy((text: string) =>
    ["", " \x02\0\x02", " \x02\0\x04", " \x02\0\x05"].includes(text),
  );
  await isServed();
});

test.each([
  { name: "a CONNECT twice", bytes: () => rogue() },
  { name: "a SUBSCRIBE without filters", bytes: () => Buffer.from([0x82, 2, 0, 1]) },
  {
    name: "a SUBSCRIBE whose filter is longer than it",
    bytes: () => Buffer.from([0x82, 6, 0, 1, 0xff, 0xff, 0x61, 0]),
  },
  { name: "a PUBACK of one byte", bytes: () => Buffer.from([0x40, 1, 7]) },
  {
    name: "a PUBLISH whose topic is longer than it",
    bytes: () => Buffer.from([0x32, 4, 0xff, 0xff, 0x61, 0]),
  },
  { name: "a PUBLISH with the id 0", bytes: () => Buffer.from([0x32, 5, 0, 1, 0x61, 0, 0]) },
  { name: "a packet of type 0", bytes: () => Buffer.from([0, 0]) },
  {
    name: "a topic of 9 KB",
    bytes: () =>
      generate({
        cmd: "publish",
        topic: `devices/rogue/messages/events/${"a".repeat(9_000)}`,
        payload: "",
        qos: 0,
        dup: false,
        retain: false,
      }),
  },
])("after a good CONNECT, $name closes the connection with a row in the log", async ({ bytes }) => {
  const socket = await open();
  const end = closed(socket);
  const before = house.told("operation").length;
  socket.write(Buffer.concat([rogue(), bytes()]));
  await end;
  await vi.waitFor(() =>
    expect(house.told("operation").slice(before)).toContainEqual(
      expect.objectContaining({ deviceId: "rogue", cause: "protocolViolation" }),
    ),
  );
  await isServed();
});

test("whatever a client sends after its CONNECT, the hub stands and serves others", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 5 }),
      async (chunks) => {
        const socket = await open();
        const end = closed(socket);
        socket.write(rogue());
        for (const chunk of chunks) socket.write(chunk);
        socket.end();
        await end;
      },
    ),
    { numRuns: 60 },
  );
  await isServed();
});

test("a thousand connects with a wrong key leave no memory behind, are all counted, and others are served", async () => {
  setFlagsFromString("--expose-gc");
  const gc: () => void = runInNewContext("gc");
  const attack = async (): Promise<void> => {
    const socket = await open();
    const answer = closed(socket);
    const password = Buffer.from(sasToken("localhost/devices/rogue", Buffer.alloc(32, 7).toString("base64")));
    socket.write(rogue({ password }));
    expect(await answer).toBe(" \x02\0\x04");
  };
  const many = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 20) await Promise.all(Array.from({ length: 20 }, attack));
  };
  const refused = (): number => house.hub.status().refusals["invalidSignature"] ?? 0;
  await many(100);
  const [before, counted] = [heap(gc), refused()];
  await many(1_000);
  await isServed();
  expect(refused() - counted).toBe(1_000);
  expect(house.hub.status().connections).toBe(1);
  expect(heap(gc) - before).toBeLessThan(8_000_000);
}, 90_000);

function heap(gc: () => void): number {
  gc();
  return process.memoryUsage().heapUsed;
}

test.each([
  {
    name: "headers of 64 KB",
    text: `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(65_536)}\r\n\r\n`,
    answer: /^HTTP\/1.1 431/,
  },
  { name: "a request that is none", text: "\x16\x03\x01 hello\r\n\r\n", answer: /^HTTP\/1.1 400/ },
  { name: "a request that never ends", text: "GET / HTTP/1.1\r\nHost: loc", answer: /^(HTTP\/1.1 408|$)/ },
  { name: "nothing at all", text: "", answer: /^(HTTP\/1.1 408|$)/ },
])("HTTPS answers $name and closes", async ({ text, answer }) => {
  const socket = await open(house.httpsPort);
  const end = closed(socket);
  if (text !== "") socket.write(text);
  expect(await end).toMatch(answer);
  await isServed();
});

test.each([
  { path: "/devices/..%2f..%2fpolicy%2fiothubowner/messages/events", status: 401 },
  { path: "/devices/a%00b/messages/events", status: 401 },
  { path: "/devices/rogue%7c/messages/events", status: 401 },
  { path: "/devices/%ff/messages/events", status: 400 },
  { path: `/devices/${"x".repeat(600)}/messages/events`, status: 414 },
])("a POST to $path is answered with $status", async ({ path, status }) => {
  const [key] = house.hub.registry.keys(house.hub.registry.get("rogue"));
  const headers = { authorization: sasToken("localhost/devices/rogue", key) };
  const options = { method: "POST", host: "localhost", port: house.httpsPort, path, ca: house.ca, headers };
  const answer = await new Promise<number>((resolve, reject) =>
    request(options, (got) => {
      got.resume();
      resolve(got.statusCode ?? 0);
    })
      .on("error", reject)
      .end("x"),
  );
  expect(answer).toBe(status);
});
