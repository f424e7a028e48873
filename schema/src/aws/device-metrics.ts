import { decode } from "cborg";
import type { EventType } from "../event-types.js";
import { MESSAGE_SCHEMA_VERSION } from "../message.js";

/** How a device wrote its metrics. */
export type MetricsFormat = "json" | "cbor";

/** What became of a report: its number and the message made of it, or what is wrong with it. */
export type MetricsReading =
  | { readonly reportId: number; readonly message: object }
  | { readonly reportId?: number; readonly problem: string };

/** The sender of messages that were made of metrics. */
const AGENT_ID = "00000000-0000-4000-8000-000000a35def";
const LARGEST = 131_072;
const MOST = 5_000;
const DEPTH = 16;

type Plain = Readonly<Record<string, unknown>>;
interface Part {
  readonly Name: string;
  readonly Category: "Periodic" | "Triggered";
  readonly Payload: readonly Plain[];
}

/** A report that cannot be taken, in a sentence for its sender. */
class Unreadable extends Error {}

/**
 * Reads a report of device metrics as agents of AWS IoT Device Defender send it, with long or short names, and makes a
 * security message of it: open ports, connections, traffic and custom metrics. The same report gets the same ids, so that one
 * that is sent again is known.
 */
export function readDeviceMetrics(bytes: Uint8Array, format: MetricsFormat, now: number): MetricsReading {
  let reportId: number | undefined;
  try {
    const report = parsed(bytes, format);
    const header = object(pick(report, "header", "hed"), "header");
    reportId = whole(pick(header, "report_id", "rid"), "header.report_id");
    const version = pick(header, "version", "v");
    if (version !== "1.0" && version !== 1) throw new Unreadable("header.version must be 1.0");
    const metrics = optionalObject(pick(report, "metrics", "met"), "metrics");
    const custom = optionalObject(pick(report, "custom_metrics", "cmet"), "custom_metrics");
    if (!metrics && !custom) throw new Unreadable("it has neither metrics nor custom_metrics");
    const parts = [...(metrics ? metricParts(metrics) : []), ...(custom ? customParts(custom) : [])];
    if (parts.length === 0) throw new Unreadable("it has no metric that is known");
    return { reportId, message: messageOf(parts, reportId, now) };
  } catch (error) {
    const problem =
      error instanceof Unreadable
        ? error.message
        : `it is no ${format.toUpperCase()}: ${String(error).slice(0, 160)}`;
    return reportId === undefined ? { problem } : { reportId, problem };
  }
}

function parsed(bytes: Uint8Array, format: MetricsFormat): Plain {
  if (bytes.byteLength > LARGEST)
    throw new Unreadable(`it has ${bytes.byteLength} bytes, at most ${LARGEST} are taken`);
  const value: unknown =
    format === "json"
      ? JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
      : decode(bytes, { allowBigInt: false, rejectDuplicateMapKeys: true });
  if (isTooDeep(value, DEPTH)) throw new Unreadable(`it is more than ${DEPTH} levels deep`);
  return object(value, "the report");
}

function metricParts(metrics: Plain): Part[] {
  const tcp = ports(pick(metrics, "listening_tcp_ports", "tp"), "tcp");
  const udp = ports(pick(metrics, "listening_udp_ports", "up"), "udp");
  const stats = optionalObject(pick(metrics, "network_stats", "ns"), "metrics.network_stats");
  const tcpConnections = optionalObject(pick(metrics, "tcp_connections", "tc"), "metrics.tcp_connections");
  const established = optionalObject(
    tcpConnections && pick(tcpConnections, "established_connections", "ec"),
    "metrics.tcp_connections.established_connections",
  );
  const listening = new Set((tcp ?? []).map(({ LocalPort }) => LocalPort));
  const connections = established ? connectionsOf(established, listening) : [];
  return [
    ...(tcp || udp
      ? [{ Name: "ListeningPorts", Category: "Periodic" as const, Payload: [...(tcp ?? []), ...(udp ?? [])] }]
      : []),
    ...(connections.length > 0
      ? [{ Name: "ConnectionCreate", Category: "Triggered" as const, Payload: connections }]
      : []),
    ...(stats
      ? [{ Name: "NetworkStatistics", Category: "Periodic" as const, Payload: [statistics(stats)] }]
      : []),
  ];
}

