import type { EventSource } from "@picket/schema";
import { type ConnectorConfig, connectorsOf, type Resolve } from "./connectors/config.js";
import { Fields } from "./connectors/fields.js";
import { hubErrors } from "./errors.js";
import { partitionBounds } from "./events/partitions.js";
import type { EventsConfig } from "./slots.js";

/** What a person sets for the hub in a file. */
export interface HubSettings {
  readonly events: EventsConfig;
  readonly connectors: readonly ConnectorConfig[];
}

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
  const read: HubSettings = {
    events: events ? eventsOf(events) : {},
    connectors: root.has("connectors") ? connectorsOf(root.list("connectors", 0)) : [],
  };
  events?.nothingElse();
  root.nothingElse();
  if (problems.length > 0) throw hubErrors.settingsInvalid({ problems });
  return read;
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
