import { isSecurityMessage } from "@picket/schema";

/** What a device may publish to, taken apart. */
export type DeviceTopic =
  | {
      readonly kind: "telemetry";
      readonly isSecurity: boolean;
      readonly bag: Readonly<Record<string, string>>;
    }
  | { readonly kind: "twinGet"; readonly rid: string }
  | { readonly kind: "twinPatch"; readonly rid: string }
  | { readonly kind: "methodAnswer"; readonly status: number; readonly rid: string };

const TWIN_GET = "$iothub/twin/GET/";
const TWIN_PATCH = "$iothub/twin/PATCH/properties/reported/";
const METHOD_ANSWER = "$iothub/methods/res/";

/** Reads a topic that a device published to; undefined when it is not one of its own. */
export function parseTopic(topic: string, telemetry: string): DeviceTopic | undefined {
  if (topic.startsWith(telemetry)) {
    const bag = parseBag(topic.slice(telemetry.length));
    return { kind: "telemetry", isSecurity: isSecurityMessage(bag), bag };
  }
  if (topic.startsWith(TWIN_GET)) return { kind: "twinGet", rid: ridOf(topic) };
  if (topic.startsWith(TWIN_PATCH)) return { kind: "twinPatch", rid: ridOf(topic) };
  if (!topic.startsWith(METHOD_ANSWER)) return undefined;
  const status = Number(topic.slice(METHOD_ANSWER.length).split("/")[0]);
  return Number.isInteger(status) ? { kind: "methodAnswer", status, rid: ridOf(topic) } : undefined;
}

/** Clients encode the keys of system properties or not; both are the same key. */
export function parseBag(text: string): Record<string, string> {
  const bag: Record<string, string> = {};
  for (const part of text
    .replace(/^\?|\/$/g, "")
    .split("&")
    .slice(0, 200)) {
    const at = part.indexOf("=");
    const key = decoded(at < 0 ? part : part.slice(0, at));
    if (key !== "" && key !== "__proto__") bag[key] = at < 0 ? "" : decoded(part.slice(at + 1));
  }
  return bag;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const ridOf = (topic: string): string => /[?&]\$rid=([^&]*)/.exec(topic)?.[1] ?? "";

/** The topic that a client's telemetry goes to, up to its property bag. */
export const telemetryTopic = (deviceId: string, moduleId: string): string =>
  moduleId === ""
    ? `devices/${deviceId}/messages/events/`
    : `devices/${deviceId}/modules/${moduleId}/messages/events/`;

/** Filters a client may subscribe to, with what the subscription is for. */
export function subscriptionOf(filter: string, deviceId: string, moduleId: string): string | undefined {
  const own = moduleId === "" ? `devices/${deviceId}` : `devices/${deviceId}/modules/${moduleId}`;
  const allowed: Readonly<Record<string, string>> = {
    "$iothub/twin/res/#": "twin",
    "$iothub/twin/PATCH/properties/desired/#": "desired",
    "$iothub/methods/POST/#": "methods",
    [`${own}/messages/devicebound/#`]: "devicebound",
    [`${own}/inputs/#`]: "inputs",
    [`${own}/#`]: "devicebound",
  };
  return allowed[filter];
}
