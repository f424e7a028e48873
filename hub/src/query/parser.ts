import { functions } from "./functions.js";
import { syntaxError, type Token, tokensOf } from "./lexer.js";
import {
  aggregates,
  type BinaryOperator,
  type CallExpression,
  type Expression,
  type Ordered,
  type Query,
  type Selected,
  type SourceName,
} from "./syntax.js";

const DEPTH = 64;
const MOST_ITEMS = 1_000;
const sources: readonly SourceName[] = ["devices", "devices.modules", "devices.jobs"];

/** How tightly each operator binds; higher binds first. */
const binding: Readonly<Record<BinaryOperator, number>> = {
  OR: 1,
  AND: 2,
  "=": 4,
  "!=": 4,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  IN: 4,
  NIN: 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
};
const NOT_BINDS = 3;
const MINUS_BINDS = 7;
const isOperator = (text: string): text is BinaryOperator => Object.hasOwn(binding, text);
const foreign: Readonly<Record<string, string>> = {
  LIKE: "use STARTSWITH, ENDSWITH or CONTAINS",
  BETWEEN: "use two comparisons with AND",
  IS: "use IS_NULL or IS_DEFINED",
  JOIN: "a query reads one source",
  HAVING: "it is not part of the language",
  LIMIT: "use TOP n after SELECT",
};
const reserved = new Set([
  "FROM",
  "WHERE",
  "GROUP",
  "ORDER",
  "AS",
  "BY",
  "ASC",
  "DESC",
  ...Object.keys(foreign),
]);

/** Reads a whole query. */
export function parseQuery(text: string): Query {
  return new Parser(text).query();
}

