import type { ScalarType } from "@picket/kit";
import { type Literal, literal } from "../plan/scalar.js";

/** A value as functions outside the engine see it: times and spans are ticks, JSON is what it says. */
export type HostValue = unknown;

/** A value on its way between the engine and us: a text, so that nothing is lost in JSON numbers. */
export type Cell = string | null;

/** Reads a cell. */
export function decoded(cell: Cell, type: ScalarType): HostValue {
  if (cell === null) return type === "string" ? "" : null;
  switch (type) {
    case "long":
    case "int":
      return Number(cell);
    case "real":
    case "decimal":
      return realOf(cell);
    case "bool":
      return cell === "true" || cell === "1";
    case "datetime":
    case "timespan":
      return BigInt(cell);
    case "dynamic":
      return JSON.parse(cell);
    default:
      return cell;
  }
}

function realOf(cell: string): number {
  if (/^nan$/i.test(cell)) return Number.NaN;
  const endless = /^(-?)inf/i.exec(cell);
  if (endless) return endless[1] ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(cell);
}

/** Writes a cell. */
export function encoded(value: HostValue, type: ScalarType): Cell {
  if (value === null || value === undefined) return type === "string" ? "" : null;
  if (type === "dynamic") return jsonOf(value);
  if (typeof value === "number" && Number.isNaN(value)) return type === "real" ? "nan" : null;
  if (typeof value === "number" && !Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if ((type === "long" || type === "int") && typeof value === "number") return String(Math.trunc(value));
  return String(value);
}

/** JSON in which not-a-number and infinities are texts, as the language has them. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === "bigint") return Number(each);
    if (typeof each !== "number" || Number.isFinite(each)) return each;
    return Number.isNaN(each) ? "NaN" : each > 0 ? "Infinity" : "-Infinity";
  });
}

/** The value of a constant. */
export function constantOf({ type, value }: Literal): HostValue {
  if (value === null) return type === "string" ? "" : null;
  if (type === "dynamic") return JSON.parse(String(value));
  return type === "long" || type === "int" ? Number(value) : value;
}

/** A value as a constant. */
export function literalOfValue(value: HostValue, type: ScalarType): Literal {
  const cell = encoded(value, type);
  if (cell === null) return literal(type, null);
  const read = decoded(cell, type);
  if (type === "dynamic") return literal(type, cell === "null" ? null : cell);
  if (type === "long" || type === "int") return literal(type, BigInt(cell));
  if (typeof read === "number" || typeof read === "boolean" || typeof read === "bigint")
    return literal(type, read);
  return literal(type, cell);
}
