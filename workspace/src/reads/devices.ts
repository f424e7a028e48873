import type { TableRow } from "@picket/schema";
import { PROMOTED_FROM, quoted } from "../tables/physical.js";
import { pageSize } from "./pages.js";
import { asJson, Conditions, isoText, parseCursor, printCursor, type Reader } from "./reader.js";

/** Which devices are wanted. */
export interface DeviceFilter {
  readonly text?: string | undefined;
  readonly state?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Counts by severity. */
export interface BySeverity {
  readonly High: number;
  readonly Medium: number;
  readonly Low: number;
  readonly Informational: number;
}

/** One device with what is open on it. */
export interface DeviceSummary {
  readonly device: TableRow<"IoTDevice">;
  readonly modules: readonly TableRow<"IoTDevice">[];
  readonly alerts: BySeverity;
  readonly recommendations: number;
  readonly lastEventAt?: string;
}

/** The latest payload items of each snapshot event. */
export type Snapshots = Readonly<
  Record<string, { readonly at: string; readonly items: readonly Record<string, unknown>[] }>
>;

const SILENT_AFTER = "INTERVAL 24 HOUR";
const states: Readonly<Record<string, string>> = {
  connected: `"DeviceId" IN (SELECT "DeviceId" FROM "IoTDevice" WHERE "ConnectionState" = 'Connected')`,
  silent: `coalesce("LastActivityTime", "CreatedTime") < CAST($1 AS TIMESTAMP) - ${SILENT_AFTER}`,
  disabled: `"Status" = 'disabled'`,
};

function conditionsOf(filter: DeviceFilter, now: string): Conditions {
  const conditions = new Conditions().add(
    now,
    (n) => `${n} IS NOT NULL AND "ModuleId" = '' AND "Status" <> 'deleted'`,
  );
  const state = filter.state === undefined ? undefined : states[filter.state];
  if (state) conditions.add("", (n) => `${n} = '' AND ${state}`);
  return conditions.add(filter.text?.toLowerCase(), (n) => `contains(lower("DeviceId"), ${n})`);
}

/** Devices in order of their id, with what is open on them. */
export async function listDevices(
  reader: Reader,
  filter: DeviceFilter,
  now: string,
): Promise<{ rows: DeviceSummary[]; total: number; next?: string }> {
  const counted = conditionsOf(filter, now);
  const total = await reader.count(`SELECT count(*) FROM "IoTDevice" ${counted.where}`, counted.values);
  const conditions = conditionsOf(filter, now);
  const limit = pageSize(filter.limit);
  if (filter.cursor !== undefined) conditions.add(parseCursor(filter.cursor).id, (n) => `"DeviceId" > ${n}`);
  const found = await reader.table(
    "IoTDevice",
    `${conditions.where} ORDER BY "DeviceId" LIMIT ${limit + 1}`,
    conditions.values,
  );
  const devices = found.slice(0, limit);
  const rows = await summaries(reader, devices);
  const last = devices.at(-1)?.DeviceId;
  if (found.length <= limit || last === undefined) return { rows, total };
  return { rows, total, next: printCursor({ rank: 0, at: now, id: last }) };
}

async function summaries(
  reader: Reader,
  devices: readonly TableRow<"IoTDevice">[],
): Promise<DeviceSummary[]> {
  const ids = devices.map(({ DeviceId }) => DeviceId ?? "");
  if (ids.length === 0) return [];
  const { where, values } = new Conditions().among("DeviceId", ids);
  const group = async (sql: string): Promise<unknown[][]> => reader.rows(sql, values);
  const modules = await reader.table(
    "IoTDevice",
    `${where} AND "ModuleId" <> '' AND "Status" <> 'deleted'`,
    values,
  );
  const alerts = await group(
    `SELECT "DeviceId", "AlertSeverity", count(*) FROM "SecurityAlert" ${where} AND "Status" <> 'Closed' GROUP BY ALL`,
  );
  const active = await group(
    `SELECT "DeviceId", count(*) FROM "SecurityRecommendation" ${where} AND "RecommendationState" = 'Active' GROUP BY ALL`,
  );
  const newest = await group(
    `SELECT "DeviceId", ${isoText('max("TimeGenerated")')} FROM "SecurityIoTRawEvent" ${where} GROUP BY ALL`,
  );
  const activeBy = new Map(active.map(([id, count]) => [String(id), Number(count)]));
  const newestBy = new Map(newest.map(([id, at]) => [String(id), String(at)]));
  return devices.map((device) => {
    const id = device.DeviceId ?? "";
    const lastEventAt = newestBy.get(id);
    return {
      device,
      modules: modules.filter(({ DeviceId }) => DeviceId === id),
      alerts: severities(alerts.filter(([of]) => of === id).map(([, severity, count]) => [severity, count])),
      recommendations: activeBy.get(id) ?? 0,
      ...(lastEventAt === undefined ? {} : { lastEventAt }),
    };
  });
}

/** Rows of severity and count as one object. */
export function severities(rows: readonly (readonly unknown[])[]): BySeverity {
  const counts = new Map(rows.map(([severity, count]) => [String(severity), Number(count)]));
  const of = (severity: string): number => counts.get(severity) ?? 0;
  return { High: of("High"), Medium: of("Medium"), Low: of("Low"), Informational: of("Informational") };
}

/** A device and its modules; undefined when the registry never had it. */
export async function deviceRows(
  reader: Reader,
  id: string,
): Promise<{ device: TableRow<"IoTDevice">; modules: TableRow<"IoTDevice">[] } | undefined> {
  const rows = await reader.table("IoTDevice", `WHERE "DeviceId" = $1 ORDER BY "ModuleId"`, [id]);
  const [device, ...modules] = rows;
  return device && device.ModuleId === "" ? { device, modules } : undefined;
}

/** The newest snapshot of each periodic event that a device sent. */
export async function latestSnapshots(reader: Reader, id: string): Promise<Snapshots> {
  const found = await reader.rows(
    `WITH last AS (SELECT "RawEventName" AS name, arg_max("EventId", "TimeGenerated") AS event, max("TimeGenerated") AS at
       FROM "SecurityIoTRawEvent" WHERE "DeviceId" = $1 AND "RawEventCategory" = 'Periodic' GROUP BY ALL)
     SELECT e."RawEventName", ${isoText('e."TimeStamp"')}, e.${quoted(PROMOTED_FROM)}, e."IsEmpty"
     FROM "SecurityIoTRawEvent" e JOIN last ON e."DeviceId" = $1 AND e."RawEventName" = last.name AND e."EventId" = last.event
       AND e."TimeGenerated" = last.at LIMIT 5000`,
    [id],
  );
  const snapshots: Record<string, { at: string; items: Record<string, unknown>[] }> = {};
  for (const [name, at, details, isEmpty] of found) {
    snapshots[String(name)] ??= { at: String(at), items: [] };
    if (!isEmpty) snapshots[String(name)]?.items.push(JSON.parse(String(details)));
  }
  return snapshots;
}

/** Rows by event name and hour of the last day, of one device or of all. */
export function activity(
  reader: Reader,
  now: string,
  id?: string,
): Promise<{ hour: string; name: string; count: number }[]> {
  const { where, values } = new Conditions()
    .add(now, (n) => `"TimeGenerated" >= CAST(${n} AS TIMESTAMP) - INTERVAL 24 HOUR`)
    .add(id, (n) => `"DeviceId" = ${n}`);
  return reader.json(
    `SELECT CAST(json_object('hour', ${isoText("hour")}, 'name', name, 'count', n) AS VARCHAR) FROM
      (SELECT date_trunc('hour', "TimeGenerated") AS hour, "RawEventName" AS name, count(*) AS n
       FROM "SecurityIoTRawEvent" ${where} GROUP BY ALL ORDER BY hour, name)`,
    values,
  );
}

/** Raw events of a device in a span of time, oldest first. */
export const timeline = (
  reader: Reader,
  { deviceId, from, to, limit }: { deviceId: string; from: string; to: string; limit: number },
): Promise<TableRow<"SecurityIoTRawEvent">[]> =>
  reader.json(
    `SELECT CAST(${asJson("SecurityIoTRawEvent")} AS VARCHAR) FROM "SecurityIoTRawEvent" WHERE "DeviceId" = $1
      AND "TimeStamp" >= CAST($2 AS TIMESTAMP) AND "TimeStamp" < CAST($3 AS TIMESTAMP) ORDER BY "TimeStamp" LIMIT ${Math.max(1, Math.min(Math.trunc(limit) || 1, 5_000))}`,
    [deviceId, from, to],
  );
