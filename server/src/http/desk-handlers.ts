import {
  coverage,
  type Exception,
  exceptionTest,
  lateness,
  proposeException,
  readClock,
  readException,
  readSuppression,
} from "@picket/pipeline";
import type { TableRow } from "@picket/schema";
import { set } from "../detection/settings.js";
import { serverErrors } from "../errors.js";
import { alertUnknown, type House } from "../house.js";
import { ask } from "../query/ask.js";
import type { Around, Handlers } from "./handler.js";

type DeskRoute = Extract<
  keyof Handlers,
  `${string} /suppressions${string}` | `${string} /exceptions${string}` | `${string} /alert-clocks${string}`
>;

interface Covered {
  readonly alerts: number;
  readonly ofAlerts: number;
  readonly truePositives: number;
  readonly samples: { id: string; title: string; deviceId: string; disposition: string }[];
}

const SHOWN = 20;
const quoted = (text: string): string => JSON.stringify(text);

const itemsOf = (evidence: unknown): Record<string, unknown>[] => {
  const list: unknown = typeof evidence === "string" ? JSON.parse(evidence) : evidence;
  return Array.isArray(list) ? list.filter((each) => typeof each === "object" && each !== null) : [];
};

/** Replays an exception on the alerts of the last 90 days: one is covered when all of its evidence is. */
async function coveredBy({ house, caller }: Around, exception: Exception): Promise<Covered> {
  const query = `SecurityAlert | where TimeGenerated > ago(90d) and RuleId == ${quoted(exception.ruleId)} | project SystemAlertId, DisplayName, DeviceId, StatusReason, Evidence | take 5000`;
  const { rowsJson } = await ask(house, caller, { query, truncate: true });
  const rows: unknown[][] = JSON.parse(rowsJson);
  const covers = exceptionTest(exception);
  const found = rows.filter(([, , deviceId, , evidence]) => {
    const items = itemsOf(evidence);
    return items.length > 0 && items.every((item) => covers(item, String(deviceId)));
  });
  const isTrue = (row: readonly unknown[]): boolean => String(row[3] ?? "").startsWith("truePositive");
  return {
    alerts: found.length,
    ofAlerts: rows.length,
    truePositives: found.filter(isTrue).length,
    samples: [...found]
      .sort((one, other) => Number(isTrue(other)) - Number(isTrue(one)))
      .slice(0, SHOWN)
      .map(([id, title, deviceId, reason]) => ({
        id: String(id),
        title: String(title),
        deviceId: String(deviceId),
        disposition: String(reason ?? ""),
      })),
  };
}

async function alertOf(house: House, id: string): Promise<TableRow<"SecurityAlert">> {
  const [alert] = await house.rooms.analysis.alertRows([id]);
  if (!alert) throw alertUnknown(id);
  return alert;
}

const printed = ({ ruleId, where, until }: Exception) => ({
  ruleId,
  where: { ...where },
  ...(until === 0 ? {} : { until: new Date(until).toISOString() }),
});

