/** In a pattern: any run of characters. */
export const ANY_RUN = 0;
/** In a pattern: any one character. */
export const ANY_ONE = 1;

/** A text with wildcards: literals in turn with `ANY_RUN` and `ANY_ONE`. */
export type Pattern = readonly (string | typeof ANY_RUN | typeof ANY_ONE)[];

/** How two fields of one event are compared. */
export type Likeness = "equals" | "startsWith" | "endsWith" | "contains";

/** A part of an instant, as Sigma's time modifiers name them. */
export type TimePart = "minute" | "hour" | "day" | "week" | "month" | "year";

/** How a number is compared. */
export type Comparison = "==" | "<" | "<=" | ">" | ">=";

/** A test of one field, or of all its texts. A field that is absent fails every test but `empty`. */
export type Leaf =
  | { readonly kind: "text"; readonly field: string; readonly pattern: Pattern; readonly cased: boolean }
  | { readonly kind: "anywhere"; readonly pattern: Pattern; readonly cased: boolean }
  | { readonly kind: "regex"; readonly field: string; readonly source: string; readonly flags: string }
  | { readonly kind: "number"; readonly field: string; readonly is: Comparison; readonly value: number }
  | { readonly kind: "cidr"; readonly field: string; readonly block: string }
  | { readonly kind: "among"; readonly field: string; readonly texts: readonly string[] }
  | {
      readonly kind: "sameAs";
      readonly field: string;
      readonly other: string;
      readonly how: Likeness;
      readonly cased: boolean;
    }
  | { readonly kind: "empty"; readonly field: string }
  | { readonly kind: "time"; readonly field: string; readonly part: TimePart; readonly value: number };

/** What an event must be like: the one form that Sigma rules and custom alerts are compiled from. */
export type Condition =
  | Leaf
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "never" };

/** Holds when all hold; flat, so that printing and witnesses see through nesting. */
export const all = (conditions: readonly Condition[]): Condition =>
  conditions.length === 1
    ? conditions[0]!
    : { kind: "all", of: conditions.flatMap((each) => (each.kind === "all" ? each.of : [each])) };

/** Holds when one holds. */
export const any = (conditions: readonly Condition[]): Condition =>
  conditions.length === 1
    ? conditions[0]!
    : { kind: "any", of: conditions.flatMap((each) => (each.kind === "any" ? each.of : [each])) };

/** Holds when the other does not. */
export const not = (condition: Condition): Condition =>
  condition.kind === "not" ? condition.of : { kind: "not", of: condition };

/** Every leaf of a condition. */
export function leavesOf(condition: Condition): Leaf[] {
  if (condition.kind === "all" || condition.kind === "any") return condition.of.flatMap(leavesOf);
  if (condition.kind === "not") return leavesOf(condition.of);
  return condition.kind === "never" ? [] : [condition];
}

/** Names of the fields that a condition looks at. */
export const fieldsOf = (condition: Condition): string[] => [
  ...new Set(
    leavesOf(condition).flatMap((leaf) =>
      leaf.kind === "anywhere" ? [] : leaf.kind === "sameAs" ? [leaf.field, leaf.other] : [leaf.field],
    ),
  ),
];
