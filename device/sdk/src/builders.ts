import { randomUUID } from "node:crypto";
import {
  type Category,
  checkStrict,
  type EventName,
  eventTypes,
  type Payload,
  printLocal,
  type SecurityEvent,
  type SecurityMessage,
} from "@picket/schema";
import { ClientError } from "./errors.js";

/** When an event happened, and whether it stands for many. */
export interface EventOptions {
  /** Milliseconds since 1970; now when absent. */
  readonly at?: number;
  readonly category?: Category;
}

/** Makes an event of one or more payload items; a snapshot that found nothing has none. */
export function securityEvent<N extends EventName>(
  name: N,
  items: readonly Payload<N>[],
  options: EventOptions = {},
): SecurityEvent {
  const at = options.at ?? Date.now();
  const { category, eventType } = eventTypes[name];
  return {
    Id: randomUUID(),
    Name: name,
    Category: options.category ?? category,
    EventType: eventType,
    PayloadSchemaVersion: "1.0",
    IsEmpty: items.length === 0,
    TimestampLocal: printLocal(at, -new Date(at).getTimezoneOffset()),
    TimestampUTC: new Date(at).toISOString(),
    // One event name of the fourteen; its items fit it by the parameter.
    Payload: items as readonly Payload<EventName>[],
  };
}

/** Who sends: a GUID that stays, and a version. */
export interface Sender {
  /** 36 characters, stable over restarts. */
  readonly agentId: string;
  readonly agentVersion: string;
}

/** Puts events into the envelope. */
export const securityMessage = (
  { agentId, agentVersion }: Sender,
  events: readonly SecurityEvent[],
): SecurityMessage => ({
  AgentVersion: agentVersion,
  AgentId: agentId,
  MessageSchemaVersion: "1.0",
  Events: events,
});

/** Throws what is wrong with a message before it is sent, field by field. */
export function assertGood(message: SecurityMessage): void {
  const violations = checkStrict(message);
  if (violations.length === 0) return;
  const lines = violations.slice(0, 10).map(({ path, explanation }) => `${path}: ${explanation}`);
  throw new ClientError(
    "CLIENT_BAD_EVENT",
    `The message breaks schema 1.0 in ${violations.length} places.\n${lines.join("\n")}`,
  );
}

/** An event with its text and size, so that it is printed once. */
export interface PrintedEvent {
  readonly text: string;
  readonly bytes: number;
}

/** Splits events into message bodies of at most `maxBytes`; an event larger than that is answered apart. */
export function packMessages(
  sender: Sender,
  events: readonly PrintedEvent[],
  maxBytes = 204_800,
): { bodies: string[]; tooLarge: PrintedEvent[] } {
  const head = JSON.stringify(securityMessage(sender, [])).slice(0, -2);
  const room = maxBytes - Buffer.byteLength(head) - 2;
  const bodies: string[] = [];
  const tooLarge: PrintedEvent[] = [];
  let texts: string[] = [];
  let used = 0;
  const flush = (): void => {
    if (texts.length > 0) bodies.push(`${head}${texts.join(",")}]}`);
    texts = [];
    used = 0;
  };
  for (const event of events) {
    if (event.bytes > room) {
      tooLarge.push(event);
      continue;
    }
    if (used + event.bytes + 1 > room) flush();
    texts.push(event.text);
    used += event.bytes + 1;
  }
  flush();
  return { bodies, tooLarge };
}
