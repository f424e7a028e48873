import type { Operation, OperationCause, Protocol } from "@picket/schema";

/** One entry of an Azure resource log. */
interface LogRecord {
  readonly time?: unknown;
  readonly operationName?: unknown;
  readonly category?: unknown;
  readonly level?: unknown;
  readonly resultType?: unknown;
  readonly resultDescription?: unknown;
  readonly durationMs?: unknown;
  readonly correlationId?: unknown;
  readonly properties?: unknown;
}

const causes: readonly (readonly [RegExp, Exclude<OperationCause, "">])[] = [
  [/^404001/, "unknownDevice"],
  [/^401003/, "invalidSignature"],
  [/^401/, "forbidden"],
  [/^400027/, "takenOver"],
  [/^403/, "forbidden"],
  [/^409/, "conflict"],
  [/^413/, "messageTooLarge"],
  [/^429/, "throttled"],
  [/^504/, "timeout"],
  [/^503/, "unavailable"],
  [/^400/, "invalidRequest"],
];
const protocols: Readonly<Record<string, Protocol>> = {
  mqtt: "Mqtt",
  mqttws: "MqttWs",
  amqp: "Amqp",
  amqpws: "AmqpWs",
  https: "Https",
  http: "Https",
};

/** The operations of a body of resource logs, with their time; undefined when it is none. */
export function resourceLogs(
  body: Uint8Array,
): { operation: Operation; at: number | undefined }[] | undefined {
  const value = parsed(Buffer.from(body).toString("utf8"));
  const records =
    typeof value === "object" && value !== null && "records" in value ? value.records : undefined;
  if (!Array.isArray(records)) return undefined;
  return records.flatMap((record: unknown) =>
    typeof record === "object" && record ? [operationOf(record)] : [],
  );
}

function operationOf(record: LogRecord): { operation: Operation; at: number | undefined } {
  const own = propertiesOf(record.properties);
  const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
  const resultType = text(record.resultType);
  const at = Date.parse(text(record.time));
  const level = text(record.level);
  const auth = text(own["authType"] ?? own["authenticationType"]);
  const operation: Operation = {
    operationName: text(record.operationName).slice(0, 128),
    category: text(record.category).slice(0, 64),
    level: level === "Error" || level === "Warning" ? level : "Information",
    resultType,
    cause: causes.find(([code]) => code.test(resultType))?.[1] ?? (level === "Error" ? "other" : ""),
    resultDescription: text(record.resultDescription).slice(0, 1_024),
    ...(Number.isFinite(Number(record.durationMs)) ? { durationMs: Number(record.durationMs) } : {}),
    ...(record.correlationId ? { correlationId: text(record.correlationId) } : {}),
    deviceId: text(own["deviceId"]).slice(0, 128),
    moduleId: text(own["moduleId"]).slice(0, 128),
    protocol: protocols[text(own["protocol"]).toLowerCase()] ?? "Https",
    authType: /x509/i.test(auth) ? "X509" : auth === "" ? "None" : "Sas",
    ipAddress: text(own["maskedIpAddress"] ?? own["ipAddress"]).slice(0, 64),
    ...(Number(own["statusCode"]) > 0 ? { statusCode: Number(own["statusCode"]) } : {}),
    ...(own["sdkVersion"] ? { sdkVersion: text(own["sdkVersion"]).slice(0, 256) } : {}),
    ...(Number(own["messageSize"] ?? own["messageSizeInBytes"]) >= 0
      ? { messageSize: Number(own["messageSize"] ?? own["messageSizeInBytes"]) }
      : {}),
    properties: own,
  };
  return { operation, at: Number.isNaN(at) ? undefined : at };
}

/** The hub gives them as a text of JSON inside of the JSON. */
function propertiesOf(given: unknown): Record<string, unknown> {
  const value = typeof given === "string" ? parsed(given) : given;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
