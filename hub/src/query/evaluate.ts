import { functions } from "./functions.js";
import type { BinaryOperator, Expression } from "./syntax.js";

/** One thing a query looks at. */
export interface Row {
  /** Where it is in its source; later rows have greater keys. */
  readonly key: string;
  /** A property of the row itself; undefined when it has none of that name. */
  root(name: string): unknown;
  /** All of it, for `SELECT *`. */
  whole(): object;
}

/** What an expression comes to for a row; undefined is "not defined". */
export type Evaluate = (row: Row) => unknown;

type Two = (left: unknown, right: unknown) => unknown;

/** Makes a function of an expression. */
export function compiled(expression: Expression): Evaluate {
  switch (expression.kind) {
    case "literal":
      return () => expression.value;
    case "list": {
      const items = expression.items.map(compiled);
      return (row) => items.map((item) => item(row));
    }
    case "path":
      return pathOf(expression.steps);
    case "not": {
      const of = compiled(expression.of);
      return (row) => {
        const value = of(row);
        return typeof value === "boolean" ? !value : undefined;
      };
    }
    case "minus": {
      const of = compiled(expression.of);
      return (row) => {
        const value = of(row);
        return typeof value === "number" ? -value : undefined;
      };
    }
    case "binary":
      return binary(expression.operator, compiled(expression.left), compiled(expression.right));
    case "call": {
      const definition = functions.get(expression.name);
      const given = expression.given.map(compiled);
      return (row) => definition?.of(...given.map((each) => each(row)));
    }
  }
}

function pathOf([first, ...steps]: readonly (string | number)[]): Evaluate {
  return (row) => {
    let value = row.root(String(first));
    for (const step of steps) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
      value = Reflect.get(value, step);
    }
    return value;
  };
}

function binary(operator: BinaryOperator, left: Evaluate, right: Evaluate): Evaluate {
  if (operator === "AND" || operator === "OR") {
    const decides = operator === "OR";
    return (row) => {
      const first = left(row);
      if (first === decides) return decides;
      const second = right(row);
      if (second === decides) return decides;
      return typeof first === "boolean" && typeof second === "boolean" ? !decides : undefined;
    };
  }
  const apply = operators[operator];
  return (row) => {
    const [first, second] = [left(row), right(row)];
    return first === undefined || second === undefined ? undefined : apply(first, second);
  };
}

const compared =
  (fits: (order: number) => boolean): Two =>
  (left, right) => {
    const order = comparison(left, right);
    return order === undefined ? undefined : fits(order);
  };
const counted =
  (of: (left: number, right: number) => number): Two =>
  (left, right) => {
    const result = typeof left === "number" && typeof right === "number" ? of(left, right) : undefined;
    return Number.isFinite(result) ? result : undefined;
  };
const isIn: Two = (value, list) =>
  Array.isArray(list) && list.some((item) => item !== undefined && isSame(value, item));

const operators: Readonly<Record<Exclude<BinaryOperator, "AND" | "OR">, Two>> = {
  "=": isSame,
  "!=": (left, right) => !isSame(left, right),
  "<": compared((order) => order < 0),
  "<=": compared((order) => order <= 0),
  ">": compared((order) => order > 0),
  ">=": compared((order) => order >= 0),
  IN: isIn,
  NIN: (value, list) => !isIn(value, list),
  "+": counted((left, right) => left + right),
  "-": counted((left, right) => left - right),
  "*": counted((left, right) => left * right),
  "/": counted((left, right) => left / right),
  "%": counted((left, right) => left % right),
};

function isSame(left: unknown, right: unknown): boolean {
  if (typeof left !== typeof right) return false;
  if (typeof left === "object" && left !== null) return JSON.stringify(left) === JSON.stringify(right);
  return left === right || comparison(left, right) === 0;
}

/** Negative, zero or positive; undefined when the two cannot be compared. */
function comparison(left: unknown, right: unknown): number | undefined {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left !== "string" || typeof right !== "string") return undefined;
  const [from, to] = [instant(left), instant(right)];
  if (from !== undefined && to !== undefined) return from - to;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Instants are compared as such, so that fractions of a second and time zones may be written differently. */
function instant(text: string): number | undefined {
  if (text.length < 16 || text.length > 35 || text[4] !== "-" || text[10] !== "T") return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

const ranks: Readonly<Record<string, number>> = { undefined: 0, object: 1, boolean: 2, number: 3, string: 4 };

/** An order over all values, for ORDER BY and groups. */
export function ordered(left: unknown, right: unknown): number {
  const [from, to] = [ranks[typeof left] ?? 0, ranks[typeof right] ?? 0];
  if (from !== to) return from - to;
  if (typeof left === "boolean") return Number(left) - Number(right);
  if (typeof left === "object") {
    const [first, second] = [JSON.stringify(left), JSON.stringify(right)];
    return first < second ? -1 : first > second ? 1 : 0;
  }
  return comparison(left, right) ?? 0;
}
