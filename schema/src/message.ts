import type { Category, EventName, EventType, Payload } from "./event-types.js";

/** The only message schema version there is. */
export const MESSAGE_SCHEMA_VERSION = "1.0";

/** The module identity that agents of the original speak through. */
export const SECURITY_MODULE = "azureiotsecurity";

/** What a device sends: an envelope around one or more events. */
export interface SecurityMessage {
  readonly AgentVersion: string;
  /** GUID text, 36 characters, stable over restarts, unrelated to the device id. */
  readonly AgentId: string;
  readonly MessageSchemaVersion: typeof MESSAGE_SCHEMA_VERSION;
  readonly Events: readonly SecurityEvent[];
}

/** One item of `Events`. A triggered event carries one payload item, a snapshot as many as there are. */
export interface SecurityEvent<N extends EventName = EventName> {
  /** A new GUID per event. */
  readonly Id: string;
  readonly Name: N;
  readonly Category: Category;
  readonly EventType: EventType;
  readonly PayloadSchemaVersion: "1.0";
  readonly IsEmpty: boolean;
  /** Device wall clock with its offset, RFC 3339. Never used as an instant by receivers. */
  readonly TimestampLocal: string;
  /** The same instant in UTC, RFC 3339. */
  readonly TimestampUTC: string;
  readonly Payload: readonly Payload<N>[];
}

/** How a message says that it is a security message, on each protocol. */
export const marker = {
  /** The value that marks it. */
  interfaceId: "urn:azureiot:Security:SecurityAgent:1",
  /** System property of MQTT topics. */
  mqtt: "$.ifid",
  /** Message annotation of AMQP and header of HTTP. */
  header: "iothub-interface-id",
  /** The first preview's property and value, accepted still. */
  early: { header: "iothub-interface-internal-id", interfaceId: "security*azureiot*com^SecurityAgent^1*0*0" },
} as const;

/**
 * True when the decoded property bag of a message marks it as a security message.
 * Content type and encoding are ignored: senders of the original set them wrongly.
 */
export function isSecurityMessage(properties: Readonly<Record<string, string | undefined>>): boolean {
  const id = properties[marker.mqtt] ?? properties[marker.header];
  return id === marker.interfaceId || properties[marker.early.header] === marker.early.interfaceId;
}
