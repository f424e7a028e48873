import { type TableName, type TableRow, tables } from "@picket/schema";
import { type Static, type TUnsafe, Type } from "typebox";

/** Text of at most `max` characters. */
export const text = (about: string, max = 200) => Type.String({ description: about, maxLength: max });

/** A whole number of at least `min`. */
export const whole = (about: string, min = 0) => Type.Integer({ description: about, minimum: min });

/** An instant, ISO 8601 in UTC. */
export const instant = (about: string) => Type.String({ description: about, format: "date-time" });

/** One of some words. */
export const oneOf = <const W extends string>(words: readonly W[], about: string): TUnsafe<W> =>
  Type.Unsafe<W>({ type: "string", enum: [...words], description: about });

const jsonType = {
  string: "string",
  datetime: "string",
  long: "integer",
  int: "integer",
  real: "number",
  bool: "boolean",
} as const;

/** A row of a workspace table, with the table's own column names. */
export function row<const T extends TableName>(table: T): TUnsafe<TableRow<T>> {
  const properties = Object.entries(tables[table].columns).map(([name, column]) => [
    name,
    column.type === "dynamic"
      ? { description: column.about }
      : { type: [jsonType[column.type], "null"], description: column.about },
  ]);
  return Type.Unsafe<TableRow<T>>({
    type: "object",
    description: `A row of ${table}.`,
    properties: Object.fromEntries(properties),
    additionalProperties: true,
  });
}

/** Where a list goes on; opaque. Absent on the last page. */
export const next = Type.Optional(text("Pass as `cursor` to read on; absent on the last page.", 500));

/** The page asked for. */
export const page = {
  limit: Type.Optional(Type.Integer({ description: "Rows wanted.", minimum: 1, maximum: 500, default: 100 })),
  cursor: Type.Optional(text("Where to go on, from an earlier answer.", 500)),
};

/** Alert severities, worst first. */
export const severities = ["High", "Medium", "Low", "Informational"] as const;
/** An alert severity. */
export type Severity = (typeof severities)[number];

/** Alert states. */
export const alertStatuses = ["New", "InProgress", "Closed"] as const;
/** An alert state. */
export type AlertStatus = (typeof alertStatuses)[number];

/** Counts by severity. */
export const bySeverity = Type.Object(
  {
    High: whole("High ones."),
    Medium: whole("Medium ones."),
    Low: whole("Low ones."),
    Informational: whole("Informational ones."),
  },
  { description: "Counts by severity." },
);

/** Every error answer. */
export const problem = Type.Object(
  {
    error: Type.Object({
      code: text("Stable code from the error catalogue, such as API_NOT_ALLOWED."),
      message: text("What happened, what it means and what to do, in a sentence.", 4000),
      details: Type.Optional(Type.Unknown({ description: "The values the message was made of." })),
    }),
  },
  { description: "An error." },
);
/** Every error answer. */
export type Problem = Static<typeof problem>;
