import type { EventSource } from "@picket/schema";
import { type ConnectorConfig, connectorsOf, type Resolve } from "./connectors/config.js";
import { Fields } from "./connectors/fields.js";
import { hubErrors } from "./errors.js";
import { partitionBounds } from "./events/partitions.js";
import type { LinkedHub } from "./provisioning/linked-hubs.js";
import { quotasOf } from "./quotas/settings.js";
import type { QuotaConfig } from "./quotas/tiers.js";
import type { EventsConfig } from "./slots.js";

/** What a person sets for the hub in a file. */
export interface HubSettings {
  readonly events: EventsConfig;
  readonly connectors: readonly ConnectorConfig[];
  /** Further names that the hub answers to, such as the one that devices have stored. */
  readonly aliases?: readonly string[];
  readonly quotas?: QuotaConfig;
  /** Other hubs that provisioning can give devices to. */
  readonly linkedHubs?: readonly LinkedHub[];
}

const HOST = /^(?=.{1,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i;

const sources: readonly Exclude<EventSource, "Telemetry">[] = [
  "deviceConnectionStateEvents",
  "deviceLifecycleEvents",
  "twinChangeEvents",
];

/** Reads the hub's settings; every problem is named with its place, all at once. */
export function readHubSettings(value: unknown, resolve: Resolve): HubSettings {
  const problems: string[] = [];
  const root = new Fields(value ?? {}, "", { problems, resolve });
  const events = root.object("events");
  const quotas = root.object("quotas");
  const read: HubSettings = {
    ...(root.has("aliases") ? { aliases: aliasesOf(root) } : {}),
    ...(root.has("linkedHubs") ? { linkedHubs: root.list("linkedHubs", 0).map(linkedHubOf) } : {}),
    ...(quotas ? { quotas: quotasOf(quotas) } : {}),
    events: events ? eventsOf(events) : {},
    connectors: root.has("connectors") ? connectorsOf(root.list("connectors", 0)) : [],
  };
  events?.nothingElse();
  root.nothingElse();
  if (problems.length > 0) throw hubErrors.settingsInvalid({ problems });
  return read;
}

/** A hub by the connection string of one of its policies. */
function linkedHubOf(fields: Fields): LinkedHub {
  const parts = new Map(
    fields
      .text("connectionString")
      .split(";")
      .map((part): [string, string] => {
        const at = part.indexOf("=");
        return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()];
      }),
  );
  const [hostName = "", policy = "", key = ""] = ["hostname", "sharedaccesskeyname", "sharedaccesskey"].map(
    (name) => parts.get(name),
  );
  if (!HOST.test(hostName) || policy === "" || key === "")
    fields.problem("connectionString", "needs HostName, SharedAccessKeyName and SharedAccessKey");
  const ca = fields.has("ca") ? fields.text("ca") : undefined;
  fields.nothingElse();
  return { hostName: hostName.toLowerCase(), policy, key, ...(ca === undefined ? {} : { ca }) };
}

function aliasesOf(fields: Fields): string[] {
  const names = fields.texts("aliases");
  for (const name of names)
    if (!HOST.test(name)) fields.problem("aliases", `${name.slice(0, 64)} is no host name`);
  return names.map((name) => name.toLowerCase());
}

function eventsOf(fields: Fields): EventsConfig {
  const { least, most, usual } = partitionBounds;
  const told = fields.has("sources") ? fields.texts("sources") : [];
  for (const each of told)
    if (!sources.some((source) => source === each))
      fields.problem("sources", `knows ${sources.join(", ")}, not ${each.slice(0, 64)}`);
  return {
    partitions: fields.number("partitions", { least, most, usual }),
    sources: sources.filter((source) => told.includes(source)),
  };
}
