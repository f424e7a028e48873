import type { Call, Routes } from "@picket/api";
import { customAlertTypes, type RuleEvent } from "@picket/detections";
import { pipelineErrors, queriesOfGroup, type RuleReport } from "@picket/pipeline";
import { printGroup, readGroup } from "@picket/pipeline/custom";
import { backtest, hunt, type Queried, type Span } from "../detection/history.js";
import { set } from "../detection/settings.js";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";
import { ask } from "../query/ask.js";
import type { Around, Handlers } from "./handler.js";

type DetectionRoute = Extract<keyof Handlers, `${string} /detection/${string}`>;

const MOST_RULES = 500;

const spanOf = ({ from, to }: { from: string; to: string }): Span => {
  const span = { from: Date.parse(from), to: Date.parse(to) };
  if (!(span.from < span.to)) throw serverErrors.badRequest({ why: "from must lie before to" });
  return span;
};

const shown = ({ missing, ...report }: RuleReport) => ({ ...report, missing: [...missing] });

/** The rules in force that have a query, by id. */
async function queriedIn(house: House, ids: readonly string[] | undefined): Promise<Queried[]> {
  const queries = await house.rooms.analysis.ruleQueries();
  const wanted = ids ?? Object.keys(queries).filter((id) => queries[id]?.isExact);
  return wanted.slice(0, MOST_RULES).map((id) => {
    const query = queries[id];
    if (query === undefined || query.kql === "")
      throw serverErrors.notFound({ what: `A query for the rule ${id}` });
    return { id, title: id, ...query };
  });
}

/** What a back-test looks at, as queries. */
async function testedIn(
  house: House,
  { ruleIds, files, group }: Call<Routes["POST /detection/backtest"]>["body"],
): Promise<Queried[]> {
  if (group)
    return Object.entries(queriesOfGroup(group.name, group.value)).map(([id, kql]) => ({
      id,
      title: id,
      kql,
      isExact: true,
    }));
  if (!files) return queriedIn(house, ruleIds);
  const { reports } = await (await house.language()).lint(files);
  return reports
    .flatMap(({ id, title, kql }) => (kql === undefined ? [] : [{ id, title, kql, isExact: true }]))
    .slice(0, MOST_RULES);
}

async function eventIn(
  { house, caller }: Around,
  { eventId, event }: Call<Routes["POST /detection/why"]>["body"],
): Promise<RuleEvent> {
  const now = house.rooms.clock.now();
  if (event)
    return {
      deviceId: "",
      moduleId: "",
      at: now,
      hits: 1,
      name: event.name as RuleEvent["name"],
      item: event.item,
    };
  if (!eventId) throw serverErrors.badRequest({ why: "give an event or an eventId" });
  const query = `SecurityIoTRawEvent | where IoTRawEventId == ${JSON.stringify(eventId)} | project DeviceId, ModuleId, RawEventName, TimeStamp, EventDetails | take 1`;
  const [row]: string[][] = JSON.parse((await ask(house, caller, { query })).rowsJson);
  if (!row) throw serverErrors.notFound({ what: `The event ${eventId}` });
  const [deviceId = "", moduleId = "", name = "", at = "", details = "{}"] = row;
  return {
    deviceId,
    moduleId,
    name: name as RuleEvent["name"],
    at: Date.parse(at),
    hits: 1,
    item: JSON.parse(details),
  };
}

const rules: Pick<
  Handlers,
  Extract<DetectionRoute, `${string}/rules${string}` | `${string}/coverage` | `POST ${string}`>
