import {
  configurationJson,
  derivedKey,
  type Enrolment,
  enrolmentJson,
  type Identity,
  identityJson,
  jobJson,
  twinJson,
} from "@picket/hub";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";
import type { Around, Handlers } from "./handler.js";

type FleetRoute = Extract<
  keyof Handlers,
  `${string} /hub/${"devices" | "query" | "enrolments" | "configurations" | "jobs" | "consumer-groups"}${string}`
>;

type Json = Record<string, unknown>;

const fields = (value: object): Json => Object.fromEntries(Object.entries(value));
const cursorOf = (key: string | undefined): { next?: string } =>
  key === undefined ? {} : { next: Buffer.from(key).toString("base64url") };
const keyOf = (cursor: string | undefined): string => Buffer.from(cursor ?? "", "base64url").toString();

/** An operation of the hub's log for what a person did here. */
function told(
  { house, caller, ipAddress }: Around,
  operationName: string,
  category: string,
  about: Json,
): void {
  const { deviceId = "", moduleId = "", ...properties } = about;
  house.rooms.hub.operations.tell({
    operationName,
    category,
    deviceId: String(deviceId),
    moduleId: String(moduleId),
    protocol: "Https",
    ipAddress,
    properties: { by: caller.name, ...properties },
  });
}

function shownTwin({ rooms: { hub } }: House, { deviceId, moduleId }: Identity): Json {
  return fields(twinJson(hub.registry.get(deviceId, moduleId), hub.registry.presence(deviceId, moduleId)));
}

/** An identity as the registry's calls give it, without its keys. */
function shownIdentity({ rooms: { hub } }: House, identity: Identity): Json {
  const presence = hub.registry.presence(identity.deviceId, identity.moduleId);
  const { authentication, ...shown } = fields(identityJson(identity, presence, ["", ""]));
  const { symmetricKey: _, ...proof } = fields(Object(authentication));
  return { ...shown, authentication: proof };
}

const devices: Pick<Handlers, Extract<FleetRoute, `${string}/hub/${"devices" | "query"}${string}`>> = {
  "GET /hub/devices/{id}/twin": async ({ params, query }, { house }) => {
    const { registry } = house.rooms.hub;
    const identity = registry.get(params.id, query.moduleId);
    return {
      identity: shownIdentity(house, identity),
      twin: shownTwin(house, identity),
      modules: registry.modules(params.id).map(({ moduleId }) => moduleId),
    };
  },
  "PATCH /hub/devices/{id}/twin": async ({ params, body }, around) => {
    const { hub } = around.house.rooms;
    const address = { deviceId: params.id, moduleId: body.moduleId ?? "" };
    const change = {
      ...(body.tags ? { tags: body.tags } : {}),
      ...(body.desired ? { desired: body.desired } : {}),
    };
    const etag = body.etag ? Buffer.from(body.etag, "base64").toString() : "*";
    const identity = await hub.twins.change(address, change, etag);
    told(around, "updateTwin", "C2DTwinOperations", { ...address });
    return { twin: shownTwin(around.house, identity) };
  },
  "POST /hub/devices/{id}/keys": async ({ params, body }, around) => {
    const { hub } = around.house.rooms;
    const address = { deviceId: params.id, moduleId: body.moduleId ?? "" };
    const identity = await hub.registry.rollKeys(hub.registry.get(params.id, body.moduleId), body.key);
    hub.twins.disconnect(address.deviceId, address.moduleId);
    told(around, "regenerateKey", "DeviceIdentityOperations", { ...address, key: body.key });
    return { connectionString: hub.connectionString(identity) };
  },
  "GET /hub/devices/{id}/commands": async ({ params }, { house }) => {
    const { hub } = house.rooms;
    hub.registry.get(params.id);
    const commands = hub.commands
      .list(params.id)
      .map(({ messageId, enqueuedAt, expiresAt, size, deliveryCount }) => ({
        messageId,
        enqueuedTime: new Date(enqueuedAt).toISOString(),
        expiresTime: new Date(expiresAt).toISOString(),
        bytes: size,
        deliveryCount,
      }));
    return { pending: hub.commands.pending(params.id), commands };
  },
  "DELETE /hub/devices/{id}/commands": async ({ params }, { house, ipAddress }) => ({
    purged: await house.rooms.hub.commands.purge(params.id, { protocol: "Https", ipAddress }),
  }),
  "POST /hub/query": async ({ body }, around) => {
    const { rows, continuation } = await around.house.rooms.hub.service.queries.run(body.query, {
      pageSize: body.limit ?? 100,
      ...(body.cursor ? { continuation: body.cursor } : {}),
    });
    told(around, "query", "TwinQueries", { query: body.query.slice(0, 2_048), resultSize: rows.length });
    return { rows: rows.map(fields), ...(continuation === undefined ? {} : { next: continuation }) };
  },
};

const shownEnrolment = ({ rooms: { hub } }: House, enrolment: Enrolment): Json =>
  fields(
    enrolmentJson(
      enrolment,
      enrolment.kind === "individual"
        ? hub.provisioning.store.registration(enrolment.registrationId)
        : undefined,
    ),
  );

