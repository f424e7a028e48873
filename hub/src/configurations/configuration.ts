import { hubErrors } from "../errors.js";
import { newEtag } from "../identity/identity.js";
import { parseCondition, parseQuery } from "../query/parser.js";
import { type Content, contentOf } from "./content.js";

/** An automatic configuration as it is kept. */
export interface Configuration {
  readonly id: string;
  readonly schemaVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly content: Content;
  readonly targetCondition: string;
  readonly priority: number;
  readonly createdTimeUtc: string;
  readonly lastUpdatedTimeUtc: string;
  readonly etag: string;
  /** Queries of its author by name, each answering rows that are counted. */
  readonly metricQueries: Readonly<Record<string, string>>;
}

/** Numbers of a rollout by name. */
export interface Metrics {
  readonly system: Readonly<Record<string, number>>;
  readonly custom: Readonly<Record<string, number>>;
}

const ID = /^[a-z0-9\-:.+%_#*?!(),=@;']{1,128}$/;
const LABELS = 20;
const METRICS = 5;
const CONTENT_BYTES = 32_768;

function refuse(what: string, why: string): never {
  throw hubErrors.argumentInvalid({ what, why });
}

const objectAt = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};

/** Reads what a client wants a configuration to be; its content cannot change, so `before` keeps its own. */
export function draftedConfiguration(
  id: string,
  body: Record<string, unknown>,
  { now, before }: { readonly now: number; readonly before?: Configuration },
): Configuration {
  if (!ID.test(id))
    refuse(
      "The configuration id",
      "it needs 1 to 128 small letters, digits or - : . + % _ # * ? ! ( ) , = @ ; '",
    );
  const time = new Date(now).toISOString();
  const targetCondition = String(body["targetCondition"] ?? "");
  if (targetCondition !== "") parseCondition(targetCondition);
  const priority = Number(body["priority"] ?? 0);
  if (!Number.isInteger(priority) || priority < 0 || priority > 2 ** 31 - 1)
    refuse("The priority", "it is a whole number from 0 on");
  const content = contentOf(objectAt(body["content"]));
  if (Buffer.byteLength(JSON.stringify(content)) > CONTENT_BYTES)
    refuse("The content", `it has more than ${CONTENT_BYTES} bytes`);
  if (before && JSON.stringify(before.content) !== JSON.stringify(content))
    refuse("The content", "it cannot change; make a new configuration with a higher priority");
  return {
    id,
    schemaVersion: "1.0",
    labels: labelsOf(objectAt(body["labels"])),
    content,
    targetCondition,
    priority,
    createdTimeUtc: before?.createdTimeUtc ?? time,
    lastUpdatedTimeUtc: time,
    etag: newEtag(),
    metricQueries: metricsOf(objectAt(objectAt(body["metrics"])["queries"])),
  };
}

function labelsOf(given: Record<string, unknown>): Record<string, string> {
  const labels = Object.entries(given).map(([name, value]): [string, string] => [name, String(value)]);
  if (labels.length > LABELS || labels.some((pair) => pair.some((each) => each.length > 128)))
    refuse("The labels", `there are at most ${LABELS}, of at most 128 characters`);
  return Object.fromEntries(labels);
}

/** Refuses what cannot be run, before it is kept. */
export function metricsOf(given: Record<string, unknown>): Record<string, string> {
  const queries = Object.entries(given).map(([name, query]): [string, string] => [name, String(query)]);
  if (queries.length > METRICS) refuse("The metrics", `there are at most ${METRICS}`);
  for (const [, query] of queries) parseQuery(query);
  return Object.fromEntries(queries);
}

/** The higher priority first; of the same, the younger. */
export const byPrecedence = (a: Configuration, b: Configuration): number =>
  b.priority - a.priority || (a.createdTimeUtc < b.createdTimeUtc ? 1 : -1);

/** A configuration as its clients see it. */
export function configurationJson(configuration: Configuration, metrics: Metrics): object {
  const { metricQueries, ...shown } = configuration;
  return {
    ...shown,
    systemMetrics: { results: metrics.system, queries: systemQueries(configuration) },
    metrics: { results: metrics.custom, queries: metricQueries },
  };
}

/** Queries that give the twins behind the system's numbers. */
function systemQueries({ id, targetCondition, content }: Configuration): Record<string, string> {
  const { from } = targetCondition === "" ? { from: "devices" } : parseCondition(targetCondition);
  const columns = from === "devices" ? "deviceId" : "deviceId, moduleId";
  const status = `configurations.[[${id}]].status`;
  return {
    targetedCount: `select ${columns} from ${from} where IS_DEFINED(${status})`,
    appliedCount: `select ${columns} from ${from} where ${status} = 'Applied'`,
    ...(content.modulesContent
      ? {
          reportedFailedCount: `select deviceId from devices.modules where moduleId = '$edgeAgent' and properties.desired.$version = properties.reported.lastDesiredVersion and properties.reported.lastDesiredStatus.code != 200`,
          reportedSuccessfulCount: `select deviceId from devices.modules where moduleId = '$edgeAgent' and properties.desired.$version = properties.reported.lastDesiredVersion and properties.reported.lastDesiredStatus.code = 200`,
        }
      : {}),
  };
}
