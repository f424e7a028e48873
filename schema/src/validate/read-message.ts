import { type EventDefinition, eventTypes, isEventName } from "../event-types.js";
import { MESSAGE_SCHEMA_VERSION } from "../message.js";
import { parseTimestamp } from "../timestamp.js";
import { itemChecks, type Mode } from "./fields.js";
import { kindOf, oneOf, type Violation, type ViolationCode } from "./violation.js";

/** Largest body a device may send, bytes: IoT Hub's limit. */
export const MAX_MESSAGE_BYTES = 262_144;

const MAX_EVENTS = 10_000;
const MAX_ITEMS = 20_000;
const MAX_DEPTH = 16;

/** An event that a receiver took: its good payload items, and when it happened. */
export interface ReceivedEvent {
  readonly id: string;
  /** One of the fourteen, or a name we do not know. */
  readonly name: string;
  readonly category: string;
  readonly eventType: string;
  readonly isEmpty: boolean;
  /** From TimestampUTC, milliseconds since 1970. */
  readonly at: number;
  /** As written; local time minus UTC gives the device's offset, nothing else. */
  readonly timestampLocal: string;
  readonly items: readonly Record<string, unknown>[];
}

/** A message that a receiver took. */
export interface ReceivedMessage {
  readonly agentId: string;
  readonly agentVersion: string;
  readonly events: readonly ReceivedEvent[];
}

/** What became of a message: its good part, and the reasons for what was left out. */
export interface Reading {
  /** Absent when the whole message was refused. */
  readonly message?: ReceivedMessage;
  readonly violations: readonly Violation[];
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const none: readonly Violation[] = [];

/** Reads a message as a receiver: tolerant where the original agents broke their own schema, exact about everything else. */
export function readMessage(body: Uint8Array): Reading {
  if (body.byteLength > MAX_MESSAGE_BYTES)
    return refused("SCHEMA_TOO_LARGE", "", "maxLength", tooLarge(body.byteLength));
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoder.decode(body));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return refused("SCHEMA_NOT_JSON", "", "json", `The body is not JSON in UTF-8: ${cause.slice(0, 200)}.`);
  }
  return takeMessage(parsed);
}

const tooLarge = (bytes: number): string =>
  `The body has ${bytes} bytes; at most ${MAX_MESSAGE_BYTES} are taken.`;

/** Checks a message against the published schema, as whoever sends it should; answers everything that is wrong with it. */
export function checkStrict(message: unknown): readonly Violation[] {
  const envelope = checkEnvelope(message, "strict");
  if ("violation" in envelope) return [envelope.violation];
  const violations: Violation[] = [];
  for (const [index, event] of envelope.events.entries())
    takeEvent(event, { index, mode: "strict", violations });
  return violations;
}

function takeMessage(parsed: unknown): Reading {
  const envelope = checkEnvelope(parsed, "tolerant");
  if ("violation" in envelope) return { violations: [envelope.violation] };
  const violations: Violation[] = [];
  const events: ReceivedEvent[] = [];
  for (let index = 0; index < envelope.events.length; index += 1) {
    const event = takeEvent(envelope.events[index], { index, mode: "tolerant", violations });
    if (event) events.push(event);
  }
  const { agentId, agentVersion } = envelope;
  return {
    message: { agentId, agentVersion, events },
    violations: violations.length === 0 ? none : violations,
  };
}

