import { encodeProperties, type MessageOrigin, type MessageProperties } from "@picket/schema";
import type { Identity } from "../identity/registry.js";

type SystemName = keyof MessageProperties["system"];

/** System properties as MQTT topics name them. */
const bagNames: Readonly<Record<string, SystemName>> = {
  "$.mid": "messageId",
  "$.cid": "correlationId",
  "$.uid": "userId",
  "$.to": "to",
  "$.exp": "expiryTime",
  "$.ct": "contentType",
  "$.ce": "contentEncoding",
  "$.ifid": "interfaceId",
  "$.sub": "component",
  "$.on": "outputName",
  "$.ctime": "creationTime",
  "iothub-creation-time-utc": "creationTime",
};

/** System properties as HTTP headers name them. */
const headerNames: Readonly<Record<string, SystemName>> = {
  "iothub-messageid": "messageId",
  "iothub-correlationid": "correlationId",
  "iothub-userid": "userId",
  "iothub-to": "to",
  "iothub-expiry": "expiryTime",
  "iothub-contenttype": "contentType",
  "iothub-contentencoding": "contentEncoding",
  "iothub-interface-id": "interfaceId",
  "iothub-creation-time-utc": "creationTime",
  "dt-subject": "component",
};
const APPLICATION = "iothub-app-";
const EARLY_MARKER = "iothub-interface-internal-id";

/** What a connection adds to every message: who sent it for certain, and what it says it is. */
export interface Sender {
  readonly origin: MessageOrigin;
  readonly modelId?: string;
}

/** The sender behind a connection that was let in. */
export function senderOf(
  { moduleId, generationId }: Identity,
  how: { readonly type?: "sas" | "x509"; readonly modelId?: string } = {},
): Sender {
  const scope = moduleId === "" ? "device" : "module";
  const origin = { scope, type: how.type ?? "sas", issuer: "iothub", generationId } as const;
  return how.modelId ? { origin, modelId: how.modelId } : { origin };
}

/** The properties of a message whose topic held this bag. */
export const bagProperties = (bag: Readonly<Record<string, string>>, sender: Sender): MessageProperties =>
  sorted(Object.entries(bag), sender, (name) => bagNames[name]);

/** The properties of a message that came with these headers; others are the request's own. */
export function headerProperties(
  headers: Readonly<Record<string, string>>,
  sender: Sender,
): MessageProperties {
  const own = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    const lower = name.toLowerCase();
    if (lower.startsWith(APPLICATION)) return [[name.slice(APPLICATION.length), value]];
    return headerNames[lower] || lower === EARLY_MARKER ? [[lower, value]] : [];
  });
  return sorted(own, sender, (name) => headerNames[name]);
}

function sorted(
  entries: readonly (readonly [string, string])[],
  { origin, modelId }: Sender,
  systemName: (name: string) => SystemName | undefined,
): MessageProperties {
  const system: { -readonly [Name in SystemName]?: string } = modelId ? { modelId } : {};
  const application: Record<string, string> = {};
  for (const [name, value] of entries) {
    const known = systemName(name);
    if (known) system[known] = value;
    else application[name] = value;
  }
  return { system, application, origin };
}

/** The same as bytes, as records keep them. */
export const bagBytes = (bag: Readonly<Record<string, string>>, sender: Sender): Uint8Array =>
  encodeProperties(bagProperties(bag, sender));
