import type { HostValue } from "./values.js";

/** An expression as plain data: over the columns of a row and the states of steps. */
export type Formula =
  | { readonly value: HostValue }
  | { readonly column: number }
  | { readonly state: number; readonly slot: number }
  | { readonly op: string; readonly args: readonly Formula[] };

/** What a formula reads. */
export interface Reads {
  readonly row: readonly HostValue[];
  readonly states: readonly (readonly HostValue[] | undefined)[];
  /** What a state says before it holds anything, by slot. */
  readonly empty: readonly HostValue[];
}

type Values = readonly HostValue[];

const isNothing = (value: HostValue): boolean => value === null || value === undefined;
const big = (value: HostValue): bigint =>
  typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value)));

/** Arithmetic of whole numbers, times and spans; of floating-point numbers otherwise. */
const arithmetic =
  (whole: (one: bigint, other: bigint) => bigint | null, real: (one: number, other: number) => number) =>
  ([one, other]: Values): HostValue => {
    if (isNothing(one) || isNothing(other)) return null;
    if (typeof one === "bigint" || typeof other === "bigint") return whole(big(one), big(other));
    return real(Number(one), Number(other));
  };

const compared =
  (test: (order: number) => boolean) =>
  ([one, other]: Values): HostValue => {
    if (isNothing(one) || isNothing(other)) return null;
    const [left, right] = [one, other] as [number, number];
    return test(left < right ? -1 : left > right ? 1 : 0);
  };

const isSame = ([one, other]: Values): boolean | null => {
  if (isNothing(one) && isNothing(other)) return null;
  if (isNothing(one) || isNothing(other)) return false;
  return typeof one === "bigint" || typeof other === "bigint" ? big(one) === big(other) : one === other;
};

const negated = (value: boolean | null): boolean | null => (value === null ? null : !value);
const same = (values: Values): HostValue => isSame(values);
const differs = (values: Values): HostValue => negated(isSame(values));
const text = (value: HostValue): string => (isNothing(value) ? "" : String(value));

/** Every operation that formulas may have, by the plan's name of it. */
export const formulaOperations: Readonly<Record<string, (args: Values) => HostValue>> = {
  add: arithmetic(
    (one, other) => one + other,
    (one, other) => one + other,
  ),
  subtract: arithmetic(
    (one, other) => one - other,
    (one, other) => one - other,
  ),
  multiply: arithmetic(
    (one, other) => one * other,
    (one, other) => one * other,
  ),
  intDivide: arithmetic(
    (one, other) => (other === 0n ? null : one / other),
    (one, other) => Math.trunc(one / other),
  ),
  addReal: arithmetic(
    (one, other) => one + other,
    (one, other) => one + other,
  ),
  subtractReal: arithmetic(
    (one, other) => one - other,
    (one, other) => one - other,
  ),
  multiplyReal: arithmetic(
    (one, other) => one * other,
    (one, other) => one * other,
  ),
  divideReal: ([one, other]) => (isNothing(one) || isNothing(other) ? null : Number(one) / Number(other)),
  addSpan: arithmetic(
    (one, other) => one + other,
    (one, other) => one + other,
  ),
  timeDifference: arithmetic(
    (one, other) => one - other,
    (one, other) => one - other,
  ),
  negate: ([value]) => (isNothing(value) ? null : typeof value === "bigint" ? -value : -Number(value)),
  widen: ([value]) => value,
  toReal: ([value]) => (isNothing(value) ? null : Number(value)),
  less: compared((order) => order < 0),
  lessOrEqual: compared((order) => order <= 0),
  greater: compared((order) => order > 0),
  greaterOrEqual: compared((order) => order >= 0),
  equal: same,
  same,
  sameSome: same,
  sameReal: same,
  unequal: differs,
  differs,
  differsSome: differs,
  and: ([one, other]) =>
    one === false || other === false ? false : one === true && other === true ? true : null,
  or: ([one, other]) =>
    one === true || other === true ? true : one === false && other === false ? false : null,
  not: ([value]) => (isNothing(value) ? null : !value),
  isTrue: ([value]) => value === true,
  isNull: ([value]) => isNothing(value),
  isNotNull: ([value]) => !isNothing(value),
  isNan: ([value]) => Number.isNaN(value),
  coalesce: (values) => values.find((value) => !isNothing(value)) ?? null,
  nullIfEmpty: ([value]) => (value === "" ? null : value),
  concat: (values) => values.map(text).join(""),
  lower: ([value]) => text(value).toLowerCase(),
  upper: ([value]) => text(value).toUpperCase(),
  choice: (values) => {
    for (let at = 0; at + 1 < values.length; at += 2) if (values[at] === true) return values[at + 1];
    return values.at(-1);
  },
};

/** The value of a formula. */
export function formulaValue(formula: Formula, reads: Reads): HostValue {
  if ("value" in formula) return formula.value;
  if ("column" in formula) return reads.row[formula.column];
  if ("state" in formula) {
    const state = reads.states[formula.state];
    return state ? state[formula.slot] : reads.empty[formula.slot];
  }
  const operation = formulaOperations[formula.op];
  if (!operation) throw new Error(`no operation ${formula.op}`);
  return operation(formula.args.map((each) => formulaValue(each, reads)));
}
