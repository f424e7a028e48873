import type { KnownError } from "@picket/kit";
import type { FastifyInstance } from "fastify";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";
import type { Answer, Question } from "../query/ask.js";
import { addDoorRoute, type Door, fieldsOf, placeOf, textIn, type Visit, visit } from "./door.js";
import { parseTimespan } from "./timespan.js";

const MOST_IN_A_BATCH = 100;

const codes: Readonly<Record<number, string>> = {
  400: "BadArgumentError",
  401: "AuthorizationRequiredError",
  403: "InsufficientAccessError",
  404: "PathNotFoundError",
  413: "BadArgumentError",
  429: "ThrottledError",
  499: "ClientClosedRequest",
  504: "GatewayTimeout",
};

const door: Door = { name: "log-analytics", problem: (error, id) => problemOf(error, id) };

/** What Log Analytics says: a general code, and inside it what is wrong and where. */
function problemOf(error: KnownError, id: string): object {
  const place = placeOf(error);
  const inner = place
    ? {
        code: error.code === "KQL_SYNTAX" ? "SyntaxError" : "SemanticError",
        message: error.message,
        innererror: { code: error.code, message: place.what, line: place.line, pos: place.column },
      }
    : { code: error.code, message: error.message };
  return {
    error: {
      message: place ? "The request had some invalid properties" : error.message,
      code: codes[error.status] ?? "ServiceError",
      correlationId: id,
      innererror: inner,
    },
  };
}

/** What a query asks for beside its text, from the `Prefer` header. */
interface Preferences {
  readonly waitMs?: number;
  readonly statistics: boolean;
  readonly render: boolean;
}

/** Reads `wait=120,include-statistics=true,include-render=true`. */
export function parsePrefer(header: string | undefined): Preferences {
  const given = new Map(
    (header ?? "").split(/[,;]/).map((part) => {
      const [name = "", value = ""] = part.trim().toLowerCase().split("=");
      return [name, value] as const;
    }),
  );
  const wait = Number(given.get("wait"));
  return {
    ...(Number.isFinite(wait) && wait > 0 ? { waitMs: wait * 1_000 } : {}),
    statistics: given.get("include-statistics") === "true",
    render: given.get("include-render") === "true",
  };
}

/** An answer as Log Analytics prints it. */
function printAnswer(answer: Answer, prefer: Preferences): string {
  const parts = [
    `"tables":[{"name":"PrimaryResult","columns":${JSON.stringify(answer.columns)},"rows":${answer.rowsJson}}]`,
  ];
  if (prefer.statistics) parts.push(`"statistics":${JSON.stringify(statisticsOf(answer))}`);
  if (prefer.render && answer.render) {
    const { kind, properties } = answer.render;
    parts.push(`"render":${JSON.stringify({ visualization: kind, ...properties })}`);
  }
  if (answer.truncated !== undefined) parts.push(`"error":${JSON.stringify(partial(answer.truncated))}`);
  return `{${parts.join(",")}}`;
}

const statisticsOf = ({ elapsedMs, rowCount, rowsJson }: Answer): object => ({
  query: {
    executionTime: elapsedMs / 1_000,
    datasetStatistics: [{ tableRowCount: rowCount, tableSize: rowsJson.length }],
  },
});

const partial = (message: string): object => ({
  code: "PartialError",
  message: "There were some errors when processing your query.",
  details: [{ code: "EngineError", message }],
});

interface Asked {
  readonly workspace: string;
  readonly query: string;
  readonly timespan?: string | undefined;
  readonly prefer?: string | undefined;
}

async function answered(house: House, given: Visit, asked: Asked): Promise<string> {
  known(house, asked.workspace);
  const prefer = parsePrefer(asked.prefer);
  const question: Question = {
    query: asked.query,
    ...parseTimespan(asked.timespan, house.rooms.clock.now()),
    ...(prefer.waitMs === undefined ? {} : { timeoutMs: prefer.waitMs }),
    truncate: true,
  };
  return printAnswer(await given.ask(question), prefer);
}

/** Only the workspace that is here: its id, or one of the names it goes by. */
function known(house: House, workspace: string): void {
  const { workspaceId, config } = house.rooms;
  const names = [workspaceId, "default", "picket", config.hostName];
  if (!names.some((name) => name.toLowerCase() === workspace.toLowerCase()))
    throw serverErrors.notFound({ what: `The workspace ${workspace.slice(0, 100)}` });
}

const headerOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(",") : value;

function askedIn(body: unknown, workspace: string, prefer: string | undefined): Asked {
  const fields = fieldsOf(body);
  const { timespan } = fields;
  if (timespan !== undefined && timespan !== null && typeof timespan !== "string")
    throw serverErrors.badRequest({ why: "the field timespan must be text" });
  return { workspace, query: textIn(fields, "query"), timespan: timespan ?? undefined, prefer };
}

/** Several queries in one request; each has a status of its own. */
async function batch(house: House, given: Visit): Promise<string> {
  const { requests } = fieldsOf(given.request.body);
  if (!Array.isArray(requests) || requests.length > MOST_IN_A_BATCH)
    throw serverErrors.badRequest({ why: `the field requests must be a list of at most ${MOST_IN_A_BATCH}` });
  const responses: string[] = [];
  // One after the other: a batch is one caller's, and takes no more than one turn at a time.
  for (const each of requests) responses.push(await one(house, given, fieldsOf(each)));
  return `{"responses":[${responses.join(",")}]}`;
}

async function one(house: House, given: Visit, request: Readonly<Record<string, unknown>>): Promise<string> {
  const id = JSON.stringify(String(request["id"] ?? "").slice(0, 200));
  const headers = fieldsOf(request["headers"]);
  const print = (status: number, body: string): string =>
    `{"id":${id},"status":${status},"headers":{},"body":${body}}`;
  try {
    const prefer = headers["prefer"] ?? headers["Prefer"];
    const asked = askedIn(
      request["body"],
      String(request["workspace"] ?? ""),
      typeof prefer === "string" ? prefer : undefined,
    );
    return print(200, await answered(house, given, asked));
  } catch (error) {
    if (!(error instanceof Error && "status" in error && typeof error.status === "number")) throw error;
    return print(error.status, JSON.stringify(problemOf(error as KnownError, given.id)));
  }
}

/** The Log Analytics query API, so that its unmodified clients ask Picket's workspace. */
export function addLogAnalytics(server: FastifyInstance, house: House): void {
  const prefix = "/v1/workspaces/:workspace/query";
  addDoorRoute(
    server,
    ["POST", prefix],
    visit(house, door, (given) => {
      const { request } = given;
      const workspace = textIn(fieldsOf(request.params), "workspace");
      return answered(house, given, askedIn(request.body, workspace, headerOf(request.headers["prefer"])));
    }),
  );
  addDoorRoute(
    server,
    ["GET", prefix],
    visit(house, door, (given) => {
      const { request } = given;
      const workspace = textIn(fieldsOf(request.params), "workspace");
      return answered(house, given, askedIn(request.query, workspace, headerOf(request.headers["prefer"])));
    }),
  );
  addDoorRoute(
    server,
    ["POST", "/v1/$batch"],
    visit(house, door, (given) => batch(house, given)),
  );
  addDoorRoute(
    server,
    ["POST", "/v1/subscriptions/*"],
    visit(house, door, (given) => {
      const { request } = given;
      if (!request.url.split("?")[0]?.endsWith("/query"))
        throw serverErrors.notFound({ what: request.url.split("?")[0] ?? "" });
      return answered(house, given, askedIn(request.body, "default", headerOf(request.headers["prefer"])));
    }),
  );
}
