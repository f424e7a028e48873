import { rules } from "@picket/detections";
import type { House } from "../house.js";
import type { Answer, Question } from "../query/ask.js";

/** Asks in KQL and answers rows as lists. */
export type Ask = (question: Question) => Promise<Answer>;

type Row = readonly unknown[];

async function rowsOf(ask: Ask, query: string): Promise<Row[]> {
  return JSON.parse((await ask({ query, truncate: true })).rowsJson);
}

const HUB = "IoTHub";
const OPEN =
  'SecurityAlert | where IsIncident != true and Status != "Closed" | where AlertSeverity in ("High", "Medium", "Low")';
const dayOf = (value: unknown): string => new Date(String(value)).toISOString().slice(0, 10);

interface Levels {
  high: number;
  medium: number;
  low: number;
}
const levelsOf = (rows: readonly Row[]): Levels => {
  const levels: Levels = { high: 0, medium: 0, low: 0 };
  for (const [severity, count] of rows) {
    const level = String(severity).toLowerCase();
    if (level === "high" || level === "medium" || level === "low") levels[level] += Number(count);
  }
  return levels;
};

/** The numbers of a solution: what is open by severity, over days, and what leads. */
export async function analyticsOf(ask: Ask): Promise<object> {
  const severities = await rowsOf(ask, `${OPEN} | summarize count() by AlertSeverity`);
  const days = await rowsOf(
    ask,
    `SecurityAlert | where TimeGenerated > ago(7d) and IsIncident != true | summarize Devices = dcount(DeviceId) by Day = bin(ProcessingEndTime, 1d), AlertSeverity | project Day, AlertSeverity, Devices`,
  );
  const devices = await rowsOf(
    ask,
    `${OPEN} | summarize Alerts = count() by DeviceId | top 3 by Alerts desc`,
  );
  const prevalent = await rowsOf(
    ask,
    `${OPEN} | summarize Alerts = count() by AlertName, AlertSeverity | top 3 by Alerts desc`,
  );
  const recommended = await rowsOf(
    ask,
    'SecurityRecommendation | where RecommendationState == "Active" | summarize Devices = dcount(DeviceId) by RecommendationDisplayName, RecommendationSeverity | top 3 by Devices desc',
  );
  const [[unhealthy = 0] = []] = await rowsOf(ask, `${OPEN} | summarize dcount(DeviceId)`);
  const dates = [...new Set(days.map(([day]) => dayOf(day)))].sort();
  return {
    metrics: levelsOf(severities),
    unhealthyDeviceCount: Number(unhealthy),
    devicesMetrics: dates.map((date) => ({
      date: `${date}T00:00:00Z`,
      devicesMetrics: levelsOf(
        days.filter(([day]) => dayOf(day) === date).map(([, severity, count]) => [severity, count]),
      ),
    })),
    topAlertedDevices: devices.map(([deviceId, alertsCount]) => ({ deviceId, alertsCount })),
    mostPrevalentDeviceAlerts: prevalent.map(([alertDisplayName, reportedSeverity, alertsCount]) => ({
      alertDisplayName,
      reportedSeverity,
      alertsCount,
    })),
    mostPrevalentDeviceRecommendations: recommended.map(
      ([recommendationDisplayName, reportedSeverity, devicesCount]) => ({
        recommendationDisplayName,
        reportedSeverity,
        devicesCount,
      }),
    ),
  };
}

/** Open alerts of one type and day, as the original counts them. */
export interface AggregatedAlert {
  readonly name: string;
  readonly ids: readonly string[];
  readonly properties: object;
}

/** The open alerts by type and day, newest day first. */
export async function aggregatedAlerts(ask: Ask): Promise<AggregatedAlert[]> {
  const rows = await rowsOf(
    ask,
    `${OPEN} | project SystemAlertId, AlertType, AlertName, AlertSeverity, Description, RemediationSteps, DeviceId, EventCount, EndTime, Created = ProcessingEndTime | order by Created desc | take 20000`,
  );
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${String(row[1])}/${dayOf(row[9])}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups].map(([name, group]) => ({
    name,
    ids: group.map(([id]) => String(id)),
    properties: described(name, group),
  }));
}

