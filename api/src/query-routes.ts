import { Type } from "typebox";
import type { Route } from "./route.js";
import { instant, text, whole } from "./shapes.js";

const column = Type.Object({
  name: text("Column."),
  type: text("KQL type."),
  about: Type.Optional(text("What it holds.", 1000)),
});

const queryName = Type.String({
  description: "Name of a saved query.",
  minLength: 1,
  maxLength: 100,
  pattern: "^[^/\\\\\\x00-\\x1f]+$",
});

const savedQuery = Type.Object({
  name: queryName,
  query: text("KQL.", 65_536),
  about: text("What it answers.", 1_000),
  owner: text("Whose it is."),
  shared: Type.Boolean({ description: "Whether others see it." }),
  changedAt: instant("When it was last saved."),
});

/** Queries: run, stop, explain, complete, save. */
export const queryRoutes = {
  "POST /query": {
    about: "Runs a KQL query. Wrong, slow or large queries answer an error with the position or the limit.",
    role: "viewer",
    audit: "query.run",
    body: Type.Object({
      query: text("KQL.", 65_536),
      id: Type.Optional(text("Name this run so that it can be cancelled.", 64)),
      from: Type.Optional(instant("Only rows generated at or after.")),
      to: Type.Optional(instant("Only rows generated before.")),
      maxRows: Type.Optional(Type.Integer({ minimum: 1, maximum: 500_000 })),
    }),
    reply: Type.Object({
      columns: Type.Array(column),
      rows: Type.Array(Type.Array(Type.Unknown())),
      rowCount: whole("Rows answered."),
      elapsedMs: Type.Number({ description: "Milliseconds in the engine." }),
      compileMs: Type.Number({ description: "Milliseconds in the compiler." }),
      render: Type.Optional(
        Type.Object({
          kind: text("Chart asked for."),
          properties: Type.Record(Type.String(), Type.String()),
        }),
      ),
    }),
  },
  "DELETE /query/{id}": {
    about: "Cancels a running query of one's own.",
    role: "viewer",
    params: Type.Object({ id: text("Name given to the run.", 64) }),
  },
  "GET /query/schema": {
    about: "The tables and columns that queries can name, with what they hold and how many rows there are.",
    role: "viewer",
    reply: Type.Object({
      version: text("Changes when the schema does."),
      tables: Type.Array(
        Type.Object({
          name: text("Table."),
          about: text("What it holds.", 1000),
          rows: whole("Rows, roughly."),
          columns: Type.Array(
            Type.Object({
              name: text("Column."),
              type: text("KQL type."),
              about: text("What it holds.", 1000),
              members: Type.Optional(Type.Array(column, { description: "Members of a JSON column." })),
            }),
          ),
        }),
      ),
    }),
  },
  "GET /query/samples": {
    about: "Queries to start from.",
    role: "viewer",
    reply: Type.Object({
      samples: Type.Array(
        Type.Object({
          title: text("What it answers."),
          about: text("When to use it.", 1000),
          query: text("KQL.", 8000),
        }),
      ),
    }),
  },
  "POST /query/explain": {
    about: "What a KQL query is compiled to: the SQL, its parameters, columns and tables. Nothing runs.",
    role: "viewer",
    audit: "query.explain",
    body: Type.Object({ query: text("KQL.", 65_536) }),
    reply: Type.Object({
      sql: text("The statement.", 1_000_000),
      parameters: Type.Array(Type.Unknown(), { description: "Values of $1, $2, …" }),
      columns: Type.Array(column),
      tables: Type.Array(text("Table it reads.")),
      compileMs: Type.Number({ description: "Milliseconds in the compiler." }),
    }),
  },
  "POST /query/complete": {
    about: "What could stand at a place in a query, for editors that have no language of their own.",
    role: "viewer",
    changesNothing: true,
    body: Type.Object({
      query: text("KQL so far.", 65_536),
      position: whole("Characters before the place."),
    }),
    reply: Type.Object({
      items: Type.Array(
        Type.Object({
          label: text("What it is called.", 500),
          kind: text("Table, Column, ScalarFunction, QueryPrefix and the like."),
          detail: Type.Optional(text("What the schema says about it.", 2_000)),
          apply: text("What to write in the place of `from` to `to`.", 1_000),
          from: whole("First character replaced."),
          to: whole("Character after the last one replaced."),
        }),
      ),
    }),
  },
  "GET /queries": {
    about: "Saved queries: one's own, and those that others share.",
    role: "viewer",
    reply: Type.Object({ queries: Type.Array(savedQuery) }),
  },
  "PUT /queries/{name}": {
    about: "Saves a query under a name, or changes it. Another's query is changed by nobody but them.",
    role: "viewer",
    audit: "queries.save",
    params: Type.Object({ name: queryName }),
    body: Type.Object({
      query: text("KQL.", 65_536),
      about: Type.Optional(text("What it answers.", 1_000)),
      shared: Type.Optional(Type.Boolean({ description: "Whether others see it." })),
    }),
    reply: savedQuery,
  },
  "DELETE /queries/{name}": {
    about: "Removes a saved query of one's own; an administrator removes any.",
    role: "viewer",
    audit: "queries.remove",
    params: Type.Object({ name: queryName }),
  },
} as const satisfies Readonly<Record<string, Route>>;
