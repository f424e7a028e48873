import type { TableRow } from "@picket/schema";
import { activity, type BySeverity, severities } from "./devices.js";
import { type Page, readPage } from "./pages.js";
import { Conditions, isoText, type Reader } from "./reader.js";

/** Is anything wrong, is anything missing, is it getting better? */
export interface Overview {
  readonly alertsOpen: BySeverity;
  readonly alertsOpenDayAgo: BySeverity;
  readonly devices: { readonly total: number; readonly connected: number; readonly silent: number };
  readonly recommendationsActive: BySeverity;
  readonly eventsByHour: readonly { readonly hour: string; readonly name: string; readonly count: number }[];
  readonly rejectedLastDay: number;
  readonly newestEventAt?: string;
  readonly recentChanges: readonly TableRow<"SecurityAlertHistory">[];
  readonly topDevices: readonly { readonly DeviceId: string; readonly alerts: number }[];
  readonly topRules: readonly {
    readonly RuleId: string;
    readonly AlertName: string;
    readonly alerts: number;
  }[];
}

const DAY_AGO = "CAST($1 AS TIMESTAMP) - INTERVAL 24 HOUR";

export async function readOverview(reader: Reader, now: string): Promise<Overview> {
  const bySeverity = async (sql: string): Promise<BySeverity> =>
    severities(await reader.rows(sql, sql.includes("$1") ? [now] : []));
  const [devices = []] = await reader.rows(
    `SELECT count(*), count(*) FILTER ("DeviceId" IN (SELECT "DeviceId" FROM "IoTDevice" WHERE "ConnectionState" = 'Connected')),
       count(*) FILTER (coalesce("LastActivityTime", "CreatedTime") < ${DAY_AGO})
     FROM "IoTDevice" WHERE "ModuleId" = '' AND "Status" <> 'deleted'`,
    [now],
  );
  const [newest = []] = await reader.rows(
    `SELECT ${isoText('max("TimeGenerated")')} FROM "SecurityIoTRawEvent"`,
  );
  return {
    alertsOpen: await bySeverity(
      `SELECT "AlertSeverity", count(*) FROM "SecurityAlert" WHERE "Status" <> 'Closed' GROUP BY ALL`,
    ),
    alertsOpenDayAgo: await bySeverity(openDayAgo),
    devices: { total: Number(devices[0]), connected: Number(devices[1]), silent: Number(devices[2]) },
    recommendationsActive: await bySeverity(
      `SELECT "RecommendationSeverity", count(*) FROM "SecurityRecommendation" WHERE "RecommendationState" = 'Active' GROUP BY ALL`,
    ),
    eventsByHour: await activity(reader, now),
    rejectedLastDay: await reader.count(
      `SELECT count(*) FROM "SecurityIoTRejected" WHERE "TimeGenerated" >= ${DAY_AGO}`,
      [now],
    ),
    ...(typeof newest[0] === "string" ? { newestEventAt: newest[0] } : {}),
    recentChanges: await reader.table(
      "SecurityAlertHistory",
      `WHERE "Actor" <> 'picket' ORDER BY "TimeGenerated" DESC LIMIT 5`,
    ),
    topDevices: await reader.json(
      `SELECT CAST(json_object('DeviceId', "DeviceId", 'alerts', n) AS VARCHAR) FROM (SELECT "DeviceId", count(*) AS n
        FROM "SecurityAlert" WHERE "Status" <> 'Closed' AND "DeviceId" <> '' GROUP BY ALL ORDER BY n DESC, 1 LIMIT 5)`,
    ),
    topRules: await reader.json(
      `SELECT CAST(json_object('RuleId', "RuleId", 'AlertName', name, 'alerts', n) AS VARCHAR) FROM (SELECT "RuleId",
        any_value("AlertName") AS name, count(*) AS n FROM "SecurityAlert" WHERE "Status" <> 'Closed' AND "RuleId" <> ''
        GROUP BY 1 ORDER BY n DESC, 1 LIMIT 5)`,
    ),
  };
}

