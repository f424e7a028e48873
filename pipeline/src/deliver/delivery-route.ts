import type { TableRow } from "@picket/schema";
import { coverage } from "../alerts/suppressions.js";
import { pipelineErrors } from "../errors.js";

/** An alert to be delivered. */
export type Alert = TableRow<"SecurityAlert">;

/** Ways out. */
export const deliveryKinds = ["webhook", "email", "syslog", "mqtt", "file"] as const;
/** One of the ways out. */
export type DeliveryKind = (typeof deliveryKinds)[number];

/** How an alert is written. */
export const deliveryFormats = ["json", "cef", "ocsf", "text"] as const;
/** One of the forms. */
export type DeliveryFormat = (typeof deliveryFormats)[number];

/** Where alerts go and which. */
export interface DeliveryRoute {
  readonly name: string;
  readonly kind: DeliveryKind;
  readonly format: DeliveryFormat;
  /** The URL of a webhook, `smtp(s)://`, `syslog+tls://`, `syslog+tcp://`, `mqtt(s)://`; empty for a file. */
  readonly target: string;
  /** Signs webhooks, or is the password of a mail server or broker; sealed where it is kept. */
  readonly secret?: string;
  readonly user?: string;
  /** For mail: whom to. For MQTT: the topic. */
  readonly to: string;
  readonly from: string;
  /** Certificate of an authority of one's own, PEM. */
  readonly ca?: string;
  readonly minSeverity: "High" | "Medium" | "Low" | "Informational";
  /** Rule and device, with wildcards; empty for all. */
  readonly rule: string;
  readonly device: string;
  /** Tells of closing too. */
  readonly closedToo: boolean;
  /** ISO 8601: alerts that were made before the route are not sent. */
  readonly since: string;
}

const severities = ["Informational", "Low", "Medium", "High"];
const schemes: Readonly<Record<DeliveryKind, RegExp>> = {
  webhook: /^https?:$/,
  email: /^smtps?:$/,
  syslog: /^syslog\+(?:tls|tcp):$/,
  mqtt: /^mqtts?:$/,
  file: /^$/,
};

const refuse = (where: string, why: string): never => {
  throw pipelineErrors.badSetting({ where, why });
};

/** Reads a route; throws with what is wrong. */
export function readRoute(name: string, given: Readonly<Record<string, unknown>>): DeliveryRoute {
  if (!/^[\w.-]{1,64}$/.test(name)) refuse("its name", "is 1 to 64 letters, digits and . _ -");
  const kind =
    deliveryKinds.find((each) => each === given["kind"]) ??
    refuse("kind", `is one of ${deliveryKinds.join(", ")}`);
  const text = (field: string, most = 2_000): string => {
    const value = given[field] ?? "";
    return typeof value === "string" && value.length <= most
      ? value
      : refuse(field, `is a text of at most ${most} characters`);
  };
  const target = text("target");
  if (!schemes[kind].test(kind === "file" ? target : schemeOf(target)))
    refuse("target", `does not fit the kind ${kind}`);
  if ((kind === "email" || kind === "mqtt") && text("to") === "")
    refuse("to", `is needed for the kind ${kind}`);
  const format =
    deliveryFormats.find((each) => each === (given["format"] ?? "json")) ??
    refuse("format", `is one of ${deliveryFormats.join(", ")}`);
  const optional = (field: string, most?: number): object =>
    text(field, most) === "" ? {} : { [field]: text(field, most) };
  return {
    name,
    kind,
    format,
    target,
    to: text("to"),
    from: text("from") || "picket@localhost",
    minSeverity: (severities.find((each) => each === given["minSeverity"]) ??
      "Low") as DeliveryRoute["minSeverity"],
    rule: text("rule", 400),
    device: text("device", 400),
    closedToo: given["closedToo"] === true,
    since: text("since"),
    ...optional("secret"),
    ...optional("user"),
    ...optional("ca", 20_000),
  };
}

function schemeOf(target: string): string {
  try {
    return new URL(target).protocol;
  } catch {
    return refuse("target", "is no URL");
  }
}

/** Whether a route takes an alert. */
export function takes(route: DeliveryRoute, alert: Alert): boolean {
  const { AlertSeverity = "", RuleId = "", DeviceId = "", StatusReason = "", Status = "" } = alert;
  if (severities.indexOf(AlertSeverity) < severities.indexOf(route.minSeverity)) return false;
  if (StatusReason.startsWith("suppressed:") || (alert.ProcessingEndTime ?? "") < route.since) return false;
  if (Status === "Closed" && !route.closedToo) return false;
  return coverage({ rule: route.rule, device: route.device, entity: "" })(RuleId, DeviceId, "");
}
