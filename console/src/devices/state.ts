import type { Reply, Routes } from "@picket/api";

/** A device as the list carries it. */
export type DeviceRow = Reply<Routes["GET /devices"]>["devices"][number];
/** Everything about one device. */
export type DeviceFound = Reply<Routes["GET /devices/{id}"]>;
type Identity = DeviceFound["device"];

/** How a device is doing, in a word, with the reason. */
export interface DeviceState {
  readonly word: "Connected" | "Quiet" | "Silent" | "Never seen" | "Disabled";
  readonly tone: "on" | "wait" | "bad" | "off";
  readonly why: string;
}

const DAY_MS = 86_400_000;

const latest = (times: readonly (string | undefined | null)[]): string | undefined =>
  times
    .filter((time): time is string => typeof time === "string" && time !== "")
    .sort()
    .at(-1);

/** When a device or one of its modules last spoke. */
export const lastSpoke = (
  device: Identity,
  modules: readonly Identity[],
  lastEventAt?: string,
): string | undefined =>
  latest([lastEventAt, ...[device, ...modules].map(({ LastActivityTime }) => LastActivityTime)]);

/** Says how a device is doing: a state that people act on, and why it is so. */
export function stateOf(
  device: Identity,
  modules: readonly Identity[],
  now: number,
  lastEventAt?: string,
): DeviceState {
  if (device.Status === "disabled")
    return {
      word: "Disabled",
      tone: "off",
      why: "Somebody disabled it: the hub refuses it until it is enabled again.",
    };
  const all = [device, ...modules];
  const connected = all.find(({ ConnectionState }) => ConnectionState === "Connected");
  if (connected) {
    const through = connected.ModuleId ? `module ${connected.ModuleId}` : "the device itself";
    return { word: "Connected", tone: "on", why: `Connected now, as ${through}.` };
  }
  const spoke = lastSpoke(device, modules, lastEventAt);
  if (spoke === undefined)
    return {
      word: "Never seen",
      tone: "wait",
      why: "Registered, but it has never connected. Run the command for it on the device, or look for refusals in its operation log.",
    };
  if (now - Date.parse(spoke) > DAY_MS)
    return {
      word: "Silent",
      tone: "bad",
      why: "It has not spoken for more than a day. It may be off, off the network, or its agent may have stopped; its last operations stand below.",
    };
  return {
    word: "Quiet",
    tone: "off",
    why: "Not connected at the moment, but it spoke within the last day.",
  };
}

/** The version of the agent, as it reports it or as its client says. */
export function agentOf(modules: readonly Identity[]): string {
  const { SdkVersion = "" } = modules.find((module) => module.SdkVersion) ?? {};
  return SdkVersion;
}
