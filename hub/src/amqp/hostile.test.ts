import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { connect as tlsConnect } from "node:tls";
import { handClock } from "@picket/kit";
import fc from "fast-check";
import rhea, { type Connection, type EventContext, type Sender } from "rhea";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openTestHub, type TestHub } from "../testing.js";
import { BATCH } from "./messages.js";

const require = createRequire(import.meta.url);
const { Client, Message } = require("azure-iot-device");
const { Amqp } = require("azure-iot-device-amqp");

let house: TestHub;
const connections: Connection[] = [];
beforeAll(async () => {
  house = await openTestHub();
});
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
});
afterAll(() => house.hub.close());

const register = async (deviceId: string): Promise<string> => {
  const identity = await house.hub.registry.create(deviceId);
  return house.hub.registry.keys(identity)[0];
};

function token(resource: string, key: string, seconds = 600): string {
  const sr = encodeURIComponent(resource);
  const se = Math.floor(Date.now() / 1000) + seconds;
  const sig = createHmac("sha256", Buffer.from(key, "base64")).update(`${sr}\n${se}`).digest("base64");
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}`;
}

const connected = (
  options: { username?: string; password?: string } = { username: "anyone" },
): Promise<Connection> =>
  new Promise((resolve, reject) => {
    const container = rhea.create_container();
    const connection = container.connect({
      host: "localhost",
      port: house.amqpPort,
      transport: "tls",
      ca: house.ca,
      reconnect: false,
      ...options,
    });
    connections.push(connection);
    for (const event of ["disconnected", "connection_error", "error"])
      connection.on(event, (context: EventContext) => reject(new Error(event, { cause: context?.error })));
    for (const event of ["sender_error", "receiver_error", "session_error", "settled"])
      connection.on(event, () => {});
    connection.on("connection_open", () => resolve(connection));
  });

const put = (connection: Connection, audience: string, text: string): Promise<number> =>
  new Promise((resolve) => {
    const receiver = connection.open_receiver({ source: "$cbs" });
    const sender = connection.open_sender({ target: "$cbs" });
    receiver.on("message", ({ message }: EventContext) =>
      resolve(Number(message?.application_properties?.["status-code"])),
    );
    sender.once("sendable", () =>
      sender.send({
        body: text,
        message_id: "1",
        reply_to: "cbs",
        application_properties: {
          operation: "put-token",
          type: "servicebus.windows.net:sastoken",
          name: encodeURIComponent(audience),
        },
      }),
    );
  });

const sendable = (connection: Connection, address: string): Promise<Sender> =>
  new Promise((resolve, reject) => {
    const sender = connection.open_sender({ target: address });
    sender.once("sendable", () => resolve(sender));
    sender.once("sender_error", () =>
      reject(new Error(String((sender.error as { condition?: string }).condition))),
    );
  });

const outcome = (sender: Sender, body: Buffer, format?: number): Promise<string> =>
  new Promise((resolve) => {
    for (const event of ["accepted", "rejected", "released", "sender_error"])
      sender.once(event, ({ delivery }: EventContext) => {
        const rejected: { error?: { condition?: string } } = delivery?.remote_state ?? {};
        const closed: { condition?: string } = (sender.error ?? {}) as { condition?: string };
        resolve(rejected.error?.condition ?? closed.condition ?? event);
      });
    if (format === undefined) sender.send({ body: rhea.message.data_section(body) });
    else sender.send(body, undefined, format);
  });

test.each([
  { name: "a wrong key", deviceId: "mix-1", cause: "invalidSignature" },
  { name: "an unknown device", deviceId: "nobody", cause: "unknownDevice" },
])("$name is refused as the original does and logged with cause and address", async ({ deviceId, cause }) => {
  if (deviceId !== "nobody") await register(deviceId);
  const client = Client.fromConnectionString(
    `HostName=localhost:${house.amqpPort};DeviceId=${deviceId};SharedAccessKey=${Buffer.alloc(32, 1).toString("base64")}`,
    Amqp,
  );
  await client.setOptions({ ca: house.ca });
  const error = await client.open().catch((reason: Error) => reason);
  expect(error.name).toBe("UnauthorizedError");
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({
      operationName: "deviceConnect",
      deviceId,
      cause,
      ipAddress: "127.0.0.1",
      protocol: "Amqp",
    }),
  );
});

test("one connection speaks for the devices it put tokens for, and for no other", async () => {
  const [first, second] = [await register("mix-2"), await register("mix-3")];
  await register("mix-4");
  const connection = await connected();
  for (const [id, key] of [
    ["mix-2", first],
    ["mix-3", second],
  ] as const)
    expect(await put(connection, `localhost/devices/${id}`, token(`localhost/devices/${id}`, key))).toBe(200);
  for (const id of ["mix-2", "mix-3"])
    expect(await outcome(await sendable(connection, `/devices/${id}/messages/events`), Buffer.from(id))).toBe(
      "accepted",
    );
  await expect(sendable(connection, "/devices/mix-4/messages/events")).rejects.toThrow(
    "amqp:unauthorized-access",
  );
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({ operationName: "attach", deviceId: "mix-4", cause: "forbidden" }),
  );
});

test("the old way of a name and a token in SASL PLAIN works", async () => {
  const key = await register("mix-5");
  const connection = await connected({
    username: "mix-5@sas.localhost",
    password: token("localhost/devices/mix-5", key),
  });
  const sender = await sendable(connection, `amqps://localhost/devices/mix-5/messages/events`);
  expect(await outcome(sender, Buffer.from("1"))).toBe("accepted");
  await expect(connected({ username: "mix-5@sas.localhost", password: "wrong" })).rejects.toThrow();
});

