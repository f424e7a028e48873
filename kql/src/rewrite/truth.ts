import { type Relation, relation } from "../plan/relation.js";
import { call, type Scalar } from "../plan/scalar.js";

/**
 * Where rows are kept when a test is true, null and false are the same; an equality need not turn null into
 * false there, and the engine can skip whole blocks by it.
 */
export function positive(test: Scalar): Scalar {
  if (test.kind !== "call") return test;
  if (test.op === "and" || test.op === "or") return call(test.op, "bool", ...test.args.map(positive));
  return test.op === "same" ||
    test.op === "sameSome" ||
    (test.op === "sameReal" && test.args.some(isOrdinary))
    ? call("equal", "bool", ...test.args)
    : test;
}

/** Simplifies the test of a filter. */
export const simplified = (rows: Relation): Relation =>
  rows.kind === "filter" ? relation({ ...rows, test: positive(rows.test) }) : rows;

/** A constant number that equals itself. */
const isOrdinary = (value: Scalar): boolean => value.kind === "literal" && !Number.isNaN(value.value);
