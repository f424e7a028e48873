/** A coloured stretch of a query. */
export interface Token {
  readonly from: number;
  readonly to: number;
  readonly kind: "word" | "call" | "text" | "num" | "note" | "table";
}

const words = new Set(
  (
    "where summarize extend project order sort by take limit top join union let render on kind count distinct asc desc " +
    "and or not in has contains startswith endswith matches regex between has_any has_all has_cs contains_cs parse mv-expand " +
    "make-series as with bin ago now datetime project-away project-rename project-reorder search find evaluate invoke sample " +
    "nulls first last inner leftouter rightouter fullouter leftanti leftsemi innerunique true false null timechart barchart " +
    "columnchart piechart table range step from to default datatable serialize print"
  ).split(" "),
);
const PATTERN =
  /(?<note>\/\/[^\n]*)|(?<text>@?"(?:[^"\\\n]|\\.)*"?|@?'(?:[^'\\\n]|\\.)*'?)|(?<num>\b\d+(?:\.\d+)?(?:d|h|m|s|ms)?\b)|(?<name>[A-Za-z_][\w-]*)/g;

/** The coloured stretches of a query. Meaning is the language service's business; this is only paint. */
export function tokensOf(text: string, tables: ReadonlySet<string>): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(PATTERN)) {
    const { note, text: string, num, name = "" } = match.groups ?? {};
    const from = match.index;
    const to = from + match[0].length;
    const kind = note ? "note" : string ? "text" : num ? "num" : kindOf(name, text[to], tables);
    if (kind) tokens.push({ from, to, kind });
  }
  return tokens;
}

function kindOf(
  name: string,
  next: string | undefined,
  tables: ReadonlySet<string>,
): Token["kind"] | undefined {
  if (tables.has(name)) return "table";
  if (next === "(")
    return words.has(name) && /^(?:in|by|on|and|or|not|where|between)$/.test(name) ? "word" : "call";
  return words.has(name) ? "word" : undefined;
}
