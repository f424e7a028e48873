import type { Reply, Routes } from "@picket/api";
import type { Point } from "../charts/data.js";
import type { Part } from "../charts/parts.js";

/** What a query answered. */
export type Answer = Reply<Routes["POST /query"]>;
type Shown = Pick<Answer, "columns" | "rows" | "render">;

const numbers: ReadonlySet<string> = new Set(["long", "int", "real", "decimal"]);

/** What can be drawn of an answer. */
export type Drawing =
  | { readonly kind: "time"; readonly shape: "line" | "area" | "stack"; readonly points: Point[] }
  | { readonly kind: "bars" | "columns" | "pie"; readonly parts: Part[] };

const MOST_PARTS = 60;

const namesOf = (of: string | undefined): string[] =>
  (of ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);

/** The columns a chart uses: those that `render` names, else the first that fit. */
function rolesOf({ columns, render }: Shown) {
  const place = (name: string | undefined): number => columns.findIndex((column) => column.name === name);
  const { xcolumn, ycolumns, series } = render?.properties ?? {};
  const time = columns.findIndex(({ type }) => type === "datetime");
  const text = columns.findIndex(({ type }) => type === "string" || type === "bool" || type === "dynamic");
  const x = xcolumn ? place(xcolumn) : time >= 0 ? time : Math.max(text, 0);
  const named = namesOf(ycolumns)
    .map(place)
    .filter((index) => index >= 0);
  const found = columns.flatMap(({ type }, index) => (numbers.has(type) && index !== x ? [index] : []));
  const split = namesOf(series)
    .map(place)
    .filter((index) => index >= 0);
  const texts = columns.flatMap(({ type }, index) => (type === "string" && index !== x ? [index] : []));
  return { x, ys: named.length > 0 ? named : found, split: split.length > 0 ? split : texts };
}

/** The chart that a query asks for with `render`; nothing when its rows cannot be drawn so. */
export function drawingOf(answer: Shown): Drawing | undefined {
  const kind = answer.render?.kind;
  if (!kind || kind === "table" || answer.rows.length === 0) return undefined;
  const { x, ys, split } = rolesOf(answer);
  if (ys.length === 0) return undefined;
  if (answer.columns[x]?.type === "datetime" && kind !== "piechart") {
    const shape =
      kind === "columnchart" || kind === "barchart" ? "stack" : kind === "areachart" ? "area" : "line";
    return { kind: "time", shape, points: pointsOf(answer, { x, ys, split }) };
  }
  const parts = answer.rows
    .slice(0, MOST_PARTS)
    .map((row) => ({ name: shown(row[x]), value: Number(row[ys[0]!] ?? 0) }));
  return { kind: kind === "piechart" ? "pie" : kind === "columnchart" ? "columns" : "bars", parts };
}

function pointsOf(
  { columns, rows }: Shown,
  { x, ys, split }: { x: number; ys: number[]; split: number[] },
): Point[] {
  return rows.flatMap((row) => {
    const group = split.map((index) => shown(row[index])).join(", ");
    return ys.flatMap((y) => {
      const value = row[y];
      if (value === null || value === undefined) return [];
      const own = columns[y]?.name ?? "";
      const series = group === "" ? own : ys.length > 1 ? `${group}: ${own}` : group;
      return [{ at: String(row[x]), series, value: Number(value) }];
    });
  });
}

/** A value as a cell shows it. */
export const shown = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/** A time without the zeros at its end. */
export const shortened = (time: string): string => time.replace(/\.?0+Z$/, "Z");

/** Puts two values of a column in order; what is empty comes last. */
export function compared(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : shown(a).localeCompare(shown(b));
}
