import { isSecurityMessage, type MetricsFormat } from "@picket/schema";
import { parseBag } from "./bag.js";

/** What a device may publish to, taken apart. */
export type DeviceTopic = TelemetryTopic | RequestTopic | MetricsTopic;

/** A topic that metrics of a device come on which speaks to AWS IoT Device Defender. */
export interface MetricsTopic {
  readonly kind: "metrics";
  readonly thing: string;
  readonly format: MetricsFormat;
}

/** A topic that a device's messages go to. */
export interface TelemetryTopic {
  readonly kind: "telemetry";
  readonly isSecurity: boolean;
  readonly bag: Readonly<Record<string, string>>;
}

/** A topic that a device's requests and answers go to. */
export type RequestTopic =
  | { readonly kind: "twinGet"; readonly rid: string }
  | { readonly kind: "twinPatch"; readonly rid: string }
  | { readonly kind: "methodAnswer"; readonly status: number; readonly rid: string };

const TWIN_GET = "$iothub/twin/GET/";
const TWIN_PATCH = "$iothub/twin/PATCH/properties/reported/";
const METHOD_ANSWER = "$iothub/methods/res/";

/** Reads a topic that a device published to; undefined when it is not one of its own. */
export function parseTopic(topic: string, telemetry: string): DeviceTopic | undefined {
  // Plain MQTT clients leave the last slash out.
  if (topic.startsWith(telemetry) || topic === telemetry.slice(0, -1)) {
    const bag = parseBag(topic.slice(telemetry.length));
    return { kind: "telemetry", isSecurity: isSecurityMessage(bag), bag };
  }
  if (topic.startsWith(TWIN_GET)) return { kind: "twinGet", rid: ridOf(topic) };
  if (topic.startsWith(TWIN_PATCH)) return { kind: "twinPatch", rid: ridOf(topic) };
  if (!topic.startsWith(METHOD_ANSWER)) return metricsTopic(topic);
  const status = Number(topic.slice(METHOD_ANSWER.length).split("/")[0]);
  return Number.isInteger(status) ? { kind: "methodAnswer", status, rid: ridOf(topic) } : undefined;
}

const METRICS = /^\$aws\/things\/([^/]+)\/defender\/metrics\/(json|cbor)$/;

function metricsTopic(topic: string): MetricsTopic | undefined {
  const [, thing = "", format] = METRICS.exec(topic) ?? [];
  return format === "json" || format === "cbor" ? { kind: "metrics", thing, format } : undefined;
}

const ridOf = (topic: string): string => /[?&]\$rid=([^&]*)/.exec(topic)?.[1] ?? "";

/** The topic that a client's telemetry goes to, up to its property bag. */
export const telemetryTopic = (deviceId: string, moduleId: string): string =>
  moduleId === ""
    ? `devices/${deviceId}/messages/events/`
    : `devices/${deviceId}/modules/${moduleId}/messages/events/`;

/** What a subscription is for. */
export type Purpose =
  | "twin"
  | "desired"
  | "methods"
  | "commands"
  | "inputs"
  | "metrics"
  | "metrics-accepted"
  | "metrics-rejected";

/** What a filter that a client subscribes to is for; undefined when it may not. */
export function purposeOf(filter: string, deviceId: string, moduleId: string): Purpose | undefined {
  const fixed = common.get(filter);
  if (fixed) return fixed;
  const own = moduleId === "" ? `devices/${deviceId}/` : `devices/${deviceId}/modules/${moduleId}/`;
  if (!filter.startsWith(own)) return metricsPurpose(filter, deviceId);
  return ownFilters.get(filter.slice(own.length));
}

const METRICS_ANSWERS = /^\/(?:json|cbor|\+)\/(accepted|rejected|\+|#)$/;

/** Answers to metrics, of either format. */
function metricsPurpose(filter: string, deviceId: string): Purpose | undefined {
  const start = `$aws/things/${deviceId}/defender/metrics`;
  if (!filter.startsWith(start)) return undefined;
  const rest = filter.slice(start.length);
  const fate = METRICS_ANSWERS.exec(rest)?.[1];
  if (fate === "accepted" || fate === "rejected") return `metrics-${fate}`;
  return fate !== undefined || rest === "/#" ? "metrics" : undefined;
}

const common: ReadonlyMap<string, Purpose> = new Map([
  ["$iothub/twin/res/#", "twin"],
  ["$iothub/twin/PATCH/properties/desired/#", "desired"],
  ["$iothub/methods/POST/#", "methods"],
]);
const ownFilters: ReadonlyMap<string, Purpose> = new Map([
  ["messages/devicebound/#", "commands"],
  ["inputs/#", "inputs"],
  ["#", "commands"],
]);
