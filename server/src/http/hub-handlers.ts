import type { Policy } from "@picket/hub";
import { categories } from "@picket/hub";
import type { House } from "../house.js";
import type { Around, Handlers } from "./handler.js";
import { fleet } from "./hub-fleet-handlers.js";

type HubRoute = Extract<keyof Handlers, `${string} /hub${string}`>;
type SettingRoute = Exclude<
  HubRoute,
  `${string} /hub/${"devices" | "query" | "enrolments" | "configurations" | "jobs" | "consumer-groups"}${string}`
>;

const by = ({ caller, ipAddress }: Around) => ({ name: caller.name, ipAddress });

const shownPolicy = ({ name, rights, isBuiltIn, keysUpdatedTime }: Policy) => ({
  name,
  rights: [...rights],
  isBuiltIn,
  keysUpdatedTime,
});

/** What a service application connects with. */
function connectionOf({ rooms: { config } }: House, { name, primaryKey, secondaryKey }: Policy) {
  const of = (key: string): string =>
    `HostName=${config.hostName};SharedAccessKeyName=${name};SharedAccessKey=${key}`;
  const port = config.amqpPort === 5671 ? "" : `:${config.amqpPort}`;
  const eventHub = `Endpoint=sb://${config.hostName}${port}/;SharedAccessKeyName=${name};SharedAccessKey=${primaryKey};EntityPath=${config.hostName}`;
  return { primary: of(primaryKey), secondary: of(secondaryKey), eventHub };
}

const certificates: Pick<Handlers, Extract<SettingRoute, `${string}/certificates${string}`>> = {
  "GET /hub/certificates": async (_, { house }) => ({ certificates: house.rooms.hub.certificates.list() }),
  "PUT /hub/certificates/{name}": async ({ params, body }, around) =>
    around.house.rooms.hub.administration.putCertificate(by(around), params.name, body),
  "POST /hub/certificates/{name}/code": async ({ params }, around) =>
    around.house.rooms.hub.administration.askForProof(by(around), params.name),
  "POST /hub/certificates/{name}/verify": async ({ params, body }, around) =>
    around.house.rooms.hub.administration.verifyCertificate(by(around), params.name, body.proof),
  "DELETE /hub/certificates/{name}": async ({ params }, around) => {
    await around.house.rooms.hub.administration.removeCertificate(by(around), params.name);
  },
};

const policies: Pick<Handlers, Extract<SettingRoute, `${string}/policies${string}`>> = {
  "GET /hub/policies": async (_, { house }) => ({
    policies: house.rooms.hub.authenticator.policies().map(shownPolicy),
  }),
  "PUT /hub/policies/{name}": async ({ params, body }, around) =>
    shownPolicy(await around.house.rooms.hub.administration.putPolicy(by(around), params.name, body.rights)),
  "POST /hub/policies/{name}/connection": async ({ params }, { house }) =>
    connectionOf(house, house.rooms.hub.authenticator.policyBook.get(params.name)),
  "POST /hub/policies/{name}/keys": async ({ params, body }, around) => {
    const { administration } = around.house.rooms.hub;
    return connectionOf(
      around.house,
      await administration.regeneratePolicyKey(by(around), params.name, body.key),
    );
  },
  "DELETE /hub/policies/{name}": async ({ params }, around) =>
    around.house.rooms.hub.administration.removePolicy(by(around), params.name),
};

const doors: Pick<Handlers, Extract<SettingRoute, `${string}/${"ip-filter" | "diagnostics"}${string}`>> = {
  "GET /hub/ip-filter": async (_, { house }) => ({ rules: [...house.rooms.hub.ipFilter.rules] }),
  "POST /hub/ip-filter/preview": async ({ body }, { house }) => ({
    cutOff: house.rooms.hub.administration.previewIpFilter(body.rules),
  }),
  "PUT /hub/ip-filter": async ({ body }, around) => ({
    cutOff: await around.house.rooms.hub.administration.setIpFilter(by(around), body.rules),
  }),
  "GET /hub/diagnostics": async (_, { house }) => ({
    categories: [...categories],
    settings: house.rooms.hub.diagnostics.settings.map((each) => ({
      ...each,
      categories: [...each.categories],
    })),
  }),
  "PUT /hub/diagnostics/{name}": async ({ params, body }, around) =>
    around.house.rooms.hub.administration.putDiagnosticSetting(by(around), { name: params.name, ...body }),
  "DELETE /hub/diagnostics/{name}": async ({ params }, around) =>
    around.house.rooms.hub.administration.removeDiagnosticSetting(by(around), params.name),
};

/** Administration of the hub. */
export const hubHandlers: Pick<Handlers, HubRoute> = {
  "GET /hub": async (_, { house }) => {
    const { hub } = house.rooms;
    const {
      hubName,
      tls,
      tier,
      units,
      enrolments,
      enrolmentGroups,
      certificates: listed,
    } = hub.administration.snapshot();
    const { total, enabled } = hub.registry.count();
    return {
      ...{ hubName, tls, tier, units, enrolments, enrolmentGroups },
      idScope: hub.provisioning.idScope,
      devices: total,
      enabledDevices: enabled,
      connected: hub.registry.connected,
      certificates: listed.length,
      jobs: hub.service.jobs.waiting,
    };
  },
  ...certificates,
  ...policies,
  ...doors,
  ...fleet,
};