> = {
  "GET /detection/rules": async (_, { house }) => ({
    rules: (await house.rooms.analysis.ruleStates()).map(({ techniques, ...rule }) => ({
      ...rule,
      techniques: [...techniques],
    })),
  }),
  "PUT /detection/rules/{name}": async ({ params, body }, { house, caller }) =>
    set(house, {
      area: "ruleState",
      name: params.name,
      value: body.isOff ? { isOff: true } : null,
      actor: caller.name,
      reason: body.reason,
    }),
  "POST /detection/lint": async ({ body }, { house }) => {
    const { reports, problems } = await (await house.language()).lint(body.files);
    return { rules: reports.map(shown), problems: [...problems] };
  },
  "POST /detection/backtest": async ({ body }, { house, caller }) => ({
    rules: await backtest(house, caller, await testedIn(house, body), spanOf(body)),
  }),
  "POST /detection/hunt": async ({ body }, { house, caller }) => ({
    events: await hunt(house, caller, await queriedIn(house, body.ruleIds), spanOf(body)),
  }),
  "POST /detection/why": async ({ body }, around) => ({
    rules: await around.house.rooms.analysis.why(await eventIn(around, body), body.ruleId),
  }),
  "GET /detection/coverage": async (_, { house, caller }) => {
    const query = "SecurityIoTRawEvent | where TimeGenerated > ago(7d) | summarize count() by RawEventName";
    const seen = new Map<string, number>(JSON.parse((await ask(house, caller, { query })).rowsJson));
    const byTechnique = new Map<string, { rules: number; reads: Set<string> }>();
    for (const { techniques, reads, idle, isOff } of await house.rooms.analysis.ruleStates()) {
      if (idle !== undefined || isOff) continue;
      for (const technique of techniques) {
        const entry = byTechnique.get(technique) ?? { rules: 0, reads: new Set() };
        entry.rules += 1;
        entry.reads.add(reads);
        byTechnique.set(technique, entry);
      }
    }
    return {
      techniques: [...byTechnique]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([technique, entry]) => ({
          technique,
          rules: entry.rules,
          reads: [...entry.reads],
          seen: [...entry.reads].some((name) => name === "Operation" || seen.has(name)),
        })),
    };
  },
};

const packs: Pick<Handlers, Extract<DetectionRoute, `${string}/packs${string}`>> = {
  "GET /detection/packs": async (_, { house }) => ({
    packs: (await house.rooms.analysis.packs()).map(({ problems, ...pack }) => ({
      ...pack,
      problems: [...problems],
    })),
  }),
  "PUT /detection/packs/{name}": async ({ params, body }, { house, caller }) => {
    const { reports, problems } = await (await house.language()).lint(body.files);
    const errors = problems.filter(({ level }) => level === "error");
    const [first] = errors;
    if (first && !body.keepGood)
      throw pipelineErrors.badRules({
        errors: errors.length,
        first: `${first.file}:${first.line}:${first.column} ${first.message}`,
      });
    await set(house, {
      area: "rulePack",
      name: params.name,
      value: { files: body.files },
      actor: caller.name,
      reason: body.reason ?? "",
    });
    return { rules: reports.map(shown), problems: [...problems] };
  },
  "DELETE /detection/packs/{name}": async ({ params }, { house, caller }) =>
    set(house, { area: "rulePack", name: params.name, value: null, actor: caller.name, reason: "" }),
};

const groups: Pick<
  Handlers,
  Extract<DetectionRoute, `${string}/security-groups${string}` | `${string}/custom-alert-types`>
> = {
  "GET /detection/custom-alert-types": async () => ({
    types: customAlertTypes.map(({ ruleType, kind, displayName, description, alertTitle }) => ({
      ruleType,
      kind,
      displayName,
      description,
      alertTitle,
    })),
  }),
  "GET /detection/security-groups": async (_, { house }) => ({
    groups: (await house.rooms.analysis.settings("securityGroup")).map(
      ({ name, actor, since, reason, value }) => ({ name, actor, since, reason, rules: rulesOf(value) }),
    ),
  }),
  "GET /detection/security-groups/{name}": async ({ params }, { house }) => {
    const found = await house.rooms.analysis.settings("securityGroup");
    return rulesOf(found.find(({ name }) => name === params.name)?.value);
  },
  "PUT /detection/security-groups/{name}": async ({ params, body }, { house, caller }) => {
    readGroup(params.name, body);
    await set(house, {
      area: "securityGroup",
      name: params.name,
      value: body,
      actor: caller.name,
      reason: "",
    });
    return rulesOf(body);
  },
  "DELETE /detection/security-groups/{name}": async ({ params }, { house, caller }) =>
    set(house, { area: "securityGroup", name: params.name, value: null, actor: caller.name, reason: "" }),
};

const rulesOf = (value: unknown) => {
  const printed = printGroup(value);
  const plain = (rows: readonly object[]): Record<string, unknown>[] => rows.map((row) => ({ ...row }));
  return {
    timeWindowRules: plain(printed.timeWindowRules),
    allowlistRules: plain(printed.allowlistRules),
    denylistRules: plain(printed.denylistRules),
    thresholdRules: plain(printed.thresholdRules),
  };
};

/** Handlers of what is under `/detection`. */
export const detectionHandlers: Pick<Handlers, DetectionRoute> = { ...rules, ...packs, ...groups };
