import type { Operation } from "../plan/operations.js";
import { bool, call, type Scalar, text, textOf } from "../plan/scalar.js";
import { toText } from "./convert.js";

/** Terms are runs of letters and digits; everything else splits, the underscore too. Letters beyond ASCII count. */
const IN_TERM = "0-9A-Za-z\\x{80}-\\x{10FFFF}";
/** What may stand before a term. */
export const BEFORE = `(?:^|[^${IN_TERM}])`;
/** What may stand after a term. */
export const AFTER = `(?:$|[^${IN_TERM}])`;

const isTermCharacter = (character: string): boolean => /[0-9A-Za-z]|[^\0-\x7f]/.test(character);
/** A text as a pattern that matches it. */
export const escaped = (needle: string): string => needle.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Which ends of the text that is sought must be ends of terms. */
interface Ends {
  readonly start: boolean;
  readonly end: boolean;
}

/** Has a term: first the cheap test for the letters, then the dear one for the ends. */
function hasTerm(hay: Scalar, needle: Scalar, { start, end }: Ends): Scalar {
  const known = textOf(needle);
  if (known === "") return bool(true);
  if (known === undefined)
    return call(start && end ? "hasTerm" : start ? "hasTermPrefix" : "hasTermSuffix", "bool", hay, needle);
  const before = start && isTermCharacter(known.at(0)!) ? BEFORE : "";
  const after = end && isTermCharacter(known.at(-1)!) ? AFTER : "";
  const contains = call("containsText", "bool", hay, needle);
  if (!before && !after) return contains;
  return call(
    "and",
    "bool",
    contains,
    call("matches", "bool", hay, text(`${before}${escaped(known)}${after}`)),
  );
}

type Test = (hay: Scalar, needle: Scalar) => Scalar;

const plain =
  (op: Operation): Test =>
  (hay, needle) =>
    textOf(needle) === "" ? bool(true) : call(op, "bool", hay, needle);

const tests: Readonly<Record<string, Test>> = {
  contains: plain("containsText"),
  startswith: plain("startsWith"),
  endswith: plain("endsWith"),
  has: (hay, needle) => hasTerm(hay, needle, { start: true, end: true }),
  hasprefix: (hay, needle) => hasTerm(hay, needle, { start: true, end: false }),
  hassuffix: (hay, needle) => hasTerm(hay, needle, { start: false, end: true }),
  "=~": (hay, needle) => call("equal", "bool", hay, needle),
};

/** A text in small letters, folded when it is constant. */
export const lowered = (value: Scalar): Scalar => {
  const known = textOf(value);
  return known === undefined ? call("lower", "string", value) : text(known.toLowerCase());
};

/** Tests of one text against another by their spelling, such as `!has_cs`; undefined when it is none of them. */
export function textTest(spelling: string): Test | undefined {
  const isNegated = spelling.startsWith("!") && spelling !== "!=";
  const named = spelling === "!~" ? "=~" : spelling.replace(/^!|^not(?=contains)/, "");
  const isExact = /_?cs$/.test(named);
  const test = tests[named.replace(/_?cs$/, "")];
  if (!test) return undefined;
  const negated = isNegated || spelling.startsWith("not");
  return (hay, needle) => {
    const [one, other] = [toText(hay), toText(needle)];
    const found = isExact ? test(one, other) : test(lowered(one), lowered(other));
    return negated ? call("not", "bool", found) : found;
  };
}