const suppressions: Pick<Handlers, Extract<DeskRoute, `${string}/suppressions${string}`>> = {
  "GET /suppressions": async (_, { house }) => ({
    suppressions: (await house.rooms.analysis.settings("suppression")).map(
      ({ name, actor, since, reason, value }) => {
        const { kind, rule, device, entity, from, until } = readSuppression(value);
        const span = { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
        return { name, actor, since, reason, kind, rule, device, entity, ...span };
      },
    ),
  }),
  "POST /suppressions/preview": async ({ body }, { house }) => {
    const covers = coverage(readSuppression(body));
    const { rows } = await house.rooms.analysis.alerts({
      from: new Date(house.rooms.clock.now() - 30 * 86_400_000).toISOString(),
      limit: 500,
    });
    const found = rows.filter(({ RuleId = "", DeviceId = "", ExtendedProperties = "" }) =>
      covers(RuleId, DeviceId, entityIn(ExtendedProperties)),
    );
    return { total: found.length, alerts: found.slice(0, SHOWN) };
  },
  "PUT /suppressions/{name}": async ({ params, body }, { house, caller }) => {
    readSuppression(body);
    const { reason, ...value } = body;
    await set(house, { area: "suppression", name: params.name, value, actor: caller.name, reason });
  },
  "DELETE /suppressions/{name}": async ({ params }, { house, caller }) =>
    set(house, { area: "suppression", name: params.name, value: null, actor: caller.name, reason: "" }),
};

/** What most alerts are told apart by. */
function entityIn(properties: string): string {
  const given: unknown = properties === "" ? {} : JSON.parse(properties);
  return String(
    Reflect.get(Object(given), "CommandLine") ?? Reflect.get(Object(given), "RemoteAddress") ?? "",
  );
}

const exceptions: Pick<Handlers, Extract<DeskRoute, `${string}/exceptions${string}`>> = {
  "GET /exceptions": async (_, { house }) => {
    const kept = new Map(await house.rooms.analysis.exceptionCounts());
    const found = await house.rooms.analysis.settings("exception");
    return {
      exceptions: found.map(({ name, actor, since, reason, value }) => ({
        name,
        actor,
        since,
        reason,
        ...printed(readException(value)),
        kept: kept.get(name) ?? 0,
      })),
    };
  },
  "POST /exceptions/propose": async ({ body }, around) => {
    const { RuleId = "", Evidence } = await alertOf(around.house, body.alertId);
    const [item] = itemsOf(Evidence);
    if (!item) throw serverErrors.badRequest({ why: "the alert holds no evidence to make an exception of" });
    const exception = proposeException(RuleId, item);
    if (Object.keys(exception.where).length === 0)
      throw serverErrors.badRequest({ why: "the alert's evidence tells nothing apart" });
    return { exception: printed(exception), covered: await coveredBy(around, exception) };
  },
  "POST /exceptions/preview": async ({ body }, around) => coveredBy(around, readException(body)),
  "PUT /exceptions/{name}": async ({ params, body }, around) => {
    const { house, caller } = around;
    const { reason, evenTruePositives, ...value } = body;
    const covered = await coveredBy(around, readException(value));
    if (covered.truePositives > 0 && !evenTruePositives)
      throw serverErrors.badRequest({
        why: `it would have hidden ${covered.truePositives} true positive${covered.truePositives === 1 ? "" : "s"}, such as ${covered.samples[0]?.id}; make it narrower`,
      });
    await set(house, { area: "exception", name: params.name, value, actor: caller.name, reason });
    return covered;
  },
  "DELETE /exceptions/{name}": async ({ params }, { house, caller }) =>
    set(house, { area: "exception", name: params.name, value: null, actor: caller.name, reason: "" }),
};

const clocks: Pick<Handlers, Extract<DeskRoute, `${string}/alert-clocks${string}`>> = {
  "GET /alert-clocks": async (_, { house }) => {
    const { analysis, clock } = house.rooms;
    const found = (await analysis.settings("alertClock")).map(
      ({ name, value }) => [name, readClock(name, value)] as const,
    );
    const bySeverity = new Map(found);
    const { rows } = await analysis.alerts({ status: ["New", "InProgress"], limit: 500 });
    const late = rows.flatMap(
      ({ SystemAlertId = "", DisplayName = "", AlertSeverity = "", Status = "", ProcessingEndTime = "" }) => {
        const createdAt = Date.parse(ProcessingEndTime);
        const what = lateness(bySeverity.get(AlertSeverity), { status: Status, createdAt, now: clock.now() });
        return what === undefined
          ? []
          : [{ id: SystemAlertId, title: DisplayName, severity: AlertSeverity, late: what }];
      },
    );
    return { clocks: Object.fromEntries(found.map(([name, each]) => [name, { ...each }])), late };
  },
  "PUT /alert-clocks/{severity}": async ({ params, body }, { house, caller }) => {
    readClock(params.severity, body);
    await set(house, {
      area: "alertClock",
      name: params.severity,
      value: body,
      actor: caller.name,
      reason: "",
    });
  },
};

/** Handlers of what people set so that alerts are worth looking at. */
export const deskHandlers: Pick<Handlers, DeskRoute> = { ...suppressions, ...exceptions, ...clocks };
