import type { TableRow } from "@picket/schema";
import { type Page, readPage } from "./pages.js";
import { Conditions, type Reader } from "./reader.js";

/** Which alerts are wanted; what is absent is not asked for. */
export interface AlertFilter {
  readonly status?: readonly string[] | undefined;
  readonly severity?: readonly string[] | undefined;
  readonly deviceId?: string | undefined;
  readonly ruleId?: string | undefined;
  readonly owner?: string | undefined;
  readonly text?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Newest first when absent. */
  readonly order?: "newest" | "worst" | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const BADNESS = `CASE "AlertSeverity" WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 WHEN 'Low' THEN 1 ELSE 0 END`;
const HEAVY = ["Evidence", "Ancestry", "NextQueries"];

const conditionsOf = (filter: AlertFilter): Conditions =>
  new Conditions()
    .among("Status", filter.status)
    .among("AlertSeverity", filter.severity)
    .add(filter.deviceId, (n) => `"DeviceId" = ${n}`)
    .add(filter.ruleId, (n) => `"RuleId" = ${n}`)
    .add(filter.owner, (n) => `"Owner" = ${n}`)
    .add(
      filter.text?.toLowerCase(),
      (n) => `contains(lower("DisplayName" || ' ' || "Reason" || ' ' || "DeviceId"), ${n})`,
    )
    .add(filter.from, (n) => `"TimeGenerated" >= CAST(${n} AS TIMESTAMP)`)
    .add(filter.to, (n) => `"TimeGenerated" < CAST(${n} AS TIMESTAMP)`);

/** Alerts without their evidence: last changed first, or the worst first and among those the last changed. */
export async function listAlerts(
  reader: Reader,
  filter: AlertFilter,
): Promise<Page<TableRow<"SecurityAlert">> & { total: number }> {
  const counted = conditionsOf(filter);
  const total = await reader.count(`SELECT count(*) FROM "SecurityAlert" ${counted.where}`, counted.values);
  const { limit, cursor } = filter;
  const page = await readPage(reader, {
    table: "SecurityAlert",
    conditions: conditionsOf(filter),
    limit,
    cursor,
    id: '"SystemAlertId"',
    leaveOut: HEAVY,
    ...(filter.order === "worst" ? { rank: BADNESS } : {}),
  });
  return { ...page, total };
}

/** Whole alerts by id; unknown ids are left out. */
export function alertRows(reader: Reader, ids: readonly string[]): Promise<TableRow<"SecurityAlert">[]> {
  if (ids.length === 0) return Promise.resolve([]);
  const { where, values } = new Conditions().among("SystemAlertId", ids);
  return reader.table("SecurityAlert", where, values);
}

/** What happened to an alert, oldest first. */
export const alertHistory = (reader: Reader, id: string): Promise<TableRow<"SecurityAlertHistory">[]> =>
  reader.table("SecurityAlertHistory", `WHERE "SystemAlertId" = $1 ORDER BY "TimeGenerated" LIMIT 1000`, [
    id,
  ]);