interface Envelope {
  readonly agentId: string;
  readonly agentVersion: string;
  readonly events: readonly unknown[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function checkEnvelope(message: unknown, mode: Mode): Envelope | { violation: Violation } {
  const refuse = (code: ViolationCode, path: string, rule: string, explanation: string) => ({
    violation: { code, scope: "message" as const, path, rule, explanation },
  });
  if (!isObject(message))
    return refuse("SCHEMA_TYPE", "", "type", `The message is ${kindOf(message)}; it must be an object.`);
  for (const field of ["AgentVersion", "AgentId", "MessageSchemaVersion", "Events"]) {
    if (message[field] === undefined)
      return refuse("SCHEMA_REQUIRED", `/${field}`, "required", `${field} is missing from the message.`);
  }
  const { AgentVersion, AgentId, MessageSchemaVersion, Events } = message;
  if (MessageSchemaVersion !== MESSAGE_SCHEMA_VERSION) {
    const explanation = `MessageSchemaVersion is ${kindOf(MessageSchemaVersion)}; the only one there is is "${MESSAGE_SCHEMA_VERSION}".`;
    return refuse("SCHEMA_VERSION", "/MessageSchemaVersion", "const", explanation);
  }
  if (typeof AgentVersion !== "string")
    return refuse(
      "SCHEMA_TYPE",
      "/AgentVersion",
      "type",
      `AgentVersion is ${kindOf(AgentVersion)}; it must be a text.`,
    );
  if (typeof AgentId !== "string" || AgentId.length !== 36) {
    return refuse(
      "SCHEMA_FORMAT",
      "/AgentId",
      "format",
      `AgentId is ${kindOf(AgentId)}; it must be a GUID of 36 characters.`,
    );
  }
  if (!Array.isArray(Events))
    return refuse("SCHEMA_TYPE", "/Events", "type", `Events is ${kindOf(Events)}; it must be an array.`);
  if (Events.length === 0 || Events.length > MAX_EVENTS) {
    return refuse(
      "SCHEMA_COUNT",
      "/Events",
      "minItems",
      `Events holds ${Events.length} events; it must hold 1 to ${MAX_EVENTS}.`,
    );
  }
  const extra = mode === "strict" && Object.keys(message).find((key) => !envelopeFields.has(key));
  if (extra)
    return refuse(
      "SCHEMA_UNKNOWN_FIELD",
      `/${extra}`,
      "additionalProperties",
      `The message has no field ${extra}.`,
    );
  return { agentId: AgentId, agentVersion: AgentVersion, events: Events };
}

const envelopeFields = new Set(["AgentVersion", "AgentId", "MessageSchemaVersion", "Events"]);
const texts = [
  "Id",
  "TimestampLocal",
  "TimestampUTC",
  "Category",
  "Name",
  "EventType",
  "PayloadSchemaVersion",
];
const eventFields = new Set([...texts, "IsEmpty", "Payload"]);
const categories = ["Periodic", "Triggered", "Aggregated"];
const kinds = ["Security", "Operational", "Diagnostic"];

interface Around {
  readonly index: number;
  readonly mode: Mode;
  readonly violations: Violation[];
}

function takeEvent(event: unknown, around: Around): ReceivedEvent | undefined {
  const found = checkEvent(event, around.mode);
  if ("code" in found) {
    const { field, ...rest } = found;
    around.violations.push({ ...rest, scope: "event", path: `/Events/${around.index}${field}` });
    return undefined;
  }
  const items = takeItems(found, around);
  if (items.length === 0 && !found.isEmpty) return undefined;
  return { ...found, items };
}

interface Finding {
  readonly code: ViolationCode;
  readonly field: string;
  readonly rule: string;
  readonly explanation: string;
}

const find = (code: ViolationCode, field: string, rule: string, explanation: string): Finding => ({
  code,
  field,
  rule,
  explanation,
});

interface Shape extends Kind {
  readonly id: string;
  readonly timestampLocal: string;
  readonly timestampUtc: string;
  readonly isEmpty: boolean;
  readonly payload: readonly unknown[];
}

function checkEvent(
  event: unknown,
  mode: Mode,
): (Omit<ReceivedEvent, "items"> & { payload: readonly unknown[] }) | Finding {
  const shape = shapeOf(event);
  if ("code" in shape) return shape;
  const at = parseTimestamp(shape.timestampUtc);
  if (at === undefined) return badTime("TimestampUTC", shape.timestampUtc);
  if (parseTimestamp(shape.timestampLocal) === undefined)
    return badTime("TimestampLocal", shape.timestampLocal);
  const wrong = checkKind(shape, mode) ?? checkPayload(shape);
  if (wrong) return wrong;
  const extra =
    mode === "strict" && isObject(event)
      ? Object.keys(event).find((key) => !eventFields.has(key))
      : undefined;
  if (extra !== undefined)
    return find(
      "SCHEMA_UNKNOWN_FIELD",
      `/${extra}`,
      "additionalProperties",
      `Events have no field ${extra}.`,
    );
  const { id, name, category, eventType, isEmpty, timestampLocal, payload } = shape;
  return { id, name, category, eventType, isEmpty, at, timestampLocal, payload };
}

const badTime = (field: string, value: string): Finding =>
  find(
    "SCHEMA_FORMAT",
    `/${field}`,
    "format",
    `${field} is ${kindOf(value)}; it must be a time such as 2024-05-14T08:20:30Z.`,
  );

/** The fields of an event with their types, whatever they say. */
function shapeOf(event: unknown): Shape | Finding {
  if (!isObject(event))
    return find("SCHEMA_TYPE", "", "type", `The event is ${kindOf(event)}; it must be an object.`);
  for (const field of texts) {
    const value = event[field];
    if (typeof value === "string") continue;
    if (value === undefined)
      return find("SCHEMA_REQUIRED", `/${field}`, "required", `${field} is missing from the event.`);
    return find("SCHEMA_TYPE", `/${field}`, "type", `${field} is ${kindOf(value)}; it must be a text.`);
  }
  const text = (field: string): string => String(event[field]);
  const { IsEmpty: isEmpty, Payload: payload } = event;
  if (text("Id").length !== 36)
    return find(
      "SCHEMA_FORMAT",
      "/Id",
      "format",
      `Id is ${kindOf(event["Id"])}; it must be a GUID of 36 characters.`,
    );
  if (text("Name").length > 64)
    return find("SCHEMA_FORMAT", "/Name", "maxLength", "Name has more than 64 characters.");
  if (typeof isEmpty !== "boolean")
    return find(
      "SCHEMA_TYPE",
      "/IsEmpty",
      "type",
      `IsEmpty is ${kindOf(isEmpty)}; it must be true or false.`,
    );
  if (!Array.isArray(payload))
    return find("SCHEMA_TYPE", "/Payload", "type", `Payload is ${kindOf(payload)}; it must be an array.`);
  return {
    id: text("Id"),
    name: text("Name"),
    category: text("Category"),
    eventType: text("EventType"),
    version: text("PayloadSchemaVersion"),
    timestampLocal: text("TimestampLocal"),
    timestampUtc: text("TimestampUTC"),
    isEmpty,
    payload,
  };
}

function checkPayload({ isEmpty, payload }: Shape): Finding | undefined {
  if (!isEmpty && payload.length === 0)
    return find("SCHEMA_COUNT", "/Payload", "minItems", "Payload is empty though IsEmpty is false.");
  if (payload.length <= MAX_ITEMS) return undefined;
  return find(
    "SCHEMA_COUNT",
    "/Payload",
    "maxItems",
    `Payload holds ${payload.length} items; at most ${MAX_ITEMS} are taken.`,
  );
}

interface Kind {
  readonly name: string;
  readonly category: string;
  readonly eventType: string;
  readonly version: string;
}

/** The name fixes category and type; names that we do not know are taken as they are. */
function checkKind({ name, category, eventType, version }: Kind, mode: Mode): Finding | undefined {
  const wrongWord = (field: string, value: string, words: readonly string[]): Finding => ({
    code: "SCHEMA_ENUM",
    field: `/${field}`,
    rule: "enum",
    explanation: `${field} of ${name} is ${kindOf(value)}; it must be ${oneOf(words)}.`,
  });
  if (!isEventName(name)) {
    if (mode === "strict") {
      const explanation = `${kindOf(name)} is no event of schema 1.0; the names are ${oneOf(Object.keys(eventTypes))}.`;
      return { code: "SCHEMA_UNKNOWN_EVENT", field: "/Name", rule: "enum", explanation };
    }
    if (!categories.includes(category)) return wrongWord("Category", category, categories);
    return kinds.includes(eventType) ? undefined : wrongWord("EventType", eventType, kinds);
  }
  const definition: EventDefinition = eventTypes[name];
  if (category !== definition.category && !(definition.aggregated && category === "Aggregated")) {
    return wrongWord(
      "Category",
      category,
      definition.aggregated ? [definition.category, "Aggregated"] : [definition.category],
    );
  }
  if (eventType !== definition.eventType) return wrongWord("EventType", eventType, [definition.eventType]);
  return version === "1.0" ? undefined : wrongWord("PayloadSchemaVersion", version, ["1.0"]);
}

function takeItems(
  event: { name: string; payload: readonly unknown[] },
  { index, mode, violations }: Around,
): Record<string, unknown>[] {
  const check = itemChecks[mode].get(event.name);
  const items: Record<string, unknown>[] = [];
  for (let place = 0; place < event.payload.length; place += 1) {
    const item = event.payload[place];
    const path = `/Events/${index}/Payload/${place}`;
    if (!isObject(item) || tooDeep(item, MAX_DEPTH)) {
      const explanation = `The payload item is ${kindOf(item)}; it must be an object at most ${MAX_DEPTH} levels deep.`;
      violations.push({ code: "SCHEMA_TYPE", scope: "item", path, rule: "type", explanation });
      continue;
    }
    const finding = check?.(item);
    if (!finding) {
      items.push(item);
      continue;
    }
    const { field, ...rest } = finding;
    violations.push({ ...rest, scope: "item", path: `${path}${field}` });
  }
  return items;
}

function tooDeep(value: object, levels: number): boolean {
  if (levels === 0) return true;
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null && tooDeep(inner, levels - 1)) return true;
  }
  return false;
}

function refused(code: ViolationCode, path: string, rule: string, explanation: string): Reading {
  return { violations: [{ code, scope: "message", path, rule, explanation }] };
}
