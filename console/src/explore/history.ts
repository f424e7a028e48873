/** A query that was run here before. */
export interface Past {
  readonly query: string;
  readonly at: string;
  readonly rows: number;
}

const KEPT = "picket-queries";
const MOST = 40;

/** The list with one more, newest first; a query stands in it once. */
export const remembered = (list: readonly Past[], past: Past): Past[] =>
  [past, ...list.filter(({ query }) => query !== past.query)].slice(0, MOST);

const isPast = (value: unknown): value is Past =>
  typeof value === "object" &&
  value !== null &&
  "query" in value &&
  typeof value.query === "string" &&
  "at" in value;

/** What was run in this browser; whatever else is stored there is not believed. */
export function readHistory(stored: string | null): Past[] {
  try {
    const list: unknown = JSON.parse(stored ?? "[]");
    return Array.isArray(list) ? list.filter(isPast).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Keeps a query in this browser. */
export function remember(past: Past): Past[] {
  const list = remembered(readHistory(localStorage.getItem(KEPT)), past);
  localStorage.setItem(KEPT, JSON.stringify(list));
  return list;
}

/** The queries kept in this browser. */
export const keptHistory = (): Past[] => readHistory(localStorage.getItem(KEPT));