test("a batch is accepted when all its messages are on disk, and a broken one is rejected", async () => {
  const key = await register("mix-6");
  const connection = await connected();
  await put(connection, "localhost/devices/mix-6", token("localhost/devices/mix-6", key));
  const sender = await sendable(connection, "/devices/mix-6/messages/events");
  const parts = ["a", "b", "c"].map((text) =>
    rhea.message.encode({ body: rhea.message.data_section(Buffer.from(text)) }),
  );
  const batch = rhea.message.encode({ body: rhea.message.data_sections(parts) });
  expect(await outcome(sender, batch, BATCH)).toBe("accepted");
  expect(
    house.records
      .filter(({ kind, deviceId }) => kind === 7 && deviceId === "mix-6")
      .map(({ body }) => Buffer.from(body).toString()),
  ).toEqual(["a", "b", "c"]);
  expect(await outcome(sender, Buffer.from("nonsense"), 7)).toBe("amqp:decode-error");
});

test("a token that is renewed lets its device go on, one that is not ends its links", async () => {
  const clock = handClock(Date.now());
  const other = await openTestHub(clock);
  const before = house;
  house = other;
  try {
    const keys = [await register("mix-11"), await register("mix-12")];
    const connection = await connected();
    const allowed = async (index: number, seconds: number): Promise<Sender> => {
      const id = `mix-${11 + index}`;
      expect(
        await put(
          connection,
          `localhost/devices/${id}`,
          token(`localhost/devices/${id}`, keys[index]!, seconds),
        ),
      ).toBe(200);
      return sendable(connection, `/devices/${id}/messages/events`);
    };
    const [renewed, forgotten] = [await allowed(0, 600), await allowed(1, 600)];
    const ended = new Promise<string>((resolve) =>
      forgotten.once("sender_error", () =>
        resolve(String((forgotten.error as { condition?: string }).condition)),
      ),
    );
    await put(connection, "localhost/devices/mix-11", token("localhost/devices/mix-11", keys[0]!, 6_000));
    clock.move(700_000);
    expect(await ended).toBe("amqp:unauthorized-access");
    expect(await outcome(renewed, Buffer.from("still here"))).toBe("accepted");
    expect(house.told("operation")).toContainEqual(
      expect.objectContaining({
        operationName: "deviceDisconnect",
        deviceId: "mix-12",
        cause: "expiredToken",
      }),
    );
  } finally {
    house = before;
    await other.hub.close();
  }
});

test("a message that is too large closes its link and nothing else", async () => {
  const key = await register("mix-7");
  const connection = await connected();
  await put(connection, "localhost/devices/mix-7", token("localhost/devices/mix-7", key));
  for (const bytes of [270_000, 3_000_000]) {
    const sender = await sendable(connection, "/devices/mix-7/messages/events");
    expect(await outcome(sender, Buffer.alloc(bytes))).toBe("amqp:link:message-size-exceeded");
  }
  const again = await sendable(connection, "/devices/mix-7/messages/events");
  expect(await outcome(again, Buffer.from("small"))).toBe("accepted");
});

