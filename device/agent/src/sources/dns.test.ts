import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import type { SecurityEvent } from "@picket/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messageOf } from "../errors.js";
import { Aggregation } from "../report/aggregation.js";
import { violationsIn } from "../testing.js";
import { DnsWatch } from "../watch/dns-watch.js";
import { type DnsMessage, dnsMessageOf } from "./dns-messages.js";
import { DnsSocket } from "./dns-socket.js";

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

function dns(parts: {
  name?: Buffer;
  type?: number;
  flags?: number;
  answers?: readonly Buffer[];
  id?: number;
}): Buffer {
  const { name = nameBytes("Example.com"), type = 1, flags = 0x0100, answers = [], id = 7 } = parts;
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(flags, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(answers.length, 6);
  return Buffer.concat([head, name, Buffer.from([0, type, 0, 1]), ...answers]);
}
const answer = (type: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]), data]);

function packet(payload: Buffer, from = 5_353, to = 53): Buffer {
  const ip = Buffer.alloc(28);
  ip[0] = 0x45;
  ip[9] = 17;
  ip.set([192, 0, 2, 1], 12);
  ip.set([192, 0, 2, 53], 16);
  ip.writeUInt16BE(from, 20);
  ip.writeUInt16BE(to, 22);
  return Buffer.concat([ip, payload]);
}

describe("messages about names", () => {
  test.each([
    {
      name: "a question",
      bytes: packet(dns({})),
      found: {
        name: "example.com",
        type: "A",
        isAnswer: false,
        code: "",
        server: "192.0.2.53",
        clientPort: 5_353,
      },
    },
    {
      name: "an answer, whose name points back",
      bytes: packet(
        dns({
          flags: 0x8180,
          answers: [answer(1, Buffer.from([203, 0, 113, 9])), answer(5, Buffer.from([1, 120, 0xc0, 12]))],
        }),
        53,
        5_353,
      ),
      found: {
        isAnswer: true,
        code: "NOERROR",
        answers: ["203.0.113.9", "x.example.com"],
        server: "192.0.2.1",
        client: "192.0.2.53",
      },
    },
    {
      name: "a name that is not there",
      bytes: packet(dns({ flags: 0x8183 }), 53, 5_353),
      found: { code: "NXDOMAIN" },
    },
    { name: "a type of its own number", bytes: packet(dns({ type: 99 })), found: { type: "TYPE99" } },
    {
      name: "bytes that are no letters, written as programs of DNS write them",
      bytes: packet(dns({ name: Buffer.from([3, 1, 46, 255, 0]) })),
      found: { name: "\\001\\046\\255" },
    },
    { name: "the root", bytes: packet(dns({ name: Buffer.from([0]) })), found: { name: "" } },
  ])("$name", ({ bytes, found }) => {
    expect(dnsMessageOf(bytes)).toMatchObject(found);
  });

  test.each([
    { name: "another port", bytes: packet(dns({}), 5_353, 123) },
    { name: "a name that points to itself", bytes: packet(dns({ name: Buffer.from([0xc0, 12]) })) },
    {
      name: "names that point to each other",
      bytes: packet(dns({ name: Buffer.from([0xc0, 14, 0xc0, 12]) })),
    },
    { name: "a label longer than the packet", bytes: packet(dns({ name: Buffer.from([63, 97]) })) },
    {
      name: "a name of endless length",
      bytes: packet(dns({ name: nameBytes("a".repeat(60).concat(".").repeat(9).slice(0, -1)) })),
    },
    { name: "a fragment", bytes: packet(dns({})).fill(0x1f, 6, 7) },
    { name: "nothing", bytes: Buffer.alloc(0) },
  ])("$name is none", ({ bytes }) => {
    expect(dnsMessageOf(bytes)).toBeUndefined();
  });

  test("any bytes are a message or none, never a failure nor a loop", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        dnsMessageOf(Buffer.from(bytes));
        dnsMessageOf(packet(Buffer.from(bytes)));
        dnsMessageOf(packet(dns({ flags: 0x8180, answers: [Buffer.from(bytes)] }), 53, 99));
      }),
      { numRuns: 500 },
    );
  });
});

