import type { EventName } from "../event-types.js";
import type { MessageProperties } from "../message-properties.js";
import type { Reading, ReceivedEvent } from "../validate/read-message.js";
import { Budget, FlatTable } from "./flat-table.js";

/** The property with which the micro agent of real-time systems says how its messages are laid out. */
export const MICRO_AGENT_PROPERTY = "mti";

const VERSION = "2.3-";
const LARGEST = { items: 20_000, textBytes: 1_048_576 } as const;

type Item = Record<string, unknown>;
interface Part {
  readonly name: EventName;
  readonly category: "Periodic" | "Triggered";
  readonly eventType?: "Diagnostic";
  readonly items: Item[];
}

/** True when a message's properties say that it is laid out as FlatBuffers 2.3 and not as JSON. */
export const isMicroAgentMessage = ({ application }: MessageProperties): boolean =>
  String(application[MICRO_AGENT_PROPERTY] ?? "").startsWith(VERSION);

/** Reads a message of the micro agent of real-time systems (FlatBuffers 2.3) into our events; whatever the bytes, it answers. */
export function readMicroAgent(bytes: Uint8Array): Reading {
  try {
    return { message: messageOf(FlatTable.root(bytes, new Budget(LARGEST))), violations: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      violations: [
        {
          code: "SCHEMA_NOT_FLATBUFFERS",
          scope: "message",
          path: "",
          rule: "flatbuffers",
          explanation: `The body is not a FlatBuffers message of version 2.3: ${why.slice(0, 200)}.`,
        },
      ],
    };
  }
}

function messageOf(root: FlatTable): NonNullable<Reading["message"]> {
  const version = root.u32(1);
  const events = root.tables(3);
  if (events.length === 0) throw new RangeError("it holds no events");
  return {
    agentId: root.text(0),
    agentVersion: `${version >>> 24}.${(version >>> 16) & 0xff}.${version & 0xffff}`,
    events: events.flatMap(eventsOf),
  };
}

/** One event of theirs becomes one of ours, or two where ours are apart. */
function eventsOf(table: FlatTable): ReceivedEvent[] {
  const id = table.struct(0, 16);
  if (!id) throw new RangeError("an event without an id");
  const at = table.u32(1) * 1_000;
  const payload = table.table(4);
  const parts = payload ? (readers[table.u8(3)]?.(payload) ?? []) : [];
  return parts
    .filter(({ items, category }) => items.length > 0 || category === "Periodic")
    .map(({ name, category, eventType = "Security", items }, index) => ({
      id: idText(id, index),
      name,
      category,
      eventType,
      isEmpty: items.length === 0,
      at,
      timestampLocal: new Date(at).toISOString(),
      items,
    }));
}

/** Payloads by their number in the union. */
const readers: Readonly<Record<number, (table: FlatTable) => Part[]>> = {
  1: (table) => [
    {
      name: "ConnectionCreate",
      category: "Triggered",
      items: [
        ...table.tables(0).map((each) => flow(each, 4)),
        ...table.tables(1).map((each) => flow(each, 16)),
      ],
    },
  ],
  2: (table) => [
    {
      name: "SystemInformation",
      category: "Periodic",
      items: [
        withoutEmpty({ OSName: table.text(0), OSVersion: table.text(1), OsArchitecture: table.text(2) }),
      ],
    },
  ],
  3: (table) => [
    {
      name: "ListeningPorts",
      category: "Periodic",
      items: [
        ...table.structs(0, 8).map((each) => port(each, 4)),
        ...table.structs(1, 20).map((each) => port(each, 16)),
      ],
    },
  ],
  4: () => [{ name: "Heartbeat", category: "Periodic", items: [] }],
  5: (table) => [{ name: "OSBaseline", category: "Periodic", items: table.tables(0).map(check) }],
  6: (table) => [process(table)],
  7: (table) => [
    { name: "Diagnostic", category: "Triggered", eventType: "Diagnostic", items: table.tables(0).map(line) },
  ],
};

const protocols = ["tcp", "udp", "icmp"];