test("a second connection of a device takes the first one's place", async () => {
  const key = await register("mix-8");
  const first = await connected();
  await put(first, "localhost/devices/mix-8", token("localhost/devices/mix-8", key));
  const ended = new Promise((resolve) => first.on("connection_close", resolve));
  await put(await connected(), "localhost/devices/mix-8", token("localhost/devices/mix-8", key));
  await ended;
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({ operationName: "deviceDisconnect", deviceId: "mix-8", cause: "takenOver" }),
  );
});

test("while the stream is full nothing is accepted and credit runs out", async () => {
  const key = await register("mix-9");
  const connection = await connected();
  await put(connection, "localhost/devices/mix-9", token("localhost/devices/mix-9", key));
  const sender = await sendable(connection, "/devices/mix-9/messages/events");
  let accepted = 0;
  sender.on("accepted", () => {
    accepted += 1;
  });
  house.outlet.isFull = true;
  while (sender.sendable()) {
    sender.send({ body: rhea.message.data_section(Buffer.from("x")) });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const credit = (sender as Sender & { credit: number }).credit;
  expect([accepted, credit]).toEqual([0, 0]);
  house.outlet.isFull = false;
  await vi.waitFor(() => expect(accepted).toBeGreaterThan(50), 5_000);
});

const header = Buffer.from([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0]);
const amqp = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0]);

/** Sends bytes as they are and waits until the hub has closed the connection or a moment has gone. */
const thrown = (bytes: Buffer): Promise<void> =>
  new Promise((resolve) => {
    const socket = tlsConnect({
      port: house.amqpPort,
      host: "127.0.0.1",
      ca: house.ca,
      servername: "localhost",
    });
    const timer = setTimeout(() => socket.destroy(), 500);
    socket.on("secureConnect", () => socket.write(bytes));
    socket.on("error", () => {});
    socket.on("data", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });

const framed = (body: Buffer): Buffer => {
  const head = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]);
  head.writeUInt32BE(body.length + 8, 0);
  return Buffer.concat([head, body]);
};
const open = framed(Buffer.from("005310c00401a10178", "hex"));
const begin = framed(Buffer.from("005311c009044043524043", "hex"));

test.each([
  {
    name: "an array of four thousand million nothings",
    bytes: framed(Buffer.from("005310f00000000affffffff40", "hex")),
  },
  { name: "a list of thirty million items", bytes: framed(Buffer.from("005310d0000000080200000040", "hex")) },
  { name: "descriptors without end", bytes: framed(Buffer.alloc(60_000)) },
  {
    name: "a disposition of four thousand million deliveries",
    bytes: Buffer.concat([open, begin, framed(Buffer.from("005315c00e0541437000000000700000ffff41", "hex"))]),
  },
  {
    name: "a thousand and one sessions",
    bytes: Buffer.concat([open, ...Array.from({ length: 1_100 }, () => begin)]),
  },
  { name: "bytes that are not AMQP", bytes: Buffer.from("GET / HTTP/1.1\r\n\r\n") },
])("$name: others are served on", async ({ bytes }) => {
  const before = performance.now();
  await thrown(Buffer.concat([amqp, bytes]));
  const key = await register(`good-${Math.random()}`);
  expect(key).not.toBe("");
  await connected();
  expect(performance.now() - before).toBeLessThan(15_000);
});

test("whatever the bytes, the door stands", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(header, amqp),
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 80 }), { maxLength: 5 }),
      async (start, bodies) => {
        await thrown(
          Buffer.concat([
            start,
            open,
            begin,
            ...bodies.map((body) => framed(Buffer.from(body))),
            Buffer.from([0, 0, 0, 1]),
          ]),
        );
      },
    ),
    { numRuns: 40 },
  );
  const client = Client.fromConnectionString(
    `HostName=localhost:${house.amqpPort};DeviceId=mix-10;SharedAccessKey=${await register("mix-10")}`,
    Amqp,
  );
  await client.setOptions({ ca: house.ca });
  await client.open();
  await client.sendEvent(new Message("alive"));
  await client.close();
});
