import { decodeProperties, type MessageProperties, recordKind } from "@picket/schema";
import rhea, { type Message } from "rhea";
import { dataSection } from "../amqp/messages.js";
import type { NumberedEvent } from "./event-pages.js";

/** How far its partition is, for readers that asked. */
export interface Enqueued {
  readonly number: number;
  readonly at: number;
  readonly now: number;
}

/** An event as the Event Hub-compatible endpoint gives it: what the sender said, and what the hub knows of the sender. */
export function eventMessage({ number, record }: NumberedEvent, enqueued?: Enqueued): Message {
  const { deviceId, receivedAt, body } = record;
  const { system, application, ...rest } = decodeProperties(record.properties);
  const { messageId, correlationId, userId, to, contentType, contentEncoding } = system;
  const expiry = Date.parse(system.expiryTime ?? "");
  return {
    body: dataSection(body),
    ...(messageId ? { message_id: messageId } : {}),
    ...(correlationId ? { correlation_id: correlationId } : {}),
    ...(userId ? { user_id: userId } : {}),
    ...(to ? { to } : {}),
    ...(contentType ? { content_type: contentType } : {}),
    ...(contentEncoding ? { content_encoding: contentEncoding } : {}),
    ...(Number.isNaN(expiry) ? {} : { absolute_expiry_time: expiry }),
    application_properties: application,
    message_annotations: {
      "x-opt-sequence-number": rhea.types["wrap_long"](number),
      "x-opt-offset": String(number),
      "x-opt-enqueued-time": new Date(receivedAt),
      "x-opt-partition-key": deviceId,
      "iothub-enqueuedtime": new Date(receivedAt),
      ...annotations(record.kind, record, { system, ...rest }),
    },
    ...(enqueued ? { delivery_annotations: metrics(enqueued) } : {}),
  };
}

function annotations(
  kind: number,
  { deviceId, moduleId }: NumberedEvent["record"],
  { system, origin, source }: Omit<MessageProperties, "application">,
): Record<string, unknown> {
  const interfaceId =
    kind === recordKind.message ? { "iothub-interface-id": system.interfaceId ?? SECURITY } : {};
  return {
    "iothub-connection-device-id": deviceId,
    ...(moduleId === "" ? {} : { "iothub-connection-module-id": moduleId }),
    ...(origin
      ? {
          "iothub-connection-auth-method": JSON.stringify({
            scope: origin.scope,
            type: origin.type,
            issuer: origin.issuer,
            acceptingIpFilterRule: null,
          }),
          "iothub-connection-auth-generation-id": origin.generationId,
        }
      : {}),
    "iothub-message-source": source ?? "Telemetry",
    ...(system.interfaceId ? { "iothub-interface-id": system.interfaceId } : interfaceId),
    ...(system.modelId ? { "dt-dataschema": system.modelId } : {}),
    ...(system.component ? { "dt-subject": system.component } : {}),
    ...(system.creationTime ? { "iothub-creation-time-utc": system.creationTime } : {}),
  };
}

const SECURITY = "urn:azureiot:Security:SecurityAgent:1";

const metrics = ({ number, at, now }: Enqueued): Record<string, unknown> => ({
  last_enqueued_sequence_number: rhea.types["wrap_long"](number),
  last_enqueued_offset: String(number),
  last_enqueued_time_utc: new Date(at),
  runtime_info_retrieval_time_utc: new Date(now),
});