/** Bytes over a connection since the last report. Who opened it is not told: a low local port means that it was accepted. */
function flow(table: FlatTable, size: 4 | 16): Item {
  const addresses = table.struct(0, size * 2);
  const common = table.table(1);
  if (!addresses || !common) throw new RangeError("a connection without its ends");
  const [localPort, remotePort] = [common.u16(0), common.u16(1)];
  return withoutEmpty({
    Executable: common.text(7),
    ProcessId: common.u16(5),
    Direction: localPort !== 0 && localPort < 1_024 && remotePort >= 1_024 ? "In" : "Out",
    Protocol: protocols[common.u8(4)] ?? "tcp",
    LocalAddress: addressText(addresses, 0, size),
    LocalPort: String(localPort),
    RemoteAddress: addressText(addresses, size, size),
    RemotePort: String(remotePort),
    UserId: String(common.u16(6)),
    CommandLine: common.text(8),
    ExtraDetails: { BytesIn: String(common.u32(2)), BytesOut: String(common.u32(3)) },
  });
}

/** A socket that waits: its address, its port and its protocol, one after the other. */
function port(view: DataView, size: 4 | 16): Item {
  const protocol = protocols[view.getUint8(size + 2)] ?? "tcp";
  return {
    Protocol: size === 16 ? `${protocol}6` : protocol,
    LocalAddress: addressText(view, 0, size),
    LocalPort: String(view.getUint16(size, true)),
    RemoteAddress: "*",
    RemotePort: "*",
  };
}

const results = ["Pass", "Fail", "Err"];
const severities = ["Critical", "Important", "Warning", "Informational"];

const check = (table: FlatTable): Item => ({
  CceId: table.text(0),
  Result: results[table.u8(1)] ?? "Err",
  Error: table.text(2),
  Description: table.text(3),
  Severity: severities[table.u8(4)] ?? "Informational",
  ...(table.has(5) ? { ExtraDetails: { Remediation: table.text(5) } } : {}),
});

const EXIT = 2;

function process(table: FlatTable): Part {
  const hits = table.u32(7, 1);
  const common = {
    Executable: table.text(0),
    ProcessId: table.u32(1),
    ...(hits > 1 ? { ExtraDetails: { HitCount: String(hits) } } : {}),
  };
  if (table.u8(6) === EXIT)
    return { name: "ProcessTerminate", category: "Triggered", items: [{ ...common, ExitStatus: 0 }] };
  const item = {
    ...common,
    ParentProcessId: table.u32(2),
    UserId: String(table.u32(3)),
    CommandLine: table.text(5),
    ...(table.has(4) ? { UserName: table.text(4) } : {}),
  };
  return { name: "ProcessCreate", category: "Triggered", items: [item] };
}

const levels = ["Information", "Fatal", "Error", "Warning", "Information", "Debug"];

const line = (table: FlatTable): Item => ({
  Severity: levels[table.u8(1)] ?? "Information",
  Message: table.text(0),
  ProcessId: 0,
  ThreadId: 0,
  CorrelationId: `${table.text(4)}:${table.u32(3)}`,
});

/** The first four or sixteen bytes of an address; four are a number, most significant byte last. */
function addressText(view: DataView, at: number, size: 4 | 16): string {
  if (size === 4) {
    const number = view.getUint32(at, true);
    return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
  }
  return Array.from({ length: 8 }, (_, index) => {
    const word = view.getUint32(at + (index >> 1) * 4, true);
    return ((index & 1) === 0 ? word >>> 16 : word & 0xffff).toString(16);
  }).join(":");
}

/** A UUID as text; the last digit tells apart what one event of theirs was taken apart into. */
function idText(view: DataView, index: number): string {
  const hex = Array.from({ length: 16 }, (_, at) => view.getUint8(at).toString(16).padStart(2, "0")).join("");
  const text = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return index === 0
    ? text
    : text.slice(0, -1) + ((Number.parseInt(text.slice(-1), 16) + index) % 16).toString(16);
}

const withoutEmpty = (item: Item): Item =>
  Object.fromEntries(Object.entries(item).filter(([name, value]) => value !== "" || name === "Executable"));
