import type { Protocol } from "@picket/schema";
import { hubErrors } from "../errors.js";

/** Of which ends of a command its sender hears: none, success, failure, or both. */
export type Acknowledgement = "none" | "positive" | "negative" | "full";

/** A cloud-to-device message as a sender gives it. */
export interface CommandDraft {
  /** Made by the hub when it is left out. */
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly userId?: string;
  readonly to?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly ack?: Acknowledgement;
  /** Milliseconds since 1970; the hub's time to live when it is left out, and never later than its longest. */
  readonly expiresAt?: number;
  readonly properties?: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A cloud-to-device message in the queue of its device, without its body. */
export interface CommandHead extends Omit<CommandDraft, "body"> {
  readonly messageId: string;
  readonly ack: Acknowledgement;
  readonly expiresAt: number;
  readonly properties: Readonly<Record<string, string>>;
  /** Grows with each command of the hub. */
  readonly sequence: number;
  readonly deviceId: string;
  readonly generationId: string;
  readonly enqueuedAt: number;
  /** How often it was handed to the device. */
  readonly deliveryCount: number;
  readonly size: number;
  /** How its sender spoke to the hub. */
  readonly sentOver: Protocol;
}

/** A cloud-to-device message in the queue of its device. */
export interface Command extends CommandHead {
  readonly body: Uint8Array;
}

/** A command handed to a device, which answers with the token while its lock lasts. */
export interface Delivery {
  readonly command: Command;
  readonly lockToken: string;
}

/** Who acts on a queue, for the operation log. */
export interface CommandCaller {
  readonly protocol: Protocol;
  readonly ipAddress: string;
}

/** Bounds of queues; times in milliseconds. */
export interface CommandLimits {
  readonly pending: number;
  readonly bytes: number;
  readonly timeToLive: number;
  readonly longestTimeToLive: number;
  readonly lock: number;
  readonly deliveries: number;
}

/** The bounds of the original. */
export const commandLimits: CommandLimits = {
  pending: 50,
  bytes: 65_536,
  timeToLive: 3_600_000,
  longestTimeToLive: 48 * 3_600_000,
  lock: 60_000,
  deliveries: 10,
};

const LONGEST_ID = 128;
const texts = ["correlationId", "userId", "to", "contentType", "contentEncoding"] as const;
const acknowledgements: readonly string[] = ["none", "positive", "negative", "full"];

/** What a sender may ask for as `iothub-ack`; anything else is refused. */
export function acknowledgement(text: string | undefined): Acknowledgement {
  const asked = text === undefined || text === "" ? "none" : text.toLowerCase();
  if (isAcknowledgement(asked)) return asked;
  throw hubErrors.argumentInvalid({ what: "iothub-ack", why: "it is none, positive, negative or full" });
}

const isAcknowledgement = (text: string): text is Acknowledgement => acknowledgements.includes(text);

/** Bytes that count against the bound: the body, the texts of the hub's properties, and names and values of the sender's. */
export function sizeOf(draft: CommandDraft): number {
  let size = draft.body.byteLength + Buffer.byteLength(draft.messageId ?? "");
  for (const name of texts) size += Buffer.byteLength(draft[name] ?? "");
  for (const [name, value] of Object.entries(draft.properties ?? {}))
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  return size;
}

/** Refuses a draft that is too large or whose id is; answers its size. */
export function checked(draft: CommandDraft, limits: CommandLimits): number {
  if ((draft.messageId ?? "").length > LONGEST_ID || (draft.correlationId ?? "").length > LONGEST_ID)
    throw hubErrors.argumentInvalid({
      what: "The message id",
      why: `it has more than ${LONGEST_ID} characters`,
    });
  const size = sizeOf(draft);
  if (size > limits.bytes) throw hubErrors.commandTooLarge({ bytes: size, most: limits.bytes });
  return size;
}
