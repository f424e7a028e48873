import { type FeedFormat, recognise, sightingsBundle } from "@picket/pipeline";
import { set } from "../detection/settings.js";
import { serverErrors } from "../errors.js";
import type { Feed } from "../intel/feeds.js";
import { ask } from "../query/ask.js";
import type { Around, Handlers } from "./handler.js";

type IntelRoute = Extract<keyof Handlers, `${string} /intel/${string}`>;

interface Trust {
  readonly trust?: number;
  readonly confidence?: number;
  readonly minConfidence?: number;
  readonly expireDays?: number;
  readonly column?: string;
}

const trusted = ({ trust = 1, confidence = 70, minConfidence = 0, expireDays = 0, column }: Trust) => ({
  trust,
  confidence: Math.min(confidence, 100),
  minConfidence,
  expireDays,
  ...(column === undefined ? {} : { column }),
});

const plain = <T extends { readonly firstRefused: readonly object[] }>(state: T) => ({
  ...state,
  firstRefused: [...state.firstRefused] as { line: number; why: string }[],
});

const SEEN =
  "SecurityAlert | where TimeGenerated > ago(30d) | extend Indicator = parse_json(Evidence)[0].Indicator | where isnotempty(tostring(Indicator.Value)) | project SystemAlertId, DeviceId, Value = tostring(Indicator.Value), Kind = tostring(Indicator.Type), Set = tostring(Indicator.Set), StartTime, EndTime, EventCount | take 10000";

async function sightings({ house, caller }: Around): Promise<ReturnType<typeof sightingsBundle>> {
  const rows: (string | number)[][] = JSON.parse((await ask(house, caller, { query: SEEN })).rowsJson);
  const seen = rows.map(([alertId, deviceId, value, type, from, first, last, count]) => ({
    alertId: String(alertId),
    deviceId: String(deviceId),
    value: String(value),
    type: String(type),
    set: String(from),
    first: new Date(String(first)).toISOString(),
    last: new Date(String(last)).toISOString(),
    count: Number(count),
  }));
  const at = new Date(house.rooms.clock.now()).toISOString();
  return sightingsBundle(seen, { name: house.rooms.config.hostName, at });
}

/** Handlers of what is under `/intel`. */
export const intelHandlers: Pick<Handlers, IntelRoute> = {
  "GET /intel/feeds": async (_, { house }) => ({ feeds: house.feeds.list().map(plain) }),
  "PUT /intel/feeds/{name}": async ({ params, body }, { house, caller }) => {
    const { kind, url, format = kind === "misp" ? "misp" : "stix", authorization, everyMinutes } = body;
    const feed: Feed = {
      name: params.name,
      kind,
      url,
      format: format satisfies FeedFormat,
      everyMinutes,
      ...trusted(body),
      ...(authorization === undefined ? {} : { authorization }),
    };
    return plain(await house.feeds.configure(feed, caller.name));
  },
  "POST /intel/feeds/{name}/refresh": async ({ params }, { house, caller }) =>
    plain(await house.feeds.refresh(params.name, caller.name)),
  "POST /intel/feeds/{name}/import": async ({ params, body }, { house, caller }) => {
    const feed: Feed = {
      name: params.name,
      kind: "import",
      url: "",
      format: body.format,
      everyMinutes: 0,
      ...trusted(body),
    };
    return plain(await house.feeds.bring(feed, body.content, caller.name));
  },
  "DELETE /intel/feeds/{name}": async ({ params }, { house, caller }) =>
    house.feeds.remove(params.name, caller.name),
  "GET /intel/allowed": async (_, { house }) => ({
    allowed: (await house.rooms.analysis.settings("indicatorAllowList")).map(
      ({ name, actor, since, reason }) => ({
        value: name,
        actor,
        since,
        reason,
      }),
    ),
  }),
  "PUT /intel/allowed": async ({ body }, { house, caller }) => {
    const found = recognise(body.value);
    if (!found)
      throw serverErrors.badRequest({
        why: `${JSON.stringify(body.value)} is no address, range, domain, URL or hash`,
      });
    const value = body.isAllowed ? { type: found.type } : null;
    await set(house, {
      area: "indicatorAllowList",
      name: found.value,
      value,
      actor: caller.name,
      reason: body.reason,
    });
  },
  "GET /intel/sightings": async (_, around) => {
    const bundle = await sightings(around);
    return { type: "bundle", id: String(Reflect.get(bundle, "id")), objects: Reflect.get(bundle, "objects") };
  },
};
