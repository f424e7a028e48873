/** What a link is for, taken from its address. */
export type LinkAddress =
  | { readonly kind: "cbs" | "management" | "sendCommands" | "feedback" | "fileNotifications" }
  | {
      readonly kind: "events" | "commands" | "twin" | "methods";
      readonly deviceId: string;
      readonly moduleId: string;
    }
  | { readonly kind: "partition"; readonly consumerGroup: string; readonly partition: string }
  | { readonly kind: "registration"; readonly idScope: string; readonly registrationId: string };

type DeviceKind = "events" | "commands" | "twin" | "methods";

const fixed: Readonly<Record<string, LinkAddress>> = {
  $cbs: { kind: "cbs" },
  $management: { kind: "management" },
  "messages/devicebound": { kind: "sendCommands" },
  "messages/servicebound/feedback": { kind: "feedback" },
  "messages/servicebound/filenotifications": { kind: "fileNotifications" },
};
const ofDevice: Readonly<Record<string, DeviceKind>> = {
  "messages/events": "events",
  "messages/devicebound": "commands",
  twin: "twin",
  "methods/devicebound": "methods",
};
const DEVICE = /^devices\/([^/]+)(?:\/modules\/([^/]+))?\/(.+)$/i;
const REGISTRATION = /^([^/]{1,64})\/registrations\/([^/]{1,128})$/;
const PARTITION = /\/consumergroups\/([^/]+)\/partitions\/([^/]+)$/i;

/** Reads a link's address, a path or a whole URL; undefined when the hub has nothing there. */
export function linkAddress(text: unknown): LinkAddress | undefined {
  if (typeof text !== "string" || text.length > 1_024) return undefined;
  const path = text.replace(/^amqps?:\/\/[^/]*/i, "").replace(/^\/|\/$/g, "");
  const known = fixed[path.toLowerCase()];
  if (known) return known;
  const [, consumerGroup, partition] = PARTITION.exec(`/${path}`) ?? [];
  if (consumerGroup && partition)
    return { kind: "partition", consumerGroup: decoded(consumerGroup), partition: decoded(partition) };
  const [, idScope, registrationId] = REGISTRATION.exec(path) ?? [];
  if (idScope && registrationId)
    return { kind: "registration", idScope, registrationId: decoded(registrationId) };
  const [, device = "", module = "", rest = ""] = DEVICE.exec(path) ?? [];
  const kind = ofDevice[rest.toLowerCase()];
  return kind && { kind, deviceId: decoded(device), moduleId: decoded(module) };
}

/** The device that a cloud-to-device message is for: `/devices/{id}/messages/devicebound`. */
export function commandTarget(to: unknown): string | undefined {
  const address = linkAddress(to);
  return address?.kind === "commands" && address.moduleId === "" ? address.deviceId : undefined;
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