const message = (more: Partial<DnsMessage> = {}): DnsMessage => ({
  id: 1,
  isAnswer: false,
  name: "example.com",
  type: "A",
  code: "",
  answers: [],
  client: "192.0.2.1",
  clientPort: 99,
  server: "192.0.2.53",
  ...more,
});

describe("questions and answers are joined", () => {
  function watchOf(...rounds: readonly (readonly DnsMessage[])[]) {
    const kept: SecurityEvent[] = [];
    const clock = { now: 0 };
    const left = [...rounds];
    const watch = new DnsWatch({
      source: { read: () => [...(left.shift() ?? [])], close: () => {} },
      aggregation: new Aggregation({ firstAtOnce: true, intervalMs: () => 1 }),
      isFolded: () => false,
      keep: (events) => kept.push(...events),
      now: () => clock.now,
    });
    for (const _ of rounds) {
      watch.round();
      clock.now += 1_000;
    }
    return { kept, watch, clock };
  }
  const answered = message({ isAnswer: true, code: "NOERROR", answers: ["203.0.113.9"] });

  test.each([
    { name: "one of each is one event", rounds: [[message()], [answered]], codes: ["NOERROR"] },
    {
      name: "heard twice, as on the loopback, it is one event",
      rounds: [[message(), message(), answered, answered]],
      codes: ["NOERROR"],
    },
    {
      name: "a question without an answer is told after a while",
      rounds: [[message()], [], [], [], [], []],
      codes: [""],
    },
    {
      name: "two questions are two",
      rounds: [[message(), message({ id: 2, type: "AAAA" }), answered]],
      codes: ["NOERROR"],
    },
  ])("$name", ({ rounds, codes }) => {
    const { kept } = watchOf(...rounds);
    expect(
      kept.flatMap(({ Payload }) =>
        Payload.map((item) => ("ResponseCode" in item ? item.ResponseCode : "?")),
      ),
    ).toEqual(codes);
    if (kept.length > 0) expect(violationsIn(kept)).toEqual([]);
  });

  test("a hundred thousand questions without answers take no more room than a few thousand", () => {
    const flood = Array.from({ length: 100_000 }, (_, index) =>
      message({ id: index % 65_536, name: `n${index}.example` }),
    );
    const { kept, watch } = watchOf(flood);
    expect(kept.length).toBeGreaterThan(90_000);
    watch.close();
    expect(kept).toHaveLength(100_000);
  });
});

test("a question that this test asks is heard on the running kernel", async ({ skip }) => {
  let socket: DnsSocket;
  try {
    socket = new DnsSocket();
  } catch (error) {
    return skip(messageOf(error));
  }
  const server = createSocket("udp4");
  const problem = await new Promise<string>((resolve) => {
    server.once("error", (error) => resolve(error.message));
    server.bind(53, "127.23.0.53", () => resolve(""));
  });
  if (problem !== "") {
    socket.close();
    return skip(problem);
  }
  server.on("message", (bytes, from) => {
    const reply = Buffer.concat([bytes, answer(1, Buffer.from([203, 0, 113, 9]))]);
    reply.writeUInt16BE(0x8180, 2);
    reply.writeUInt16BE(1, 6);
    reply.writeUInt16BE(0, 10);
    server.send(reply, from.port, from.address);
  });
  // Traffic that is none of this must not even reach the program.
  const other = createSocket("udp4");
  for (let count = 0; count < 50; count += 1) other.send("x", 9, "127.23.0.53");
  const resolver = new Resolver();
  resolver.setServers(["127.23.0.53"]);
  await resolver.resolve4("picket.example").catch(() => []);
  const found: DnsMessage[] = [];
  for (let tries = 0; tries < 50 && !found.some(({ isAnswer }) => isAnswer); tries += 1) {
    found.push(...socket.read());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.close();
  server.close();
  other.close();
  expect(socket.unread).toBe(0);
  expect(found).toContainEqual(
    expect.objectContaining({ isAnswer: false, name: "picket.example", type: "A", server: "127.23.0.53" }),
  );
  expect(found).toContainEqual(expect.objectContaining({ isAnswer: true, name: "picket.example" }));
});
