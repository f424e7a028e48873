import type { MessageProperties, PropertyValue } from "@picket/schema";
import rhea, { type Message } from "rhea";
import type { Sender } from "../messages/properties.js";

const { message: codec, string_to_uuid, uuid_to_string } = rhea;

/** The format of a batch: its data sections are whole messages. */
export const BATCH = 0x80013700;
const BATCHED = 500;

/** A body as bytes: of data sections, of a text, or of nothing. */
export function bodyOf({ body }: Message): Buffer {
  const given: unknown = body;
  if (given === undefined || given === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(given)) return given;
  if (typeof given === "object" && "content" in given) return bytesOf(given.content);
  return Buffer.from(typeof given === "string" ? given : JSON.stringify(given));
}

function bytesOf(content: unknown): Buffer {
  if (Buffer.isBuffer(content)) return content;
  if (Array.isArray(content)) return Buffer.concat(content.filter((part) => Buffer.isBuffer(part)));
  return Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
}

/** The messages of a batch; undefined when the bytes are none, or too many. */
export function unbatched(bytes: Buffer): Message[] | undefined {
  const body: unknown = codec.decode(bytes)["body"];
  if (typeof body !== "object" || body === null || !("content" in body)) return undefined;
  const parts: unknown[] = Array.isArray(body.content) ? body.content : [body.content];
  if (parts.length > BATCHED) return undefined;
  return parts.map((part): Message => {
    if (!Buffer.isBuffer(part)) throw new TypeError("a batch with a part that is no message");
    return { body: undefined, ...codec.decode(part) };
  });
}

/** An id as text: clients of some languages send UUIDs as sixteen bytes. */
export function idText(id: unknown): string | undefined {
  if (Buffer.isBuffer(id)) return id.length === 16 ? uuid_to_string(id) : id.toString("base64");
  return id === undefined || id === null ? undefined : String(id);
}

/** An id as it is sent: UUIDs as UUIDs, as the original does. */
export const uuidOf = (text: string): Buffer => string_to_uuid(text);

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null
    ? undefined
    : Buffer.isBuffer(value)
      ? value.toString("utf8")
      : String(value);

function timeText(value: unknown): string | undefined {
  const at = value instanceof Date ? value.getTime() : Number(value ?? Number.NaN);
  return Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : undefined;
}

function propertyValue(value: unknown): PropertyValue {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return value.toISOString();
  return Buffer.isBuffer(value) ? value.toString("base64") : String(value);
}

/** What a message says of itself, in the words of the stream. */
export function amqpProperties(message: Message, { origin, modelId }: Sender): MessageProperties {
  const noted = message.message_annotations ?? {};
  const system = {
    messageId: idText(message.message_id),
    correlationId: idText(message.correlation_id),
    userId: textOf(message.user_id),
    to: textOf(message.to),
    expiryTime: timeText(message.absolute_expiry_time),
    contentType: textOf(message.content_type),
    contentEncoding: textOf(message.content_encoding),
    interfaceId: textOf(noted["iothub-interface-id"]),
    component: textOf(noted["dt-subject"]),
    outputName: textOf(noted["x-opt-output-name"]),
    creationTime: timeText(message.creation_time) ?? textOf(noted["iothub-creation-time-utc"]),
    modelId,
  };
  const application = Object.entries(message.application_properties ?? {}).map(
    ([name, value]): [string, PropertyValue] => [name, propertyValue(value)],
  );
  return { system: present(system), application: Object.fromEntries(application), origin };
}

/** Leaves out what is undefined. */
const present = <T extends object>(given: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  JSON.parse(JSON.stringify(given));

/** The bytes of a JSON body, as data. */
export const jsonSection = (value: unknown): unknown =>
  codec.data_section(Buffer.from(value === undefined ? "" : JSON.stringify(value)));

/** Bytes as a body. */
export const dataSection = (bytes: Uint8Array): unknown => codec.data_section(Buffer.from(bytes));
