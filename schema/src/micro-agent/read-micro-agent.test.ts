import fc from "fast-check";
import { Builder } from "flatbuffers";
import { expect, test } from "vitest";
import { isMicroAgentMessage, readMicroAgent } from "./read-micro-agent.js";

const ID = Uint8Array.from({ length: 16 }, (_, index) => index * 17);
const SECONDS = 1_700_000_000;

type Field = (builder: Builder, slot: number) => void;

/** A table of FlatBuffers with these fields. */
function table(builder: Builder, slots: number, fields: Readonly<Record<number, Field>>): number {
  builder.startObject(slots);
  for (const [slot, add] of Object.entries(fields)) add(builder, Number(slot));
  return builder.endObject();
}
const offset =
  (value: number): Field =>
  (builder, slot) =>
    builder.addFieldOffset(slot, value, 0);
const u32 =
  (value: number): Field =>
  (builder, slot) =>
    builder.addFieldInt32(slot, value, 0);
const u16 =
  (value: number): Field =>
  (builder, slot) =>
    builder.addFieldInt16(slot, value, 0);
const u8 =
  (value: number): Field =>
  (builder, slot) =>
    builder.addFieldInt8(slot, value, 0);
const struct =
  (bytes: Uint8Array, align: number): Field =>
  (builder, slot) => {
    builder.prep(align, bytes.length);
    for (let at = bytes.length - 1; at >= 0; at -= 1) builder.writeInt8(bytes[at]!);
    builder.addFieldStruct(slot, builder.offset(), 0);
  };

function tables(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4);
  for (const each of [...offsets].reverse()) builder.addOffset(each);
  return builder.endVector();
}
function structs(builder: Builder, items: readonly Uint8Array[]): number {
  const size = items[0]?.length ?? 4;
  builder.startVector(size, items.length, 4);
  for (const item of [...items].reverse())
    for (let at = item.length - 1; at >= 0; at -= 1) builder.addInt8(item[at]!);
  return builder.endVector();
}

/** A whole message of the micro agent with one event. */
function message(kind: number, payload: (builder: Builder) => number): Uint8Array {
  const builder = new Builder(1_024);
  const body = payload(builder);
  const agent = builder.createString("defender-iot-micro-agent");
  const event = table(builder, 5, {
    0: struct(ID, 1),
    1: u32(SECONDS),
    2: u32(30),
    3: u8(kind),
    4: offset(body),
  });
  const events = tables(builder, [event]);
  builder.finish(
    table(builder, 4, { 0: offset(agent), 1: u32((2 << 24) | (3 << 16) | 1), 3: offset(events) }),
  );
  return builder.asUint8Array().slice();
}

const bytesOf = (...numbers: number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  for (const [index, number] of numbers.entries()) view.setUint32(index * 4, number, true);
  return new Uint8Array(view.buffer);
};
const ip = (a: number, b: number, c: number, d: number): number =>
  ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;

const flow = (builder: Builder, ends: Uint8Array): number => {
  const [program, line] = [builder.createString("/app"), builder.createString("/app -x")];
  const common = table(builder, 9, {
    0: u16(49_152),
    1: u16(443),
    2: u32(1_000),
    3: u32(2_000),
    4: u8(0),
    5: u16(7),
    6: u16(1),
    7: offset(program),
    8: offset(line),
  });
  return table(builder, 2, { 0: struct(ends, 4), 1: offset(common) });
};

const network = message(1, (builder) => {
  const four = tables(builder, [flow(builder, bytesOf(ip(10, 0, 0, 5), ip(93, 184, 216, 34)))]);
  const six = tables(builder, [flow(builder, bytesOf(0x20010db8, 0, 0, 1, 0x20010db8, 0, 0, 2))]);
  return table(builder, 2, { 0: offset(four), 1: offset(six) });
});

