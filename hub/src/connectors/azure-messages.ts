import type { ReceivedEventData } from "@azure/event-hubs";
import { isSecurityMessage, type MessageProperties, type PropertyValue } from "@picket/schema";
import type { Incoming } from "./intake.js";

type Sources = NonNullable<MessageProperties["source"]>;

const sources: readonly string[] = [
  "Telemetry",
  "deviceConnectionStateEvents",
  "deviceLifecycleEvents",
  "twinChangeEvents",
];
const isSource = (text: string): text is Sources => sources.includes(text);

/** An event of an IoT hub's Event Hub-compatible endpoint, with what the hub knows of its sender. */
export function incomingEvent(event: ReceivedEventData): Incoming {
  const known = event.systemProperties ?? {};
  const text = (name: string): string | undefined =>
    known[name] === undefined ? undefined : String(known[name]);
  const interfaceId = text("iothub-interface-id");
  const source = text("iothub-message-source") ?? "Telemetry";
  const application = Object.entries(event.properties ?? {}).map(([name, value]): [string, PropertyValue] => [
    name,
    propertyValue(value),
  ]);
  const early = Object.fromEntries(application.map(([name, value]) => [name, String(value)]));
  const isSecurity = isSecurityMessage({
    ...early,
    ...(interfaceId ? { "iothub-interface-id": interfaceId } : {}),
  });
  const system = {
    messageId: idText(event.messageId),
    correlationId: idText(event.correlationId),
    contentType: event.contentType,
    contentEncoding: text("contentEncoding"),
    userId: text("userId"),
    interfaceId,
    component: text("dt-subject"),
    modelId: text("dt-dataschema"),
    creationTime: text("iothub-creation-time-utc"),
  };
  return {
    kind: source !== "Telemetry" ? "notification" : isSecurity ? "message" : "telemetry",
    deviceId: text("iothub-connection-device-id") ?? "",
    moduleId: text("iothub-connection-module-id") ?? "",
    body: bytesOf(event.body),
    at: event.enqueuedTimeUtc.getTime(),
    properties: {
      system: JSON.parse(JSON.stringify(system)),
      application: Object.fromEntries(application),
      ...origin(text("iothub-connection-auth-method"), text("iothub-connection-auth-generation-id")),
      ...(source !== "Telemetry" && isSource(source) ? { source } : {}),
    },
  };
}

/** A body as its sender's bytes; the client hands it over unread. */
export function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? ""));
}

const idText = (id: unknown): string | undefined =>
  id === undefined || id === null ? undefined : Buffer.isBuffer(id) ? id.toString("hex") : String(id);

function propertyValue(value: unknown): PropertyValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === null || value === undefined
    ? null
    : value instanceof Date
      ? value.toISOString()
      : String(value);
}

function origin(method: string | undefined, generationId = ""): Pick<MessageProperties, "origin"> {
  const { scope, type, issuer } = parsed(method);
  return {
    origin: {
      scope: scope === "module" || scope === "hub" ? scope : "device",
      type: type === "x509" ? "x509" : "sas",
      issuer: issuer === "external" ? "external" : "iothub",
      generationId,
    },
  };
}

function parsed(method: string | undefined): { scope?: unknown; type?: unknown; issuer?: unknown } {
  try {
    const value: unknown = JSON.parse(method ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
