/** Forms a result can be printed in. */
export type Format = "table" | "json" | "ndjson" | "csv";

type Rows = readonly (readonly unknown[])[];

const plain = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/** Prints rows under their column names. */
export function printRows(columns: readonly string[], rows: Rows, format: Format): string {
  const objectOf = (row: readonly unknown[]): object =>
    Object.fromEntries(columns.map((name, index) => [name, row[index]]));
  if (format === "json") return JSON.stringify(rows.map(objectOf), null, 2);
  if (format === "ndjson") return rows.map((row) => JSON.stringify(objectOf(row))).join("\n");
  if (format === "csv") return [columns, ...rows].map((row) => row.map(csvCell).join(",")).join("\n");
  return table(columns, rows);
}

/** A spreadsheet runs a cell that begins like a formula; a quote before it keeps it text. */
function csvCell(value: unknown): string {
  const text = plain(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function table(columns: readonly string[], rows: Rows): string {
  const width = Math.max(20, Math.floor((process.stdout.columns ?? 160) / Math.max(columns.length, 1)) - 2);
  const shown = (value: unknown): string => {
    const text = plain(value).replaceAll(/\s+/g, " ");
    return text.length > width ? `${text.slice(0, width - 1)}…` : text;
  };
  const cells = [columns.map(shown), ...rows.map((row) => row.map(shown))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  const rule = widths.map((each) => "─".repeat(each)).join("  ");
  return [line(cells[0] ?? []), rule, ...cells.slice(1).map(line)].join("\n");
}
