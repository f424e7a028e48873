import {
  deliveryRoutes,
  deskRoutes,
  detectionRoutes,
  intelRoutes,
  type Reply,
  type Routes,
} from "@picket/api";
import { casesOf, rules, sourcesOf } from "@picket/detections";
import type { Identity } from "@picket/hub";
import { type Decision, recordKind, SECURITY_MODULE, type TableRow } from "@picket/schema";
import { connectionOf } from "../connect-command.js";
import { serverErrors } from "../errors.js";
import { alertUnknown, type House } from "../house.js";
import type { Around, Handlers } from "./handler.js";
import { health } from "./health.js";
import { hubHandlers } from "./hub-handlers.js";
import { later } from "./later.js";
import { queries } from "./query-handlers.js";

const AROUND_MS = 30 * 60_000;

const who = ({ caller, house }: Around): Reply<Routes["GET /session"]> => {
  const { config } = house.rooms;
  const server = {
    version: "0.1.0",
    hubHostName: config.hostName,
    mqttPort: config.mqttPort,
    httpsPort: config.httpsPort,
  };
  return {
    name: caller.name,
    role: caller.role,
    kind: caller.kind,
    mustSetPassword: caller.mustSetPassword,
    server,
  };
};

const shownUser = ({
  name,
  role,
  createdAt,
  lastSeenAt,
  disabled,
}: ReturnType<House["rooms"]["accounts"]["user"]>) => ({
  name,
  role,
  createdAt,
  disabled,
  ...(lastSeenAt ? { lastSeenAt } : {}),
});

const sessions: Pick<
  Handlers,
  "POST /session" | "POST /session/link" | "GET /session" | "DELETE /session" | "PUT /session/password"
> = {
  "POST /session": async ({ body }, around) => {
    const { session, caller } = await around.house.rooms.accounts.openByPassword(body.name, body.password);
    around.setSession(session);
    return who({ ...around, caller });
  },
  "POST /session/link": async ({ body }, around) => {
    const { session, caller } = await around.house.rooms.accounts.openByLink(body.token);
    around.setSession(session);
    return who({ ...around, caller });
  },
  "GET /session": async (_, around) => who(around),
  "DELETE /session": async (_, { house, caller, setSession }) => {
    await house.rooms.accounts.close(caller);
    setSession(undefined);
  },
  "PUT /session/password": async ({ body }, { house, caller }) =>
    house.rooms.accounts.setPassword(caller, body.present, body.password),
};

const people: Pick<
  Handlers,
  | "GET /users"
  | "POST /users"
  | "PATCH /users/{name}"
  | "POST /users/{name}/link"
  | "DELETE /users/{name}"
  | "GET /tokens"
  | "POST /tokens"
  | "DELETE /tokens/{id}"
> = {
  "GET /users": async (_, { house }) => ({ users: house.rooms.accounts.users().map(shownUser) }),
  "POST /users": async ({ body }, { house, origin }) => {
    const user = await house.rooms.accounts.addUser(body.name, body.role);
    return {
      user: shownUser(user),
      link: `${origin}/welcome#token=${await house.rooms.accounts.link(user.name)}`,
    };
  },
  "PATCH /users/{name}": async ({ params, body }, { house }) =>
    shownUser(await house.rooms.accounts.changeUser(params.name, body)),
  "POST /users/{name}/link": async ({ params }, { house, origin }) => ({
    link: `${origin}/welcome#token=${await house.rooms.accounts.link(params.name)}`,
  }),
  "DELETE /users/{name}": async ({ params }, { house }) => house.rooms.accounts.removeUser(params.name),
  "GET /tokens": async (_, { house }) => ({ tokens: house.rooms.accounts.tokens() }),
  "POST /tokens": async ({ body }, { house }) =>
    house.rooms.accounts.addToken(body.name, body.role, body.days),
  "DELETE /tokens/{id}": async ({ params }, { house }) => house.rooms.accounts.removeToken(params.id),
};