function ports(value: unknown, protocol: "tcp" | "udp"): Plain[] | undefined {
  const place = `metrics.listening_${protocol}_ports`;
  const metric = optionalObject(value, place);
  if (!metric) return undefined;
  return list(pick(metric, "ports", "pts"), `${place}.ports`).map((each) => {
    const port = object(each, `${place}.ports`);
    const name = pick(port, "interface", "if");
    return {
      Protocol: protocol,
      LocalPort: String(whole(pick(port, "port", "pt"), `${place}.ports.port`, 65_535)),
      RemoteAddress: "*",
      RemotePort: "*",
      ...(typeof name === "string" ? { ExtraDetails: { Interface: name.slice(0, 64) } } : {}),
    };
  });
}

/** Who opened a connection is not told: on a port that listens it was accepted. */
function connectionsOf(established: Plain, listening: ReadonlySet<unknown>): Plain[] {
  const place = "metrics.tcp_connections.established_connections.connections";
  return list(pick(established, "connections", "cs"), place).map((each) => {
    const connection = object(each, place);
    const local = pick(connection, "local_port", "lp");
    const localPort = local === undefined ? "" : String(whole(local, `${place}.local_port`, 65_535));
    const remote = pick(connection, "remote_addr", "rad");
    if (typeof remote !== "string")
      throw new Unreadable(`${place}.remote_addr must be a text such as 10.0.0.1:443`);
    const [, address = "", port = ""] = /^\[?([0-9A-Fa-f.:]{2,45}?)\]?:(\d{1,5})$/.exec(remote) ?? [];
    if (address === "")
      throw new Unreadable(`${place}.remote_addr must be an address and a port, such as 10.0.0.1:443`);
    const name = pick(connection, "local_interface", "li");
    return {
      Executable: "",
      ProcessId: 0,
      Direction: listening.has(localPort) ? "In" : "Out",
      Protocol: "tcp",
      RemoteAddress: address,
      RemotePort: port,
      ...(localPort === "" ? {} : { LocalPort: localPort }),
      ...(typeof name === "string" ? { ExtraDetails: { Interface: name.slice(0, 64) } } : {}),
    };
  });
}

function statistics(stats: Plain): Plain {
  const names = [
    ["BytesIn", "bytes_in", "bi"],
    ["BytesOut", "bytes_out", "bo"],
    ["PacketsIn", "packets_in", "pi"],
    ["PacketsOut", "packets_out", "po"],
  ] as const;
  const found = names.flatMap(([ours, long, short]): [string, number][] => {
    const value = pick(stats, long, short);
    return value === undefined ? [] : [[ours, whole(value, `metrics.network_stats.${long}`)]];
  });
  return Object.fromEntries(found);
}

/** `{"rpm": [{"number": 7}]}`: the values of one metric, as numbers, texts or lists. */
function customParts(custom: Plain): Part[] {
  const items = Object.entries(custom).map(([name, value]): Plain => {
    const [first] = list(value, `custom_metrics.${name}`);
    return { MetricName: name.slice(0, 128), Value: JSON.stringify(first).slice(0, 4_096) };
  });
  return items.length === 0
    ? []
    : [{ Name: "CustomMetrics", Category: "Periodic", Payload: items.slice(0, MOST) }];
}

function messageOf(parts: readonly Part[], reportId: number, now: number): object {
  const time = new Date(now).toISOString();
  const eventType: EventType = "Security";
  return {
    AgentVersion: "aws-device-metrics-1.0",
    AgentId: AGENT_ID,
    MessageSchemaVersion: MESSAGE_SCHEMA_VERSION,
    Events: parts.map(({ Name, Category, Payload }, index) => ({
      EventType: eventType,
      Category,
      Name,
      IsEmpty: Payload.length === 0,
      PayloadSchemaVersion: "1.0",
      Id: idOf(reportId, index),
      TimestampLocal: time,
      TimestampUTC: time,
      Payload,
    })),
  };
}

function idOf(reportId: number, index: number): string {
  const digits = reportId.toString(16).padStart(14, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 14)}0-8000-${index.toString(16).padStart(12, "0")}`;
}

const pick = (from: Plain, long: string, short: string): unknown => from[long] ?? from[short];

function object(value: unknown, place: string): Plain {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new Unreadable(`${place} must be an object`);
}

const optionalObject = (value: unknown, place: string): Plain | undefined =>
  value === undefined || value === null ? undefined : object(value, place);

function list(value: unknown, place: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Unreadable(`${place} must be a list`);
  if (value.length > MOST)
    throw new Unreadable(`${place} has ${value.length} items, at most ${MOST} are taken`);
  return value;
}

function whole(value: unknown, place: string, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new Unreadable(
    `${place} must be a whole number${most < Number.MAX_SAFE_INTEGER ? ` up to ${most}` : ""}`,
  );
}

function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}
