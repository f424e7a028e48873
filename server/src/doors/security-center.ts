import type { Role } from "@picket/api";
import type { KnownError } from "@picket/kit";
import { printGroup, readGroup } from "@picket/pipeline/custom";
import { type Decision, recordKind } from "@picket/schema";
import type { FastifyInstance } from "fastify";
import { set } from "../detection/settings.js";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";
import { addDoorRoute, type Door, fieldsOf, type Visit, visit } from "./door.js";
import {
  aggregatedAlerts,
  aggregatedRecommendations,
  alertTypes,
  analyticsOf,
  iotAlerts,
  iotRecommendations,
  ownSolution,
} from "./security-solution.js";

const door: Door = {
  name: "security-center",
  problem: ({ code, message }: KnownError) => ({ error: { code, message } }),
};

const PROVIDER = "/providers/Microsoft.Security";
const ranks: Readonly<Record<Role, number>> = { viewer: 0, analyst: 1, admin: 2 };
const MOST = 1_000;

/** A path of the original's management interface, taken apart. */
interface Place {
  readonly scope: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly rest: readonly string[];
}

/** Resource names count whatever their case; what stands before the provider is the scope. */
function placeOf(url: string): Place | undefined {
  const path = (url.split("?")[0] ?? "").replace(/\/+$/, "").replace(/^\/+/, "/");
  const at = path.toLowerCase().lastIndexOf(PROVIDER.toLowerCase());
  if (at === -1) return undefined;
  const scope = path.slice(0, at);
  const [kind = "", name = "", ...rest] = path
    .slice(at + PROVIDER.length + 1)
    .split("/")
    .map(decodeURIComponent);
  const group = /\/resourceGroups\/([^/]+)/i.exec(scope)?.[1] ?? "";
  return { scope, group, kind: kind.toLowerCase(), name, rest };
}

interface Request {
  readonly house: House;
  readonly given: Visit;
  readonly place: Place;
  readonly method: string;
}

function needs({ given }: Request, role: Role): void {
  if (ranks[given.caller.role] < ranks[role])
    throw serverErrors.notAllowed({ role: given.caller.role, needs: role });
}

const queryOf = ({ given }: Request, name: string): string => {
  const value = fieldsOf(given.request.query)[name];
  return typeof value === "string" ? value : "";
};

/** Solutions, what they found, and device security groups, for clients of the original's management interface. */
export function addSecurityCenter(server: FastifyInstance, house: House): void {
  for (const method of ["GET", "PUT", "PATCH", "DELETE", "POST"] as const) {
    for (const path of ["/subscriptions/*", "//subscriptions/*"])
      addDoorRoute(
        server,
        [method, path],
        visit(house, door, (given) => answer({ house, given, method, place: known(given.request.url) })),
      );
  }
}

function known(url: string): Place {
  const place = placeOf(url);
  if (!place) throw serverErrors.notFound({ what: url.split("?")[0] ?? "" });
  return place;
}

async function answer(request: Request): Promise<unknown> {
  const { place, method } = request;
  if (place.kind === "devicesecuritygroups") return groups(request);
  if (place.kind !== "iotsecuritysolutions") throw serverErrors.notFound({ what: place.kind });
  if (place.name === "") return { value: solutionsOf(request) };
  if (place.rest.length === 0) return solution(request);
  if (!find(request)) throw serverErrors.notFound({ what: `The solution ${place.name}` });
  const [first = "", second = "", ...more] = place.rest.map((part, index) =>
    index === 0 ? part.toLowerCase() : part,
  );
  if (first !== "analyticsmodels") return lists(request, first, place.rest[1]);
  if (second === "") return { value: [await model(request)] };
  if (more.length === 0) return model(request);
  return aggregated(request, { list: more[0]!.toLowerCase(), path: more.slice(1), method });
}

const idOf = ({ place }: Request, tail = ""): string =>
  `${place.scope}${PROVIDER}/iotSecuritySolutions/${place.name}${tail}`;

const model = async (request: Request): Promise<object> => ({
  id: idOf(request, "/analyticsModels/default"),
  name: "default",
  type: "Microsoft.Security/iotSecuritySolutions/analyticsModels",
  properties: await analyticsOf(request.given.ask),
});

