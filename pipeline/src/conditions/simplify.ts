import { all, any, type Condition } from "./condition.js";

/** Holds for every event. */
export const ALWAYS: Condition = { kind: "all", of: [] };
/** Holds for none. */
export const NEVER: Condition = { kind: "never" };

const isAlways = (condition: Condition): boolean => condition.kind === "all" && condition.of.length === 0;

/** The same condition without parts that can never or must always hold; `never` when nothing is left that could. */
export function simplify(condition: Condition): Condition {
  if (condition.kind === "not") {
    const inner = simplify(condition.of);
    if (inner.kind === "never") return ALWAYS;
    if (isAlways(inner)) return NEVER;
    return inner.kind === "not" ? inner.of : { kind: "not", of: inner };
  }
  if (condition.kind === "all") {
    const of = condition.of.map(simplify).filter((each) => !isAlways(each));
    return of.some(({ kind }) => kind === "never") ? NEVER : all(of);
  }
  if (condition.kind === "any") {
    const of = condition.of.map(simplify).filter(({ kind }) => kind !== "never");
    if (of.length === 0) return NEVER;
    return of.some(isAlways) ? ALWAYS : any(of);
  }
  return condition;
}