const shownRules = rules.map((rule) => ({
  id: rule.id,
  alertType: rule.alertType,
  name: rule.name,
  severity: rule.severity,
  about: rule.about,
  reads: sourcesOf(rule).join(", "),
  techniques: [...rule.techniques],
  cases: casesOf(rule),
}));

const alerts: Pick<Handlers, "GET /alerts" | "GET /alerts/{id}" | "POST /alerts/decide" | "GET /rules"> = {
  "GET /alerts": async ({ query }, { house }) => {
    const { rows, total, next } = await house.rooms.analysis.alerts({ ...query, limit: query.limit ?? 100 });
    return { alerts: [...rows], total, ...(next === undefined ? {} : { next }) };
  },
  "GET /alerts/{id}": async ({ params }, { house }) => {
    const { analysis } = house.rooms;
    const [alert] = await analysis.alertRows([params.id]);
    if (!alert) throw alertUnknown(params.id);
    const deviceId = alert.DeviceId ?? "";
    const start = Date.parse(alert.StartTime ?? alert.TimeGenerated ?? "");
    const span = {
      deviceId,
      from: new Date(start - AROUND_MS).toISOString(),
      to: new Date(start + AROUND_MS).toISOString(),
      limit: 500,
    };
    const related = await analysis.alerts({ deviceId, limit: 21 });
    const rule = shownRules.find(({ id }) => id === alert.RuleId);
    return {
      alert,
      history: await analysis.alertHistory(params.id),
      timeline: await analysis.timeline(span),
      related: related.rows.filter(({ SystemAlertId }) => SystemAlertId !== params.id).slice(0, 20),
      ...(rule ? { rule } : {}),
    };
  },
  "POST /alerts/decide": async ({ body }, { house, caller }) => {
    if (body.action === "close" && !body.reason?.trim())
      throw serverErrors.badRequest({ why: "closing needs a reason" });
    const decision: Decision = {
      alertIds: body.ids,
      action: body.action,
      actor: caller.name,
      reason: body.reason ?? "",
      ...(body.owner === undefined ? {} : { owner: body.owner }),
      ...(body.disposition === undefined ? {} : { disposition: body.disposition }),
    };
    const position = await house.record(recordKind.decision, decision);
    await house.rooms.analysis.reached(position);
    return { alerts: [...(await house.rooms.analysis.alertRows(body.ids))] };
  },
  "GET /rules": async () => ({ rules: shownRules }),
};

const identityRow = ({
  deviceId,
  moduleId,
  status,
  authType,
  createdTime,
  tags,
}: Identity): TableRow<"IoTDevice"> => ({
  TimeGenerated: new Date().toISOString(),
  DeviceId: deviceId,
  ModuleId: moduleId,
  Status: status,
  AuthType: authType,
  CreatedTime: createdTime,
  Tags: tags,
});

const devices: Pick<
  Handlers,
  | "GET /devices"
  | "POST /devices"
  | "GET /devices/{id}"
  | "POST /devices/{id}/connection"
  | "PATCH /devices/{id}"
  | "DELETE /devices/{id}"
  | "GET /devices/{id}/timeline"
  | "GET /recommendations"