function described(name: string, group: readonly Row[]): object {
  const [, alertType, alertName, severity, description, remediation] = group[0]!;
  const date = name.slice(name.lastIndexOf("/") + 1);
  const devices = new Map<string, { count: number; last: string }>();
  for (const row of group) {
    const before = devices.get(String(row[6])) ?? { count: 0, last: "" };
    const last = new Date(String(row[8])).toISOString();
    devices.set(String(row[6]), {
      count: before.count + Number(row[7] ?? 1),
      last: [before.last, last].sort().at(-1) ?? last,
    });
  }
  return {
    alertType,
    alertDisplayName: alertName,
    aggregatedDateUtc: date,
    vendorName: "Picket",
    reportedSeverity: severity,
    remediationSteps: remediation,
    description,
    count: group.reduce((total, row) => total + Number(row[7] ?? 1), 0),
    effectedResourceType: "IoT Device",
    systemSource: "Devices",
    actionTaken: "Detected",
    logAnalyticsQuery: `SecurityAlert | where AlertType == "${String(alertType)}" and ProcessingEndTime between (datetime(${date}) .. 1d)`,
    topDevicesList: [...devices]
      .sort(([, one], [, other]) => other.count - one.count)
      .slice(0, 10)
      .map(([deviceId, { count, last }]) => ({ deviceId, alertsCount: count, lastOccurrence: last })),
  };
}

/** Recommendations by their kind. */
export async function aggregatedRecommendations(ask: Ask): Promise<{ name: string; properties: object }[]> {
  const rows = await rowsOf(
    ask,
    'SecurityRecommendation | summarize Active = countif(RecommendationState == "Active"), Resolved = countif(RecommendationState == "Resolved"), Title = max(RecommendationDisplayName), Severity = max(RecommendationSeverity), Steps = max(RemediationSteps), About = max(Description) by RecommendationName',
  );
  return rows.map(([name, active, resolved, title, severity, steps, about]) => ({
    name: String(name),
    properties: {
      recommendationName: name,
      recommendationDisplayName: title,
      description: about,
      recommendationTypeId: name,
      detectedBy: "Picket",
      remediationSteps: steps,
      reportedSeverity: severity,
      healthyDevices: Number(resolved),
      unhealthyDeviceCount: Number(active),
      logAnalyticsQuery: `SecurityRecommendation | where RecommendationName == "${String(name)}" and RecommendationState == "Active"`,
    },
  }));
}

/** One alert as the earlier list of alerts has it. */
export async function iotAlerts(
  ask: Ask,
  filter: string,
  limit: number,
): Promise<{ name: string; properties: object }[]> {
  const rows = await rowsOf(
    ask,
    `SecurityAlert | where IsIncident != true${filter} | order by TimeGenerated desc | take ${limit} | project SystemAlertId, CompromisedEntity, AlertType, StartTime, EndTime, Entities, ExtendedProperties, EventCount`,
  );
  return rows.map(([id, entity, type, start, end, entities, properties, count]) => ({
    name: String(id),
    properties: {
      systemAlertId: id,
      compromisedEntity: entity,
      alertType: type,
      startTimeUtc: start,
      endTimeUtc: end,
      entities: parsed(entities, []),
      extendedProperties: parsed(properties, {}),
      totalCount: Number(count ?? 1),
    },
  }));
}

function parsed(value: unknown, fallback: unknown): unknown {
  if (typeof value !== "string") return value ?? fallback;
  try {
    return JSON.parse(value);
  } catch {
    return fallback;
  }
}

/** One recommendation of one device. */
export async function iotRecommendations(
  ask: Ask,
  filter: string,
  limit: number,
): Promise<{ name: string; properties: object }[]> {
  const rows = await rowsOf(
    ask,
    `SecurityRecommendation | where RecommendationState == "Active"${filter} | order by TimeGenerated desc | take ${limit} | project RecommendationId, DeviceId, RecommendationName, DiscoveredTimeUTC, RecommendationAdditionalData`,
  );
  return rows.map(([id, deviceId, recommendationType, discoveredTimeUtc, data]) => ({
    name: String(id),
    properties: {
      deviceId,
      recommendationType,
      discoveredTimeUtc,
      recommendationAdditionalData: parsed(data, {}),
    },
  }));
}

const intentOf = (tactics: readonly string[]): string =>
  tactics
    .map((tactic) => tactic.replaceAll(" ", "").replace("CommandandControl", "CommandAndControl"))
    .join(", ") || "Unknown";

/** The kinds of alerts that rules make. */
export const alertTypes: readonly { readonly name: string; readonly properties: object }[] = rules.map(
  (rule) => ({
    name: rule.alertType,
    properties: {
      alertDisplayName: rule.name,
      severity: rule.severity,
      description: rule.about,
      providerName: "IoTSecurity",
      vendorName: "Picket",
      intent: intentOf(rule.tactics),
      remediationSteps: [rule.remediation],
    },
  }),
);

/** The solution that stands for this house when nobody made one. */
export const ownSolution = (house: House): object => ({
  location: "local",
  tags: {},
  properties: {
    displayName: house.rooms.config.hostName,
    status: "Enabled",
    export: ["RawEvents"],
    disabledDataSources: [],
    iotHubs: [`/providers/Microsoft.Devices/${HUB}s/${house.rooms.config.hostName}`],
    autoDiscoveredResources: [],
    recommendationsConfiguration: [],
    unmaskedIpLoggingStatus: "Enabled",
  },
});
