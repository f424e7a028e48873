/** What a sender may say about a message beside its payload; the names are the SDKs'. */
export interface SystemProperties {
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly userId?: string;
  readonly to?: string;
  /** When the message is of no use any more, as the sender wrote it. */
  readonly expiryTime?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** Marks security messages. */
  readonly interfaceId?: string;
  /** The component of a Plug and Play model that speaks. */
  readonly component?: string;
  /** The Plug and Play model of the device. */
  readonly modelId?: string;
  /** Where a module sends to inside a gateway. */
  readonly outputName?: string;
  /** When the sender made it, as the sender wrote it. */
  readonly creationTime?: string;
}

/** How the connection was authenticated that a message came over; no sender can forge it. */
export interface MessageOrigin {
  readonly scope: "hub" | "device" | "module";
  readonly type: "sas" | "x509";
  readonly issuer: "iothub" | "external";
  readonly generationId: string;
}

/** What happened when a message is the hub's own and not telemetry. */
export type EventSource =
  | "Telemetry"
  | "deviceConnectionStateEvents"
  | "deviceLifecycleEvents"
  | "twinChangeEvents";

/** One value that an application gave a message. */
export type PropertyValue = string | number | boolean | null;

/** What the stream keeps of a message beside its payload. */
export interface MessageProperties {
  readonly system: SystemProperties;
  /** Given by the application. */
  readonly application: Readonly<Record<string, PropertyValue>>;
  readonly origin?: MessageOrigin;
  /** Telemetry when absent. */
  readonly source?: EventSource;
}

const none: MessageProperties = { system: {}, application: {} };

/** The bytes that a record keeps; senders repeat their properties, so callers may keep them too. */
export const encodeProperties = (properties: MessageProperties): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(properties));

/** Reads what `encodeProperties` made; nothing is given where a record has none. */
export const decodeProperties = (bytes: Uint8Array | undefined): MessageProperties =>
  bytes === undefined || bytes.byteLength === 0 ? none : JSON.parse(new TextDecoder().decode(bytes));
