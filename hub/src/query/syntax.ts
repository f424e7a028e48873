/** An expression of the query language; `at` is where it begins in the text. */
export type Expression =
  | { readonly kind: "literal"; readonly value: Literal; readonly at: number }
  | { readonly kind: "list"; readonly items: readonly Expression[]; readonly at: number }
  | { readonly kind: "path"; readonly steps: readonly (string | number)[]; readonly at: number }
  | { readonly kind: "not" | "minus"; readonly of: Expression; readonly at: number }
  | BinaryExpression
  | CallExpression;

/** A value written in the text. */
export type Literal = string | number | boolean | null;

/** Two expressions and what is between them. */
export interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly at: number;
}

/** A function or an aggregate with its arguments. */
export interface CallExpression {
  readonly kind: "call";
  /** In capitals. */
  readonly name: string;
  readonly given: readonly Expression[];
  readonly at: number;
}

/** What may stand between two expressions. */
export type BinaryOperator =
  | "OR"
  | "AND"
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "IN"
  | "NIN"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%";

/** One column of an answer. */
export interface Selected {
  readonly expression: Expression;
  readonly name: string;
}

/** One key of ORDER BY. */
export interface Ordered {
  readonly expression: Expression;
  readonly isDescending: boolean;
}

/** What a query may read. */
export type SourceName = "devices" | "devices.modules" | "devices.jobs";

/** A whole query. */
export interface Query {
  /** Undefined for `*`. */
  readonly select?: readonly Selected[];
  readonly isDistinct: boolean;
  readonly top?: number;
  readonly from: SourceName;
  readonly where?: Expression;
  readonly groupBy: readonly Expression[];
  readonly orderBy: readonly Ordered[];
}

/** Functions over many rows. */
export const aggregates: ReadonlySet<string> = new Set(["COUNT", "SUM", "AVG", "MIN", "MAX"]);

/** Prints an expression so that reading it gives the same again. */
export function printed(expression: Expression): string {
  switch (expression.kind) {
    case "literal":
      return literal(expression.value);
    case "list":
      return `[${expression.items.map(printed).join(", ")}]`;
    case "path":
      return expression.steps.map((step, index) => stepText(step, index === 0)).join("");
    case "not":
      return `(NOT ${printed(expression.of)})`;
    case "minus":
      return `(- ${printed(expression.of)})`;
    case "binary":
      return `(${printed(expression.left)} ${expression.operator} ${printed(expression.right)})`;
    case "call":
      return `${expression.name}(${expression.given.map(printed).join(", ")})`;
  }
}

const literal = (value: Literal): string =>
  typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);

function stepText(step: string | number, isFirst: boolean): string {
  if (typeof step === "number") return `[${step}]`;
  const name = /^[A-Za-z_$][\w$]*$/.test(step) ? step : `[[${step}]]`;
  return isFirst ? name : `.${name}`;
}