interface Stored {
  readonly group: string;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const KEY = "securitySolution/";
const keyOf = (group: string, name: string): string => `${KEY}${group.toLowerCase()}/${name.toLowerCase()}`;

function solutionsOf({ house, place }: Request): object[] {
  const stored = house.rooms.store
    .range({ prefix: KEY, limit: MOST })
    .map(({ value }): Stored => JSON.parse(Buffer.from(value).toString()));
  const all: Stored[] =
    stored.length > 0
      ? stored
      : [{ group: "picket", name: house.rooms.config.hostName, body: { ...ownSolution(house) } }];
  const subscription = /^\/+subscriptions\/([^/]+)/i.exec(place.scope)?.[1] ?? "";
  return all
    .filter(({ group }) => place.group === "" || group.toLowerCase() === place.group.toLowerCase())
    .map((each) => printed(each, `/subscriptions/${subscription}/resourceGroups/${each.group}`));
}

const printed = ({ name, body }: Stored, scope: string): object => ({
  id: `${scope}${PROVIDER}/IoTSecuritySolutions/${name}`,
  name,
  type: "Microsoft.Security/IoTSecuritySolutions",
  ...body,
});

function find(request: Request): Stored | undefined {
  const { house, place } = request;
  const value = house.rooms.store.get(keyOf(place.group, place.name));
  if (value) return JSON.parse(Buffer.from(value).toString());
  const own = house.rooms.config.hostName;
  return place.name.toLowerCase() === own.toLowerCase()
    ? { group: place.group, name: own, body: { ...ownSolution(house) } }
    : undefined;
}

async function solution(request: Request): Promise<unknown> {
  const { house, place, given, method } = request;
  const present = find(request);
  const key = keyOf(place.group, place.name);
  if (method === "GET") {
    if (!present) throw serverErrors.notFound({ what: `The solution ${place.name}` });
    return printed(present, place.scope);
  }
  needs(request, "admin");
  if (method === "DELETE") {
    given.reply.code(present ? 200 : 204);
    await house.rooms.store.write([{ key, remove: true }]);
    return present ? {} : undefined;
  }
  if (method === "PATCH" && !present) throw serverErrors.notFound({ what: `The solution ${place.name}` });
  const made =
    method === "PATCH" && present
      ? patched(present, fieldsOf(given.request.body))
      : readSolution(place, fieldsOf(given.request.body));
  await house.rooms.store.write([{ key, value: Buffer.from(JSON.stringify(made)) }]);
  given.reply.code(present ? 200 : 201);
  return printed(made, place.scope);
}

function readSolution({ group, name }: Place, body: Readonly<Record<string, unknown>>): Stored {
  if (!/^[A-Za-z0-9._-]{1,260}$/.test(name))
    throw serverErrors.badRequest({ why: "a solution's name is 1 to 260 letters, digits, _ and -" });
  const properties = fieldsOf(body["properties"]);
  if (typeof properties["displayName"] !== "string")
    throw serverErrors.badRequest({ why: "properties.displayName is needed" });
  if (!Array.isArray(properties["iotHubs"]) || properties["iotHubs"].length === 0)
    throw serverErrors.badRequest({ why: "properties.iotHubs names at least one hub" });
  const { location = "local", tags = {} } = body;
  const defaults = {
    status: "Enabled",
    export: [],
    disabledDataSources: [],
    unmaskedIpLoggingStatus: "Disabled",
    autoDiscoveredResources: [],
  };
  return { group, name, body: { location, tags, properties: { ...defaults, ...properties } } };
}

/** Only tags, resources and recommendations change; the rest is set whole. */
function patched({ group, name, body }: Stored, change: Readonly<Record<string, unknown>>): Stored {
  const given = fieldsOf(change["properties"]);
  const allowed = ["userDefinedResources", "recommendationsConfiguration"].filter((each) => each in given);
  const properties = {
    ...fieldsOf(body["properties"]),
    ...Object.fromEntries(allowed.map((each) => [each, given[each]])),
  };
  return {
    group,
    name,
    body: { ...body, ...("tags" in change ? { tags: change["tags"] } : {}), properties },
  };
}

async function aggregated(
  request: Request,
  { list, path, method }: { list: string; path: readonly string[]; method: string },
): Promise<unknown> {
  const { given } = request;
  const top = Math.min(Number(queryOf(request, "$top")) || MOST, MOST);
  const type = `Microsoft.Security/iotSecuritySolutions/analyticsModels/${list === "aggregatedalerts" ? "aggregatedAlerts" : "aggregatedRecommendations"}`;
  const shown = ({ name, properties }: { name: string; properties: object }): object => ({
    id: idOf(request, `/analyticsModels/default/${type.split("/").at(-1)}/${name}`),
    name,
    type,
    properties,
  });
  if (list === "aggregatedrecommendations") {
    const all = await aggregatedRecommendations(given.ask);
    if (path.length === 0) return { value: all.slice(0, top).map(shown) };
    const found = all.find(({ name }) => name.toLowerCase() === path[0]?.toLowerCase());
    if (!found) throw serverErrors.notFound({ what: `The recommendation ${path[0]}` });
    return shown(found);
  }
  if (list !== "aggregatedalerts") throw serverErrors.notFound({ what: list });
  const all = await aggregatedAlerts(given.ask);
  if (path.length === 0) return { value: all.slice(0, top).map(shown) };
  const isDismissal = method === "POST" && path.at(-1) === "dismiss";
  // A name holds a slash, which clients write as it is or escaped.
  const name = (isDismissal ? path.slice(0, -1) : path).join("/");
  const found = all.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!found) throw serverErrors.notFound({ what: `The aggregated alert ${name}` });
  return isDismissal ? dismiss(request, found.ids) : shown(found);
}

