import { type Expr, quote } from "./expression.js";

const TERM = "0-9A-Za-z\u00C0-\uFFFF";
const BOUND = `[^${TERM}]`;
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
const startsTerm = (text: string): boolean => new RegExp(`^[${TERM}]`).test(text);
const endsTerm = (text: string): boolean => new RegExp(`[${TERM}]$`).test(text);

/** A term is a run of letters and digits; underscore and hyphen end one. The cheap test goes first. */
function matching(
  text: string,
  needle: Expr,
  isCased: boolean,
  ends: { readonly start: boolean; readonly end: boolean },
): string {
  const lower = (sql: string): string => (isCased ? sql : `lower(${sql})`);
  const { constant } = needle;
  if (constant === undefined) {
    const pattern = `'(?:^|${BOUND})' || regexp_escape(${lower(needle.sql)})${ends.end ? ` || '(?:$|${BOUND})'` : ""}`;
    return `(contains(${lower(text)}, ${lower(needle.sql)}) AND regexp_matches(${lower(text)}, ${pattern}))`;
  }
  if (constant === "") return "TRUE";
  const folded = isCased ? constant : constant.toLowerCase();
  const before = ends.start && startsTerm(folded) ? `(?:^|${BOUND})` : "";
  const after = ends.end && endsTerm(folded) ? `(?:$|${BOUND})` : "";
  const found = `contains(${lower(text)}, ${quote(folded)})`;
  return before || after
    ? `(${found} AND regexp_matches(${lower(text)}, ${quote(`${before}${escaped(folded)}${after}`)}))`
    : found;
}

/** `has`: the needle stands as a whole term. */
export const has = (text: string, needle: Expr, isCased: boolean): string =>
  matching(text, needle, isCased, { start: true, end: true });
/** `hasprefix`: a term begins with the needle. */
export const hasPrefix = (text: string, needle: Expr, isCased: boolean): string =>
  matching(text, needle, isCased, { start: true, end: false });
/** `hassuffix`: a term ends with the needle. */
export const hasSuffix = (text: string, needle: Expr, isCased: boolean): string =>
  matching(text, needle, isCased, { start: false, end: true });