const enrolments: Pick<Handlers, Extract<FleetRoute, `${string}/hub/enrolments${string}`>> = {
  "GET /hub/enrolments/{kind}": async ({ params, query }, { house }) => {
    const { store } = house.rooms.hub.provisioning;
    const { items, next } = store.enrolments(params.kind, keyOf(query.cursor), query.limit ?? 100);
    return { enrolments: items.map((each) => shownEnrolment(house, each)), ...cursorOf(next) };
  },
  "PUT /hub/enrolments/{kind}/{id}": async ({ params, body }, around) => {
    const { provisioning } = around.house.rooms.hub;
    const present = provisioning.store.find(params.kind, params.id);
    const etag = typeof body["etag"] === "string" ? body["etag"] : "*";
    const made = await provisioning.put(params.kind, params.id, body, present ? etag : undefined);
    told(around, `${present ? "update" : "create"}Enrollment`, "ServiceOperations", {
      id: params.id,
      kind: params.kind,
    });
    return shownEnrolment(around.house, made);
  },
  "POST /hub/enrolments/{kind}/{id}/keys": async ({ params, body }, { house }) => {
    const { provisioning } = house.rooms.hub;
    const [primaryKey, secondaryKey] = provisioning.keys(provisioning.get(params.kind, params.id));
    if (primaryKey === undefined || secondaryKey === undefined)
      throw serverErrors.badRequest({ why: "its devices come with certificates, not with keys" });
    const { registrationId } = body;
    return {
      primaryKey,
      secondaryKey,
      ...(registrationId ? { deviceKey: derivedKey(primaryKey, registrationId) } : {}),
    };
  },
  "DELETE /hub/enrolments/{kind}/{id}": async ({ params }, around) => {
    await around.house.rooms.hub.provisioning.remove(params.kind, params.id);
    told(around, "deleteEnrollment", "ServiceOperations", { id: params.id, kind: params.kind });
  },
};

const rollouts: Pick<Handlers, Extract<FleetRoute, `${string}/hub/${"configurations" | "jobs"}${string}`>> = {
  "GET /hub/configurations": async (_, { house }) => {
    const { configurations } = house.rooms.hub.service;
    const shown = await Promise.all(
      configurations
        .list()
        .map(async (each) => fields(configurationJson(each, await configurations.metrics(each.id)))),
    );
    const { progress } = configurations.rollout;
    if (!progress) return { configurations: shown };
    const { looked, changed, total, startedAt, finishedAt } = progress;
    return {
      configurations: shown,
      rollout: {
        ...{ looked, changed, total },
        startedAt: new Date(startedAt).toISOString(),
        ...(finishedAt === 0 ? {} : { finishedAt: new Date(finishedAt).toISOString() }),
      },
    };
  },
  "PUT /hub/configurations/{name}": async ({ params, body }, around) => {
    const { configurations } = around.house.rooms.hub.service;
    const present = configurations.list().some(({ id }) => id === params.name);
    const etag = typeof body["etag"] === "string" ? body["etag"] : "*";
    const made = await configurations.put(params.name, body, present ? etag : undefined);
    const about = { configurationId: params.name };
    told(around, `${present ? "update" : "create"}Configuration`, "Configurations", about);
    return fields(configurationJson(made, { system: {}, custom: {} }));
  },
  "DELETE /hub/configurations/{name}": async ({ params }, around) => {
    await around.house.rooms.hub.service.configurations.remove(params.name);
    told(around, "deleteConfiguration", "Configurations", { configurationId: params.name });
  },
  "GET /hub/jobs": async ({ query }, { house }) => {
    const { jobs, next } = house.rooms.hub.service.jobs.list({
      ...(query.status ? { status: query.status } : {}),
      after: keyOf(query.cursor),
      limit: query.limit ?? 100,
    });
    return { jobs: jobs.map((each) => fields(jobJson(each))), ...cursorOf(next) };
  },
  "DELETE /hub/jobs/{name}": async ({ params }, around) => {
    await around.house.rooms.hub.service.jobs.cancel(params.name);
    told(around, "cancelJob", "JobsOperations", { jobId: params.name });
  },
};

const eventsOf = ({ rooms: { hub } }: House) => {
  if (!hub.events) throw serverErrors.notFound({ what: "The Event Hub-compatible endpoint" });
  return hub.events;
};

/** Devices at the hub, enrolments, rollouts, jobs and readers. */
export const fleet: Pick<Handlers, FleetRoute> = {
  ...devices,
  ...enrolments,
  ...rollouts,
  "GET /hub/consumer-groups": async (_, { house }) => {
    const { groups, readers } = eventsOf(house);
    return { groups: groups.list(), readers };
  },
  "PUT /hub/consumer-groups/{name}": async ({ params }, around) => {
    await eventsOf(around.house).groups.add(params.name);
    told(around, "addConsumerGroup", "HubConfiguration", { name: params.name });
  },
  "DELETE /hub/consumer-groups/{name}": async ({ params }, around) => {
    await eventsOf(around.house).groups.remove(params.name);
    told(around, "deleteConsumerGroup", "HubConfiguration", { name: params.name });
  },
};