async function dismiss(request: Request, ids: readonly string[]): Promise<object> {
  const { house, given } = request;
  needs(request, "analyst");
  const decision: Decision = {
    alertIds: ids,
    action: "close",
    actor: given.caller.name,
    reason: "dismissed",
    disposition: "other",
  };
  await house.rooms.analysis.reached(await house.record(recordKind.decision, decision));
  return {};
}

const quoted = (text: string): string => JSON.stringify(text);

/** The lists of the versions between. */
async function lists(request: Request, list: string, name: string | undefined): Promise<unknown> {
  const { given } = request;
  const limit = Math.min(Number(queryOf(request, "$limit")) || 100, MOST);
  const filter = (column: string, parameter: string): string => {
    const value = queryOf(request, parameter);
    return value === "" ? "" : ` and ${column} == ${quoted(value)}`;
  };
  const one =
    name === undefined
      ? ""
      : ` and ${list === "iotalerts" ? "SystemAlertId" : "RecommendationId"} == ${quoted(name)}`;
  const found =
    list === "iotalerts"
      ? await iotAlerts(
          given.ask,
          `${filter("AlertType", "alertType")}${filter("CompromisedEntity", "compromisedEntity")}${one}`,
          limit,
        )
      : list === "iotrecommendations"
        ? await iotRecommendations(
            given.ask,
            `${filter("RecommendationName", "recommendationType")}${filter("DeviceId", "deviceId")}${one}`,
            limit,
          )
        : list === "iotalerttypes"
          ? alertTypes.filter((type) => name === undefined || type.name.toLowerCase() === name.toLowerCase())
          : undefined;
  if (!found || (name !== undefined && found.length === 0))
    throw serverErrors.notFound({ what: name ?? list });
  const shown = found.map((each) => ({
    id: idOf(request, `/${list}/${each.name}`),
    type: `Microsoft.Security/iotSecuritySolutions/${list}`,
    ...each,
  }));
  return name === undefined ? { value: shown } : shown[0];
}

async function groups(request: Request): Promise<unknown> {
  const { house, place, given, method } = request;
  const inForce = await house.rooms.analysis.settings("securityGroup");
  const shown = (name: string, value: unknown): object => ({
    id: `${place.scope.replace(/^\/+/, "/")}${PROVIDER}/deviceSecurityGroups/${name}`,
    name,
    type: "Microsoft.Security/deviceSecurityGroups",
    properties: printGroup(value),
  });
  if (place.name === "") {
    const named = inForce.some(({ name }) => name === "default")
      ? inForce
      : [{ name: "default", value: {} }, ...inForce];
    return { value: named.map(({ name, value }) => shown(name, value)) };
  }
  const present = inForce.find(({ name }) => name === place.name);
  if (method === "GET") {
    if (!present && place.name !== "default")
      throw serverErrors.notFound({ what: `The device security group ${place.name}` });
    return shown(place.name, present?.value);
  }
  needs(request, "admin");
  const actor = given.caller.name;
  if (method === "DELETE") {
    given.reply.code(present ? 200 : 204);
    if (present)
      await set(house, { area: "securityGroup", name: place.name, value: null, actor, reason: "" });
    return present ? {} : undefined;
  }
  const value = fieldsOf(fieldsOf(given.request.body)["properties"]);
  readGroup(place.name, value);
  await set(house, { area: "securityGroup", name: place.name, value, actor, reason: "" });
  given.reply.code(present ? 200 : 201);
  return shown(place.name, value);
}
