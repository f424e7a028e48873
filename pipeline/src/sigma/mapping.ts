import { type EventDefinition, type EventName, eventNames, eventTypes } from "@picket/schema";
import type { Condition, Leaf } from "../conditions/condition.js";
import { EXTRA, WORD } from "../conditions/fields.js";
import { textTest } from "../conditions/patterns.js";
import { ALWAYS, NEVER, simplify } from "../conditions/simplify.js";
import type { LogSource } from "./read-rule.js";

/** What a field of a rule is here: a field of our events, with its values renamed, or always the same text. */
export type FieldMeaning =
  | string
  | { readonly field: string; readonly values: Readonly<Record<string, string>> }
  | { readonly constant: string };

/** Where events of a log source are here, and what their fields are called. */
export interface Mapping {
  readonly event: EventName | "Operation";
  readonly fields: Readonly<Record<string, FieldMeaning>>;
}

/** The fields of an event by their own names. */
function ownFields(event: EventName): Mapping["fields"] {
  const { fields }: EventDefinition = eventTypes[event];
  return Object.fromEntries(Object.keys(fields).map((field) => [field, field]));
}

const process: Mapping = {
  event: "ProcessCreate",
  fields: {
    ...ownFields("ProcessCreate"),
    Image: "Executable",
    CommandLine: "CommandLine",
    ParentImage: `${EXTRA}ParentExecutable`,
    ParentCommandLine: `${EXTRA}ParentCommandLine`,
    CurrentDirectory: `${EXTRA}CurrentDirectory`,
    User: "UserName",
    UserId: "UserId",
    ProcessId: "ProcessId",
    ParentProcessId: "ParentProcessId",
    UtcTime: "event.TimeStamp",
    Computer: "event.DeviceId",
  },
};

const network: Mapping = {
  event: "ConnectionCreate",
  fields: {
    ...ownFields("ConnectionCreate"),
    Image: "Executable",
    CommandLine: "CommandLine",
    DestinationIp: "RemoteAddress",
    DestinationPort: "RemotePort",
    SourceIp: "LocalAddress",
    SourcePort: "LocalPort",
    Protocol: "Protocol",
    ProcessId: "ProcessId",
    User: "UserId",
    Initiated: { field: "Direction", values: { true: "Out", false: "In" } },
    UtcTime: "event.TimeStamp",
    Computer: "event.DeviceId",
  },
};

const files: Mapping = {
  event: "FileChange",
  fields: {
    ...ownFields("FileChange"),
    TargetFilename: "Path",
    Image: "Executable",
    User: "UserId",
    UtcTime: "event.TimeStamp",
    Computer: "event.DeviceId",
  },
};

const names: Mapping = {
  event: "DnsQuery",
  fields: {
    ...ownFields("DnsQuery"),
    query: "QueryName",
    record_type: "QueryType",
    answer: "Answers",
    QueryResults: "Answers",
    Image: "Executable",
    UtcTime: "event.TimeStamp",
    Computer: "event.DeviceId",
  },
};

const categories: Readonly<Record<string, Mapping>> = {
  process_creation: process,
  network_connection: network,
  file_event: files,
  file_change: files,
  dns_query: names,
  dns: names,
};

/** Audit rules look at the words of a program's start; other record types have no event here. */
const audit: Mapping = {
  event: "ProcessCreate",
  fields: {
    type: { constant: "EXECVE" },
    exe: "Executable",
    name: "Executable",
    ...Object.fromEntries(Array.from({ length: 10 }, (_, place) => [`a${place}`, `${WORD}${place}`])),
  },
};

const operation: Mapping = {
  event: "Operation",
  fields: Object.fromEntries(
    [
      "operationName",
      "category",
      "level",
      "resultType",
      "cause",
      "protocol",
      "authType",
      "ipAddress",
      "statusCode",
    ].map((name) => [name, name]),
  ),
};

/** Our own events by their names: product `picket`, the event as category or service. */
function ownEvent(name: string): Mapping | undefined {
  if (name === "operation") return operation;
  const event = eventNames.find((each) => each.toLowerCase() === name);
  return event && { event, fields: ownFields(event) };
}

/** Why a log source has no events here. */
export interface Unmapped {
  readonly why: string;
}

/** Finds where the events of a log source are. */
export function mappingOf({ product, category, service }: LogSource): Mapping | Unmapped {
  if (product === "picket")
    return ownEvent(category || service) ?? { why: `There is no event ${category || service}.` };
  if (product !== "" && product !== "linux")
    return { why: `No device here sends events of the product ${product}.` };
  const found = categories[category];
  if (found) return found;
  if (category === "" && service === "auditd") return audit;
  const what = category || service || "log lines";
  return { why: `None of the events that devices send carries ${what.replaceAll("_", " ")}.` };
}

/** A condition in our fields. What no event carries can never hold; those fields are named. */
export function mapCondition(
  condition: Condition,
  fields: Mapping["fields"],
): { condition: Condition; missing: string[] } {
  const missing = new Set<string>();
  const meaningOf = (name: string): FieldMeaning | undefined => {
    if (Object.hasOwn(fields, name)) return fields[name];
    if (name.startsWith(EXTRA) || name.startsWith("event.")) return name;
    missing.add(name);
    return undefined;
  };
  const mapped = (given: Condition): Condition => {
    if (given.kind === "all" || given.kind === "any") return { kind: given.kind, of: given.of.map(mapped) };
    if (given.kind === "not") return { kind: "not", of: mapped(given.of) };
    if (given.kind === "never" || given.kind === "anywhere") return given;
    return mapLeaf(given, meaningOf);
  };
  return { condition: simplify(mapped(condition)), missing: [...missing] };
}

function mapLeaf(
  leaf: Exclude<Leaf, { kind: "anywhere" }>,
  meaningOf: (name: string) => FieldMeaning | undefined,
): Condition {
  const meaning = meaningOf(leaf.field);
  if (meaning === undefined) return leaf.kind === "empty" ? ALWAYS : NEVER;
  if (typeof meaning === "object" && "constant" in meaning) return constantLeaf(leaf, meaning.constant);
  if (leaf.kind === "sameAs") {
    const other = meaningOf(leaf.other);
    return typeof meaning === "string" && typeof other === "string"
      ? { ...leaf, field: meaning, other }
      : NEVER;
  }
  if (typeof meaning === "string") return { ...leaf, field: meaning };
  if (leaf.kind !== "text") return { ...leaf, field: meaning.field };
  const value = meaning.values[String(leaf.pattern[0]).toLowerCase()];
  return value === undefined ? NEVER : { ...leaf, field: meaning.field, pattern: [value] };
}

function constantLeaf(leaf: Leaf, constant: string): Condition {
  if (leaf.kind === "empty") return NEVER;
  if (leaf.kind !== "text") return NEVER;
  const text = leaf.cased ? constant : constant.toLowerCase();
  return textTest(leaf.pattern, leaf.cased)(text) ? ALWAYS : NEVER;
}
