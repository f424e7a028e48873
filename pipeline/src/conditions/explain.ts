import { compile } from "./compile.js";
import type { Condition, Leaf } from "./condition.js";
import type { EventView } from "./fields.js";
import { patternText } from "./patterns.js";

/** Whether a part of a condition holds for an event, and what was found. */
export interface Explanation {
  /** The test in words. */
  readonly test: string;
  readonly holds: boolean;
  /** The field's value, for a test of one field. */
  readonly found?: string;
  readonly of?: readonly Explanation[];
}

const SHOWN = 200;

/** Says of each part of a condition whether it holds for the event that a view looks at. */
export function explain(condition: Condition, view: EventView): Explanation {
  const holds = compile(condition, view)(view);
  switch (condition.kind) {
    case "all":
      return { test: "all of", holds, of: condition.of.map((each) => explain(each, view)) };
    case "any":
      return { test: "any of", holds, of: condition.of.map((each) => explain(each, view)) };
    case "not":
      return { test: "not", holds, of: [explain(condition.of, view)] };
    case "never":
      return { test: "never", holds };
    default:
      return { test: say(condition), holds, ...foundBy(condition, view) };
  }
}

function foundBy(leaf: Leaf, view: EventView): { found?: string } {
  if (leaf.kind === "anywhere") return {};
  const text = view.text(view.placeOf(leaf.field));
  return text === undefined ? {} : { found: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text };
}

/** A test in words. */
export function say(leaf: Leaf): string {
  switch (leaf.kind) {
    case "text":
      return `${leaf.field} is like ${JSON.stringify(patternText(leaf.pattern))}${leaf.cased ? " in this case" : ""}`;
    case "anywhere":
      return `any field holds ${JSON.stringify(patternText(leaf.pattern))}`;
    case "regex":
      return `${leaf.field} matches /${leaf.source}/${leaf.flags}`;
    case "number":
      return `${leaf.field} ${leaf.is} ${leaf.value}`;
    case "cidr":
      return `${leaf.field} lies in ${leaf.block}`;
    case "among":
      return `${leaf.field} is one of ${leaf.texts.length} values`;
    case "sameAs":
      return `${leaf.field} ${leaf.how} ${leaf.other}`;
    case "empty":
      return `${leaf.field} is empty`;
    case "time":
      return `the ${leaf.part} of ${leaf.field} is ${leaf.value}`;
  }
}