> = {
  "GET /devices": async ({ query }, { house }) => {
    const { rows, total, next } = await house.rooms.analysis.devices({ ...query, limit: query.limit ?? 100 });
    const shown = rows.map((each) => ({ ...each, modules: [...each.modules], alerts: { ...each.alerts } }));
    return { devices: shown, total, ...(next === undefined ? {} : { next }) };
  },
  "POST /devices": async ({ body }, { house, caller }) => {
    const { hub } = house.rooms;
    const tags = { SecurityGroup: "default", ...body.tags };
    const device = await hub.registry.create(body.id, "", { tags });
    await hub.registry.create(body.id, SECURITY_MODULE, { tags });
    hub.operations.tell({
      operationName: "createDevice",
      category: "DeviceIdentityOperations",
      deviceId: body.id,
      moduleId: "",
      protocol: "Https",
      ipAddress: "",
      properties: { by: caller.name },
    });
    return { device: identityRow(device), connection: connectionOf(house, body.id) };
  },
  "GET /devices/{id}": async ({ params }, { house }) => {
    const found = await house.rooms.analysis.device(params.id);
    if (!found) throw serverErrors.notFound({ what: `The device ${params.id}` });
    return {
      ...found,
      alerts: [...found.alerts],
      recommendations: [...found.recommendations],
      operations: [...found.operations],
      snapshots: Object.fromEntries(
        Object.entries(found.snapshots).map(([name, { at, items }]) => [name, { at, items: [...items] }]),
      ),
    };
  },
  "POST /devices/{id}/connection": async ({ params }, { house }) => connectionOf(house, params.id),
  "PATCH /devices/{id}": async ({ params, body }, { house }) => {
    const { hub } = house.rooms;
    let identity = hub.registry.get(params.id);
    if (body.status) identity = await hub.registry.update(identity, { status: body.status });
    if (body.status === "disabled") hub.twins.disconnect(params.id, "");
    if (body.tags)
      identity = await hub.twins.change({ deviceId: params.id, moduleId: "" }, { tags: body.tags });
    return identityRow(identity);
  },
  "DELETE /devices/{id}": async ({ params }, { house }) => {
    const { hub } = house.rooms;
    hub.twins.disconnect(params.id, "");
    await hub.registry.remove(hub.registry.get(params.id));
  },
  "GET /devices/{id}/timeline": async ({ params, query }, { house }) => ({
    events: await house.rooms.analysis.timeline({
      deviceId: params.id,
      from: query.from,
      to: query.to,
      limit: query.limit ?? 500,
    }),
  }),
  "GET /recommendations": async ({ query }, { house }) => {
    const { rows, total, next } = await house.rooms.analysis.recommendations({
      ...query,
      limit: query.limit ?? 100,
    });
    return {
      recommendations: [...rows],
      summary: await house.rooms.analysis.recommendationSummary(),
      total,
      ...(next === undefined ? {} : { next }),
    };
  },
};

const workspace: Pick<Handlers, "GET /overview" | "GET /health" | "GET /rejected" | "GET /audit"> = {
  "GET /overview": async (_, { house }) => {
    const overview = await house.rooms.analysis.overview();
    const newest = await house.rooms.analysis.alerts({ status: ["New", "InProgress"], limit: 8 });
    return {
      ...overview,
      eventsByHour: [...overview.eventsByHour],
      recentChanges: [...overview.recentChanges],
      topDevices: [...overview.topDevices],
      newestAlerts: [...newest.rows],
      at: new Date().toISOString(),
    };
  },
  "GET /health": async (_, { house }) => health(house),
  "GET /rejected": async ({ query }, { house }) => {
    const { rows, next } = await house.rooms.analysis.rejected({ ...query, limit: query.limit ?? 100 });
    return {
      rejected: [...rows],
      reasons: await house.rooms.analysis.rejectedReasons(),
      ...(next === undefined ? {} : { next }),
    };
  },
  "GET /audit": async ({ query }, { house }) => {
    const { rows, next } = await house.rooms.analysis.audit({ ...query, limit: query.limit ?? 100 });
    return { entries: [...rows], ...(next === undefined ? {} : { next }) };
  },
};

const keysOf = <R extends object>(routes: R): (keyof R)[] => Object.keys(routes) as (keyof R)[];

/** Every route's handler. */
export const handlers: Handlers = {
  ...sessions,
  ...people,
  ...alerts,
  ...devices,
  ...queries,
  ...hubHandlers,
  ...workspace,
  ...later(keysOf(detectionRoutes), async () => (await import("./detection-handlers.js")).detectionHandlers),
  ...later(keysOf(intelRoutes), async () => (await import("./intel-handlers.js")).intelHandlers),
  ...later(keysOf(deskRoutes), async () => (await import("./desk-handlers.js")).deskHandlers),
  ...later(keysOf(deliveryRoutes), async () => (await import("./delivery-handlers.js")).deliveryHandlers),
};
