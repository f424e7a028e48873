import type { Payload, SecurityEvent } from "@picket/schema";
import { type EventOptions, securityEvent } from "./builders.js";

/** A network connection that a process opened (`Direction: "Out"`) or accepted (`"In"`). Ports are texts, such as `"443"`. */
export const connectionCreate = (item: Payload<"ConnectionCreate">, options?: EventOptions): SecurityEvent =>
  securityEvent("ConnectionCreate", [item], options);

/** Somebody logged in or failed to (`Result: "Success"` or `"Fail"`). No `RemoteAddress` for a local login. */
export const login = (item: Payload<"Login">, options?: EventOptions): SecurityEvent =>
  securityEvent("Login", [item], options);

/** A process started a program. `CommandLine` is the whole line with its first word; `UserId` is a text, such as `"0"`. */
export const processCreate = (item: Payload<"ProcessCreate">, options?: EventOptions): SecurityEvent =>
  securityEvent("ProcessCreate", [item], options);

/** A process ended. `ExitStatus` is a whole number; 128 and more stand for a signal. */
export const processTerminate = (item: Payload<"ProcessTerminate">, options?: EventOptions): SecurityEvent =>
  securityEvent("ProcessTerminate", [item], options);

/** All sockets that wait for traffic now; none is news as well. `LocalPort` is a text. */
export const listeningPorts = (
  items: readonly Payload<"ListeningPorts">[],
  options?: EventOptions,
): SecurityEvent => securityEvent("ListeningPorts", items, options);

/** All rules of the firewall in order; `Priority` begins with 1 in each chain. */
export const firewallConfiguration = (
  items: readonly Payload<"FirewallConfiguration">[],
  options?: EventOptions,
): SecurityEvent => securityEvent("FirewallConfiguration", items, options);

/** All accounts of the device; groups are joined by `;` with the primary group first. */
export const localUsers = (items: readonly Payload<"LocalUsers">[], options?: EventOptions): SecurityEvent =>
  securityEvent("LocalUsers", items, options);

/** All peripherals that are attached now. */
export const connectedHardware = (
  items: readonly Payload<"ConnectedHardware">[],
  options?: EventOptions,
): SecurityEvent => securityEvent("ConnectedHardware", items, options);

/** Checks of the operating system's configuration that did not pass; `CceId` names the check. */
export const osBaseline = (items: readonly Payload<"OSBaseline">[], options?: EventOptions): SecurityEvent =>
  securityEvent("OSBaseline", items, options);

/** What the device is and runs. All memory is in kilobytes of 1,024 bytes. */
export const systemInformation = (
  item: Payload<"SystemInformation">,
  options?: EventOptions,
): SecurityEvent => securityEvent("SystemInformation", [item], options);

/** A line of the sender's own log. */
export const diagnostic = (item: Payload<"Diagnostic">, options?: EventOptions): SecurityEvent =>
  securityEvent("Diagnostic", [item], options);

/** The sender found something wrong in its settings, and what it uses instead. */
export const configurationError = (
  item: Payload<"ConfigurationError">,
  options?: EventOptions,
): SecurityEvent => securityEvent("ConfigurationError", [item], options);

/** Events made and given up since the last report, one item for each queue. Counts of events. */
export const droppedEventsStatistics = (
  items: readonly Payload<"DroppedEventsStatistics">[],
  options?: EventOptions,
): SecurityEvent => securityEvent("DroppedEventsStatistics", items, options);

/** Messages sent since the last report. Counts of messages; 4 KB is what a hub bills as one. */
export const messageStatistics = (
  item: Payload<"MessageStatistics">,
  options?: EventOptions,
): SecurityEvent => securityEvent("MessageStatistics", [item], options);