/** An alert's state of a day ago is what its history said last before; one without such a history was new. */
const openDayAgo = `SELECT a."AlertSeverity", count(*) FROM "SecurityAlert" a
  LEFT JOIN (SELECT "SystemAlertId" AS id, arg_max("ToStatus", "TimeGenerated") AS status FROM "SecurityAlertHistory"
    WHERE "TimeGenerated" < ${DAY_AGO} AND "ToStatus" <> '' GROUP BY 1) h ON h.id = a."SystemAlertId"
  WHERE a."ProcessingEndTime" < ${DAY_AGO} AND coalesce(h.status, 'New') <> 'Closed' GROUP BY ALL`;

/** Which recommendations are wanted. */
export interface RecommendationFilter {
  readonly state?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly name?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Recommendations, last changed first. */
export async function listRecommendations(
  reader: Reader,
  filter: RecommendationFilter,
): Promise<Page<TableRow<"SecurityRecommendation">> & { total: number }> {
  const conditions = (): Conditions =>
    new Conditions()
      .add(filter.state, (n) => `"RecommendationState" = ${n}`)
      .add(filter.deviceId, (n) => `"DeviceId" = ${n}`)
      .add(filter.name, (n) => `"RecommendationName" = ${n}`);
  const counted = conditions();
  const total = await reader.count(
    `SELECT count(*) FROM "SecurityRecommendation" ${counted.where}`,
    counted.values,
  );
  const { limit, cursor } = filter;
  const page = await readPage(reader, {
    table: "SecurityRecommendation",
    conditions: conditions(),
    limit,
    cursor,
    id: '"RecommendationId"',
  });
  return { ...page, total };
}

/** Recommendations by name, worst and most active first. */
export const recommendationSummary = (
  reader: Reader,
): Promise<{ name: string; displayName: string; severity: string; active: number; resolved: number }[]> =>
  reader.json(
    `SELECT CAST(json_object('name', name, 'displayName', title, 'severity', severity, 'active', active, 'resolved', resolved) AS VARCHAR)
     FROM (SELECT "RecommendationName" AS name, any_value("RecommendationDisplayName") AS title,
       any_value("RecommendationSeverity") AS severity, count(*) FILTER ("RecommendationState" = 'Active') AS active,
       count(*) FILTER ("RecommendationState" = 'Resolved') AS resolved FROM "SecurityRecommendation" GROUP BY 1
       ORDER BY active = 0, CASE severity WHEN 'High' THEN 0 WHEN 'Medium' THEN 1 ELSE 2 END, active DESC, name)`,
  );

/** Which rows of a log-like table are wanted. */
export interface LogFilter {
  readonly deviceId?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const logConditions = (filter: LogFilter): Conditions =>
  new Conditions()
    .add(filter.deviceId, (n) => `"DeviceId" = ${n}`)
    .add(filter.actor, (n) => `"Actor" = ${n}`)
    .add(filter.action, (n) => `"Action" = ${n}`);

/** Rows of a log-like table, newest first. */
export const listLog = <T extends "SecurityIoTRejected" | "PicketAudit" | "IoTHubOperation">(
  reader: Reader,
  table: T,
  filter: LogFilter,
): Promise<Page<TableRow<T>>> =>
  readPage(reader, {
    table,
    conditions: logConditions(filter),
    limit: filter.limit,
    cursor: filter.cursor,
    id: "rowid",
  });

/** How many were refused in the last day, by reason. */
export const rejectedReasons = (reader: Reader, now: string): Promise<{ Reason: string; count: number }[]> =>
  reader.json(
    `SELECT CAST(json_object('Reason', "Reason", 'count', n) AS VARCHAR) FROM (SELECT "Reason", count(*) AS n
      FROM "SecurityIoTRejected" WHERE "TimeGenerated" >= ${DAY_AGO} GROUP BY 1 ORDER BY n DESC)`,
    [now],
  );