/** Reads a condition alone, such as a configuration's target: `*` is every device, `FROM … WHERE …` names another source. */
export function parseCondition(text: string): Pick<Query, "from" | "where"> {
  const trimmed = text.trim();
  if (trimmed === "*") return { from: "devices" };
  if (/^from\s/i.test(trimmed)) {
    const { from, where } = parseQuery(`SELECT * ${trimmed}`);
    return { from, ...(where ? { where } : {}) };
  }
  return { from: "devices", where: new Parser(text).condition() };
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #items = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  query(): Query {
    this.#expect("SELECT");
    let [isDistinct, top]: [boolean, number | undefined] = [false, undefined];
    for (;;) {
      if (this.#accept("DISTINCT")) isDistinct = true;
      else if (this.#accept("TOP")) top = this.#whole();
      else break;
    }
    const select = this.#accept("*") ? undefined : this.#several(() => this.#selected());
    this.#expect("FROM");
    const from = this.#source();
    const where = this.#accept("WHERE") ? this.#expression(0) : undefined;
    const groupBy = this.#accept("GROUP") ? this.#by(() => this.#expression(0)) : [];
    const orderBy = this.#accept("ORDER") ? this.#by(() => this.#ordered()) : [];
    this.#end();
    const named = select?.map((each, index) => ({ ...each, name: each.name || `$${index + 1}` }));
    const query: Query = {
      ...(named ? { select: named } : {}),
      isDistinct,
      ...(top === undefined ? {} : { top }),
      from,
      ...(where ? { where: stripped(where, from) } : {}),
      groupBy: groupBy.map((each) => stripped(each, from)),
      orderBy: orderBy.map((each) => ({ ...each, expression: stripped(each.expression, from) })),
    };
    const columns = named?.map((each) => ({ ...each, expression: stripped(each.expression, from) }));
    return checked(this.#text, columns ? { ...query, select: columns } : query);
  }

  condition(): Expression {
    const condition = this.#expression(0);
    this.#end();
    refuseAggregates(this.#text, condition);
    return stripped(condition, "devices");
  }

  #selected(): Selected {
    const expression = this.#expression(0);
    if (this.#accept("AS")) return { expression, name: this.#name("a name after AS") };
    return { expression, name: nameOf(expression) };
  }

  #ordered(): Ordered {
    const expression = this.#expression(0);
    if (this.#accept("DESC")) return { expression, isDescending: true };
    this.#accept("ASC");
    return { expression, isDescending: false };
  }

  #source(): SourceName {
    const { at } = this.#peek;
    let name = this.#name("devices, devices.modules or devices.jobs");
    while (this.#accept(".")) name += `.${this.#name("a name after the point")}`;
    const source = sources.find((each) => each === name.toLowerCase());
    if (source) return source;
    throw syntaxError(this.#text, at, `there is no ${name}; there are ${sources.join(", ")}`);
  }

  #by<T>(item: () => T): T[] {
    this.#expect("BY");
    return this.#several(item);
  }

  #several<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#accept(",")) items.push(item());
    return items;
  }

  /** Pratt: an operand, then operators that bind tighter than what is to the left. */
  #expression(above: number): Expression {
    this.#depth += 1;
    this.#items += 1;
    if (this.#depth > DEPTH) throw this.#wrong(`this is nested more than ${DEPTH} deep`);
    if (this.#items > MOST_ITEMS) throw this.#wrong(`the query has more than ${MOST_ITEMS} parts`);
    let left = this.#operand();
    for (;;) {
      const { at } = this.#peek;
      const operator = this.#operator(above);
      if (!operator) break;
      const right =
        operator.name === "IN" || operator.name === "NIN"
          ? this.#list()
          : this.#expression(binding[operator.name]);
      left = { kind: "binary", operator: operator.name, left, right, at };
    }
    this.#depth -= 1;
    return left;
  }

  /** Takes the next operator if it binds tighter than `above`. */
  #operator(above: number): { name: BinaryOperator } | undefined {
    const { kind, text } = this.#peek;
    if (kind !== "symbol" && kind !== "name") return undefined;
    const word = text === "<>" ? "!=" : text.toUpperCase();
    const isNotIn = word === "NOT" && this.#tokens[this.#next + 1]?.text.toUpperCase() === "IN";
    const name = isNotIn ? "NIN" : word;
    if (Object.hasOwn(foreign, name) && kind === "name")
      throw this.#wrong(`${name} is not known here; ${foreign[name]}`);
    if (!isOperator(name) || binding[name] <= above) return undefined;
    this.#next += isNotIn ? 2 : 1;
    return { name };
  }

  #operand(): Expression {
    const token = this.#peek;
    const { kind, text, at } = token;
    if (kind === "string") return this.#taken({ kind: "literal", value: text, at });
    if (kind === "number") return this.#taken({ kind: "literal", value: Number(text), at });
    if (kind === "name") return this.#named(token);
    if (this.#accept("-")) return { kind: "minus", of: this.#expression(MINUS_BINDS), at };
    if (text === "[") return this.#list();
    if (!this.#accept("(")) throw this.#wrong(`a value was expected, not ${JSON.stringify(text)}`);
    const inner = this.#expression(0);
    this.#expect(")");
    return inner;
  }

  #named({ text, at }: Token): Expression {
    const word = text.toUpperCase();
    if (word === "NOT") {
      this.#next += 1;
      return { kind: "not", of: this.#expression(NOT_BINDS), at };
    }
    if (word === "TRUE" || word === "FALSE")
      return this.#taken({ kind: "literal", value: word === "TRUE", at });
    if (word === "NULL") return this.#taken({ kind: "literal", value: null, at });
    if (reserved.has(word)) throw this.#wrong(`a value was expected, not ${word}`);
    this.#next += 1;
    return this.#accept("(") ? this.#call(word, at) : this.#path(text, at);
  }

  #call(name: string, at: number): CallExpression {
    const given: Expression[] = [];
    if (aggregates.has(name) && this.#accept("*")) this.#expect(")");
    else if (!this.#accept(")")) {
      given.push(...this.#several(() => this.#expression(0)));
      this.#expect(")");
    }
    const takes = aggregates.has(name)
      ? ([name === "COUNT" ? 0 : 1, 1] as const)
      : functions.get(name)?.takes;
    if (!takes) throw syntaxError(this.#text, at, `there is no function ${name}`);
    const [least, most] = takes;
    if (given.length < least || given.length > most)
      throw syntaxError(
        this.#text,
        at,
        `${name} takes ${least === most ? least : `${least} to ${most}`} values, not ${given.length}`,
      );
    return { kind: "call", name, given, at };
  }

  #path(first: string, at: number): Expression {
    const steps: (string | number)[] = [first];
    for (;;) {
      if (this.#peek.kind === "bracketed") steps.push(this.#take().text);
      else if (this.#accept(".")) steps.push(this.#member());
      else if (this.#accept("[")) {
        steps.push(this.#index());
        this.#expect("]");
      } else return { kind: "path", steps, at };
    }
  }

  #index(): string | number {
    return this.#peek.kind === "string" ? this.#take().text : this.#whole();
  }

  #member(): string {
    if (this.#peek.kind === "bracketed") return this.#take().text;
    return this.#name("a name after the point");
  }

  #list(): Expression {
    const { at } = this.#peek;
    const isRound = this.#accept("(");
    if (!isRound) this.#expect("[");
    const close = isRound ? ")" : "]";
    if (this.#accept(close)) return { kind: "list", items: [], at };
    const items = this.#several(() => this.#expression(0));
    this.#expect(close);
    return { kind: "list", items, at };
  }

  get #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)]!;
  }

  #take(): Token {
    const token = this.#peek;
    this.#next += 1;
    return token;
  }

  #taken<T>(value: T): T {
    this.#next += 1;
    return value;
  }

  #accept(word: string): boolean {
    const { kind, text } = this.#peek;
    const isIt = (kind === "symbol" || kind === "name") && text.toUpperCase() === word;
    if (isIt) this.#next += 1;
    return isIt;
  }

  #expect(word: string): void {
    if (!this.#accept(word))
      throw this.#wrong(`${word} was expected, not ${JSON.stringify(this.#peek.text.slice(0, 40))}`);
  }

  #name(what: string): string {
    if (this.#peek.kind !== "name")
      throw this.#wrong(`${what} was expected, not ${JSON.stringify(this.#peek.text.slice(0, 40))}`);
    return this.#take().text;
  }

  #whole(): number {
    const { kind, text } = this.#peek;
    if (kind !== "number" || !/^\d{1,9}$/.test(text)) throw this.#wrong("a whole number was expected");
    return Number(this.#take().text);
  }

  #end(): void {
    if (this.#peek.kind !== "end") this.#expect("the end of the query");
  }

  #wrong(why: string): Error {
    return syntaxError(this.#text, this.#peek.at, why);
  }
}

/** A column without AS is called after its last step. */
function nameOf(expression: Expression): string {
  const last =
    expression.kind === "path" ? expression.steps.findLast((step) => typeof step === "string") : "";
  return String(last ?? "");
}

/** Paths may begin with the source's own name: `devices.jobs.deviceId`. */
function stripped(expression: Expression, from: SourceName): Expression {
  const below = (each: Expression): Expression => stripped(each, from);
  switch (expression.kind) {
    case "path": {
      const words = from.split(".");
      const isPrefixed = words.every((word, index) => expression.steps[index] === word);
      const isMore = expression.steps.length > words.length;
      return isPrefixed && isMore
        ? { ...expression, steps: expression.steps.slice(words.length) }
        : expression;
    }
    case "list":
      return { ...expression, items: expression.items.map(below) };
    case "not":
    case "minus":
      return { ...expression, of: below(expression.of) };
    case "binary":
      return { ...expression, left: below(expression.left), right: below(expression.right) };
    case "call":
      return { ...expression, given: expression.given.map(below) };
    default:
      return expression;
  }
}

/** True for COUNT, SUM, AVG, MIN and MAX. */
export const isAggregate = (expression: Expression): expression is CallExpression =>
  expression.kind === "call" && aggregates.has(expression.name);

function refuseAggregates(text: string, expression: Expression): void {
  const isOne: boolean = isAggregate(expression);
  if (isOne && expression.kind === "call")
    throw syntaxError(text, expression.at, `${expression.name} may only be a column of SELECT`);
  if (expression.kind === "list") for (const each of expression.items) refuseAggregates(text, each);
  if (expression.kind === "call") for (const each of expression.given) refuseAggregates(text, each);
  if (expression.kind === "not" || expression.kind === "minus") refuseAggregates(text, expression.of);
  if (expression.kind === "binary") {
    refuseAggregates(text, expression.left);
    refuseAggregates(text, expression.right);
  }
}

/** Refuses what can be read but means nothing. */
function checked(text: string, query: Query): Query {
  const { select = [], where, groupBy, orderBy } = query;
  for (const each of [...(where ? [where] : []), ...groupBy, ...orderBy.map(({ expression }) => expression)])
    refuseAggregates(text, each);
  for (const { expression } of select)
    for (const each of isAggregate(expression) ? expression.given : [expression])
      refuseAggregates(text, each);
  const isGrouped = groupBy.length > 0 || select.some(({ expression }) => isAggregate(expression));
  if (!isGrouped) return query;
  if (!query.select)
    throw syntaxError(text, groupBy[0]?.at ?? 0, "SELECT * cannot be grouped; name the columns");
  const shape = (each: Expression): string =>
    JSON.stringify(each, (key, value) => (key === "at" ? undefined : value));
  const keys = new Set(groupBy.map(shape));
  for (const { expression } of select)
    if (!isAggregate(expression) && !keys.has(shape(expression)))
      throw syntaxError(text, expression.at, "this column is neither an aggregate nor in GROUP BY");
  if (orderBy[0]) throw syntaxError(text, orderBy[0].expression.at, "groups come in the order of their keys");
  return query;
}
