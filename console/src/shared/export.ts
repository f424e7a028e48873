/** Text as a cell of a file that spreadsheets open; a text that begins like a formula stays text. */
function cellOf(value: unknown): string {
  const text =
    value === null || value === undefined
      ? ""
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as CSV. */
export const csv = (columns: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  [columns, ...rows].map((row) => row.map(cellOf).join(",")).join("\r\n");

/** Rows as one JSON object a line. */
export const ndjson = (columns: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  rows
    .map((row) => JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index]]))))
    .join("\n");

/** Hands a file to the reader. */
export function download(name: string, content: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
