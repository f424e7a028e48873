import type { RuleEvent } from "@picket/detections";
import { compile, type Predicate } from "../conditions/compile.js";
import { all, type Condition } from "../conditions/condition.js";
import { EventView } from "../conditions/fields.js";
import { pipelineErrors } from "../errors.js";
import type { InForce } from "../settings/setting-book.js";
import { parsePattern } from "../sigma/values.js";

/** What a rule shall not tell of: the evidence whose fields are all like this. */
export interface Exception {
  readonly ruleId: string;
  /** Field, and what it is like; `*` and `?` are wildcards. */
  readonly where: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; 0 for never. */
  readonly until: number;
}

const MOST_FIELDS = 20;

/** Reads an exception; throws with what is wrong. */
export function readException(value: unknown): Exception {
  const refuse = (where: string, why: string): never => {
    throw pipelineErrors.badSetting({ where, why });
  };
  if (typeof value !== "object" || value === null) return refuse("the exception", "is no map");
  const ruleId: unknown = Reflect.get(value, "ruleId");
  if (typeof ruleId !== "string" || ruleId === "") return refuse("ruleId", "is needed");
  const where: unknown = Reflect.get(value, "where");
  if (typeof where !== "object" || where === null) return refuse("where", "is no map of fields");
  const fields = Object.entries(where);
  if (fields.length === 0 || fields.length > MOST_FIELDS) refuse("where", `names 1 to ${MOST_FIELDS} fields`);
  for (const [field, like] of fields) {
    if (typeof like !== "string" || like.length > 4_000)
      refuse(`where/${field}`, "is no text of at most 4,000 characters");
    if (/^[*?\s]*$/.test(String(like))) refuse(`where/${field}`, "holds for everything; say what it is like");
  }
  const given: unknown = Reflect.get(value, "until");
  const until = given === undefined || given === "" ? 0 : Date.parse(String(given));
  if (Number.isNaN(until)) refuse("until", "is no instant such as 2026-03-01T10:00:00Z");
  return { ruleId, where: Object.fromEntries(fields), until };
}

/** Tests evidence against an exception. */
export function exceptionTest({
  where,
}: Exception): (item: Readonly<Record<string, unknown>>, deviceId: string) => boolean {
  const view = new EventView();
  const conditions = Object.entries(where).map(
    ([field, like]): Condition => ({
      kind: "text",
      field: field === "DeviceId" ? "event.DeviceId" : field,
      pattern: parsePattern(like),
      cased: false,
    }),
  );
  const test: Predicate = compile(all(conditions), view);
  return (item, deviceId) => {
    const event: RuleEvent = { deviceId, moduleId: "", name: "ProcessCreate", at: 0, hits: 1, item };
    return test(view.turnTo(event));
  };
}

/** How often an exception kept an alert away. */
export type SavedExceptionCount = readonly [name: string, count: number];

/** The exceptions in force. */
export class Exceptions {
  #byRule = new Map<string, { name: string; until: number; test: ReturnType<typeof exceptionTest> }[]>();
  readonly #counts = new Map<string, number>();

  use(settings: readonly InForce[]): void {
    this.#byRule = new Map();
    for (const { name, value } of settings) {
      const exception = readException(value);
      const some = this.#byRule.get(exception.ruleId) ?? [];
      this.#byRule.set(exception.ruleId, some);
      some.push({ name, until: exception.until, test: exceptionTest(exception) });
    }
    const kept = new Set(settings.map(({ name }) => name));
    for (const name of this.#counts.keys()) if (!kept.has(name)) this.#counts.delete(name);
  }

  /** The exception that covers evidence of a rule; it is counted. */
  covers(
    ruleId: string,
    { deviceId, item, at }: { deviceId: string; item: Readonly<Record<string, unknown>>; at: number },
  ): string | undefined {
    const found = this.#byRule
      .get(ruleId)
      ?.find(({ until, test }) => (until === 0 || at < until) && test(item, deviceId));
    if (found) this.#counts.set(found.name, (this.#counts.get(found.name) ?? 0) + 1);
    return found?.name;
  }

  counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  save(): SavedExceptionCount[] {
    return [...this.#counts];
  }

  restore(saved: readonly SavedExceptionCount[]): void {
    for (const [name, count] of saved) this.#counts.set(name, count);
  }
}

const proposed = [
  "Executable",
  "CommandLine",
  "UserName",
  "RemoteAddress",
  "RemotePort",
  "QueryName",
  "Path",
];

/** An exception that would have kept an alert away: its evidence with what changes from run to run as wildcards. */
export function proposeException(ruleId: string, item: Readonly<Record<string, unknown>>): Exception {
  const fields = proposed.flatMap((field) => {
    const value = item[field];
    return typeof value === "string" && value !== "" ? [[field, generalised(value)] as const] : [];
  });
  return { ruleId, where: Object.fromEntries(fields.filter(([, like]) => like !== "*")), until: 0 };
}

/** Numbers of several digits, long hex and temporary names differ from run to run; the rest is taken as it is. */
const generalised = (text: string): string =>
  text
    .replace(/[\\*?]/g, "\\$&")
    .replace(/(?<=\/tmp\/|\/var\/tmp\/)[\w.-]+/g, "*")
    .replace(/\b[0-9a-f]{12,}\b/gi, "*")
    .replace(/(?<![\w.])\d{4,}(?![\w.])/g, "*");