test.each([
  {
    name: "traffic",
    body: network,
    event: "ConnectionCreate",
    items: [
      {
        Direction: "Out",
        Protocol: "tcp",
        LocalAddress: "10.0.0.5",
        RemoteAddress: "93.184.216.34",
        RemotePort: "443",
        ProcessId: 7,
        ExtraDetails: { BytesIn: "1000", BytesOut: "2000" },
      },
      { LocalAddress: "2001:db8:0:0:0:0:0:1", RemoteAddress: "2001:db8:0:0:0:0:0:2" },
    ],
  },
  {
    name: "the system",
    body: message(2, (builder) => {
      const [os, kernel] = [builder.createString("Azure RTOS"), builder.createString("6.1")];
      return table(builder, 3, { 0: offset(os), 1: offset(kernel) });
    }),
    event: "SystemInformation",
    items: [{ OSName: "Azure RTOS", OSVersion: "6.1" }],
  },
  {
    name: "open ports",
    body: message(3, (builder) => {
      const four = structs(builder, [Uint8Array.of(...bytesOf(ip(0, 0, 0, 0)), 80, 0, 0, 0)]);
      const six = structs(builder, [Uint8Array.of(...bytesOf(0, 0, 0, 0), 53, 0, 1, 0)]);
      return table(builder, 2, { 0: offset(four), 1: offset(six) });
    }),
    event: "ListeningPorts",
    items: [
      { Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "80" },
      { Protocol: "udp6", LocalPort: "53" },
    ],
  },
  {
    name: "a sign of life",
    body: message(4, (builder) => table(builder, 0, {})),
    event: "Heartbeat",
    items: [],
  },
  {
    name: "a check",
    body: message(5, (builder) => {
      const [id, what] = [builder.createString("CIS-1"), builder.createString("No default password")];
      const one = table(builder, 6, { 0: offset(id), 1: u8(1), 3: offset(what), 4: u8(0) });
      return table(builder, 1, { 0: offset(tables(builder, [one])) });
    }),
    event: "OSBaseline",
    items: [{ CceId: "CIS-1", Result: "Fail", Severity: "Critical", Description: "No default password" }],
  },
  {
    name: "processes that started",
    body: message(6, (builder) => {
      const [program, line] = [builder.createString("/bin/sh"), builder.createString("sh -c id")];
      return table(builder, 8, {
        0: offset(program),
        1: u32(9),
        2: u32(1),
        5: offset(line),
        6: u8(1),
        7: u32(3),
      });
    }),
    event: "ProcessCreate",
    items: [
      {
        Executable: "/bin/sh",
        ProcessId: 9,
        ParentProcessId: 1,
        CommandLine: "sh -c id",
        ExtraDetails: { HitCount: "3" },
      },
    ],
  },
  {
    name: "lines of its log",
    body: message(7, (builder) => {
      const [text, file] = [builder.createString("out of memory"), builder.createString("core.c")];
      const one = table(builder, 5, { 0: offset(text), 1: u8(2), 3: u32(42), 4: offset(file) });
      return table(builder, 1, { 0: offset(tables(builder, [one])) });
    }),
    event: "Diagnostic",
    items: [{ Severity: "Error", Message: "out of memory", CorrelationId: "core.c:42" }],
  },
])("$name becomes $event", ({ body, event, items }) => {
  const { message: read, violations } = readMicroAgent(body);
  expect(violations).toEqual([]);
  expect(read).toMatchObject({
    agentId: "defender-iot-micro-agent",
    agentVersion: "2.3.1",
    events: [{ id: "00112233-4455-6677-8899-aabbccddeeff", name: event, at: SECONDS * 1_000, items }],
  });
});

test("whatever the bytes, reading a FlatBuffers message answers", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const { message: read, violations } = readMicroAgent(bytes);
      expect(read === undefined).toBe(violations.length > 0);
    }),
    { numRuns: 2_000 },
  );
});

test("a good message with any bytes changed is read or refused, in bounds and soon", () => {
  const change = fc.tuple(fc.nat(network.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(network.length), (changes, cut) => {
      const bytes = network.slice(0, cut < 10 ? cut : undefined);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const { message: read, violations } = readMicroAgent(bytes);
      expect(read === undefined).toBe(violations.length > 0);
    }),
    { numRuns: 3_000 },
  );
});

test.each([
  { mti: "2.3-1-0-0", is: true },
  { mti: "3.0-1-0-0", is: false },
  { mti: undefined, is: false },
])("the property mti $mti marks it: $is", ({ mti, is }) => {
  expect(isMicroAgentMessage({ system: {}, application: mti === undefined ? {} : { mti } })).toBe(is);
});
