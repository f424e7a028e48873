import { databaseSchema } from "@picket/workspace/schema";
import { ask, cancel } from "../query/ask.js";
import { samples } from "../samples.js";
import { type Handlers, RawJson } from "./handler.js";

/** Queries: run, stop, explain, complete, save. */
export const queries: Pick<
  Handlers,
  | "POST /query"
  | "DELETE /query/{id}"
  | "GET /query/schema"
  | "GET /query/samples"
  | "POST /query/explain"
  | "POST /query/complete"
  | "GET /queries"
  | "PUT /queries/{name}"
  | "DELETE /queries/{name}"
> = {
  "POST /query": async ({ body }, { house, caller }) => {
    const { query, from, to, maxRows, id } = body;
    const span = { from: from && Date.parse(from), to: to && Date.parse(to) };
    const {
      rowsJson,
      truncated: _,
      ...answer
    } = await ask(house, caller, {
      query,
      maxRows,
      id,
      ...(span.from ? { from: span.from } : {}),
      ...(span.to ? { to: span.to } : {}),
    });
    return new RawJson(`${JSON.stringify(answer).slice(0, -1)},"rows":${rowsJson}}`);
  },
  "DELETE /query/{id}": async ({ params }, { house, caller }) => cancel(house, caller, params.id),
  "GET /query/schema": async (_, { house }) => {
    const { tables, version } = databaseSchema();
    const sizes = new Map((await house.rooms.analysis.status()).tables.map(({ name, rows }) => [name, rows]));
    return {
      version,
      tables: tables.map(({ name, about, columns }) => ({
        name,
        about,
        rows: sizes.get(name) ?? 0,
        columns: columns.map(({ name: column, type, about: meaning, promoted }) => ({
          name: column,
          type,
          about: meaning,
          ...(promoted
            ? {
                members: Object.entries(promoted).map(([member, { type: kind }]) => ({
                  name: member,
                  type: kind,
                })),
              }
            : {}),
        })),
      })),
    };
  },
  "GET /query/samples": async () => ({ samples: [...samples] }),
  "POST /query/explain": async ({ body }, { house }) => {
    const language = await house.language();
    const { query, compileMs } = await language.compile(body.query, { now: house.rooms.clock.now() });
    const { sql, parameters, columns, tables } = query;
    return { sql, parameters: [...parameters], columns: [...columns], tables: [...tables], compileMs };
  },
  "POST /query/complete": async ({ body }, { house }) => {
    const language = await house.language();
    return { items: [...(await language.complete(body.query, body.position))] };
  },
  "GET /queries": async (_, { house, caller }) => ({ queries: house.rooms.savedQueries.seenBy(caller) }),
  "PUT /queries/{name}": async ({ params, body }, { house, caller }) =>
    house.rooms.savedQueries.save(caller, params.name, body),
  "DELETE /queries/{name}": async ({ params }, { house, caller }) =>
    house.rooms.savedQueries.remove(caller, params.name),
};
