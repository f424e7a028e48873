/** Ranges that the picker offers, as the query says them. */
export const ranges = [
  { value: "15m", label: "Last 15 minutes" },
  { value: "1h", label: "Last hour" },
  { value: "4h", label: "Last 4 hours" },
  { value: "1d", label: "Last day" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
] as const;

const LINE = /^[ \t]*\|[ \t]*where[ \t]+TimeGenerated[ \t]*>=?[ \t]*ago\(([\w.]+)\)[ \t]*(?:\r?\n|$)/m;
const OWN = /\bTimeGenerated\b[^\n|]*(?:ago\(|between|datetime\(|>|<)/;

/** The range that the picker wrote into a query; `own` when the query says its time in another way; empty for none. */
export function rangeOf(query: string): string {
  const written = LINE.exec(query)?.[1];
  if (written) return written;
  return OWN.test(query) ? "own" : "";
}

/** A query with a range as a line of its own beneath its first line, in place of the one there was; empty takes it away. */
export function withRange(query: string, range: string): string {
  const line = range === "" ? "" : `| where TimeGenerated > ago(${range})\n`;
  if (LINE.test(query)) return query.replace(LINE, line).trimEnd();
  if (range === "") return query;
  const lines = query.split("\n");
  const at = lines.findIndex(
    (each) => /^\s*[A-Za-z_]\w*\s*$/.test(each) || /^\s*[A-Za-z_]\w*\s*\|/.test(each),
  );
  if (at < 0) return query;
  const [first = "", ...rest] = lines[at]!.split("|");
  const own = rest.length > 0 ? [`|${rest.join("|")}`] : [];
  return [...lines.slice(0, at), first.trimEnd(), line.trimEnd(), ...own, ...lines.slice(at + 1)].join("\n");
}

/** How a cell goes into the query. */
export type CellUse = "include" | "exclude" | "count";

const nameOf = (column: string): string =>
  /^[A-Za-z_]\w*$/.test(column) ? column : `['${column.replaceAll("'", "\\'")}']`;

/** A value as the query language writes it. */
export function literal(value: unknown, type: string): string {
  if (type === "datetime") return `datetime(${String(value)})`;
  if (type === "timespan") return `time(${String(value)})`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return JSON.stringify(typeof value === "object" ? JSON.stringify(value) : String(value));
}

/** A condition that a cell's value makes. */
function conditionOf(column: string, type: string, value: unknown, isWanted: boolean): string {
  const name = nameOf(column);
  if (value === null || value === undefined) return `${isWanted ? "isnull" : "isnotnull"}(${name})`;
  const left = type === "dynamic" ? `tostring(${name})` : name;
  return `${left} ${isWanted ? "==" : "!="} ${literal(value, type)}`;
}

/** A query narrowed by a cell of its result, or counted by its column; a `render` at the end gives way or stays last. */
export function withCell(
  query: string,
  cell: { column: string; type: string; value: unknown },
  use: CellUse,
): string {
  const trimmed = query.trimEnd();
  const render = /\n?[ \t]*\|[ \t]*render\b[^|]*$/.exec(trimmed);
  const body = render ? trimmed.slice(0, render.index) : trimmed;
  if (use === "count")
    return `${body}\n| summarize Rows = count() by ${nameOf(cell.column)}\n| order by Rows desc`;
  const line = `| where ${conditionOf(cell.column, cell.type, cell.value, use === "include")}`;
  return `${body}\n${line}${render ? `\n${render[0].trim()}` : ""}`;
}
