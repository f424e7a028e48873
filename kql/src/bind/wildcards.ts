import { AFTER, BEFORE, escaped } from "./terms.js";

/** A pattern for a text with stars: `ab*` begins a term, `*ab` ends one, `a*b` reaches from one to the other. */
export function matcherPattern(sought: string, isExact: boolean): string {
  const before = sought.startsWith("*") ? "" : BEFORE;
  const after = sought.endsWith("*") ? "" : AFTER;
  const parts = sought
    .replace(/^\*+|\*+$/g, "")
    .split(/\*+/)
    .map(escaped);
  return `(?s${isExact ? "" : "i"})${before}${parts.join(".*")}${after}`;
}
