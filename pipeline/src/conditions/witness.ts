import type { Condition, Pattern } from "./condition.js";
import { regexLiterals } from "./regex-literals.js";

/** Lower-case ASCII literals of one field, one of which must occur for a condition to hold. */
export interface Witness {
  readonly field: string;
  readonly anyOf: readonly string[];
  /** Literals that count only where they are no part of a longer word. */
  readonly words?: readonly string[];
}

/** So many literals are as good as none: nearly every event would hold one. */
const MOST = 2_000;
/** Pieces of nearly every path or command: a witness of these tells nothing apart. */
const COMMON = [
  "/usr/sbin/",
  "/usr/bin/",
  "/usr/local/bin/",
  "/bin/sh",
  "/bin/bash",
  " -c ",
  "/etc/",
  "/tmp/",
];

const isAscii = (text: string): boolean => /^[ -~]+$/.test(text);

/** The longest run of ASCII letters in the literals of a pattern. */
function longest(texts: readonly string[]): string {
  const runs = texts.flatMap((text) => text.toLowerCase().split(/[^ -~]+/));
  return runs.reduce((best, run) => (worth(run) > worth(best) ? run : best), "");
}

const worth = (literal: string): number =>
  COMMON.some((common) => common.includes(literal)) ? literal.length / 100 : literal.length;

const score = (witnesses: readonly Witness[]): number =>
  Math.min(...witnesses.flatMap(({ anyOf }) => anyOf.map(worth))) -
  Math.log2(witnesses.reduce((total, { anyOf }) => total + anyOf.length, 0)) / 4;

const literalsOf = (pattern: Pattern): string[] =>
  pattern.filter((part): part is string => typeof part === "string");

function one(field: string, literals: readonly string[]): Witness[] | undefined {
  const found = longest(literals);
  return found === "" ? undefined : [{ field, anyOf: [found] }];
}

/**
 * What must occur in an event for a condition to hold: in one of the fields, one of its literals. Undefined when nothing
 * must, so that the condition has to be asked of every event.
 */
export function witnessOf(condition: Condition): readonly Witness[] | undefined {
  switch (condition.kind) {
    case "text":
      return one(condition.field, literalsOf(condition.pattern));
    case "among":
      return condition.texts.length <= MOST && condition.texts.every((text) => text !== "" && isAscii(text))
        ? [{ field: condition.field, anyOf: condition.texts.map((text) => text.toLowerCase()) }]
        : undefined;
    case "regex": {
      const literals = regexLiterals(condition.source)?.map((literal) => longest([literal]));
      return literals && literals.length > 0 && literals.every((literal) => literal !== "")
        ? [{ field: condition.field, anyOf: [...new Set(literals)] }]
        : undefined;
    }
    case "all":
      return bestOf(condition.of);
    case "any":
      return unionOf(condition.of);
    default:
      return undefined;
  }
}

function bestOf(conditions: readonly Condition[]): readonly Witness[] | undefined {
  let best: readonly Witness[] | undefined;
  for (const condition of conditions) {
    const found = witnessOf(condition);
    if (found && (!best || score(found) > score(best))) best = found;
  }
  return best;
}

function unionOf(conditions: readonly Condition[]): readonly Witness[] | undefined {
  const byField = new Map<string, Set<string>>();
  let count = 0;
  for (const condition of conditions) {
    const found = witnessOf(condition);
    if (!found) return undefined;
    for (const { field, anyOf } of found) {
      const literals = byField.get(field) ?? new Set();
      byField.set(field, literals);
      for (const literal of anyOf) literals.add(literal);
      count += anyOf.length;
    }
  }
  if (count === 0 || count > MOST) return undefined;
  return [...byField].map(([field, literals]) => ({ field, anyOf: [...literals] }));
}
