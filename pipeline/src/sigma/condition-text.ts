import { all, any, type Condition, not } from "../conditions/condition.js";
import { textTest } from "../conditions/patterns.js";
import { RuleError } from "./problems.js";
import { parsePattern } from "./values.js";

const PATH = ["detection", "condition"] as const;
const LONGEST = 8_000;
const DEEPEST = 64;

interface Token {
  readonly text: string;
  readonly at: number;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const word = /\s*(?:([()])|([\w*?.-]+)|(\S))/gy;
  for (let found = word.exec(text); found && found[0].trim() !== ""; found = word.exec(text)) {
    const token = found[1] ?? found[2] ?? found[3]!;
    const at = found.index + found[0].length - token.length;
    if (found[3] === "|")
      throw new RuleError(
        "aggregation",
        "Counting with | in a condition is no longer part of Sigma; write a correlation rule.",
        PATH,
        at,
      );
    if (found[3] !== undefined)
      throw new RuleError("condition", `${JSON.stringify(token)} is not expected.`, PATH, at);
    tokens.push({ text: token, at });
  }
  return tokens;
}

/** Reads a rule's condition over its selections. */
export function readCondition(text: string, selections: ReadonlyMap<string, Condition>): Condition {
  if (text.length > LONGEST)
    throw new RuleError(
      "condition",
      `The condition has ${text.length} characters; at most ${LONGEST} are read.`,
      PATH,
    );
  const reader = new ConditionReader(tokensOf(text), text.length, selections);
  return reader.whole();
}

class ConditionReader {
  readonly #tokens: readonly Token[];
  readonly #length: number;
  readonly #selections: ReadonlyMap<string, Condition>;
  #next = 0;

  constructor(tokens: readonly Token[], length: number, selections: ReadonlyMap<string, Condition>) {
    this.#tokens = tokens;
    this.#length = length;
    this.#selections = selections;
  }

  whole(): Condition {
    const condition = this.#either(0);
    const left = this.#tokens[this.#next];
    if (left) throw this.#wrong(`${JSON.stringify(left.text)} is not expected here.`, left);
    return condition;
  }

  #either(depth: number): Condition {
    if (depth > DEEPEST) throw this.#wrong(`Parentheses nest deeper than ${DEEPEST} levels.`);
    const parts = [this.#both(depth)];
    while (this.#takes("or")) parts.push(this.#both(depth));
    return any(parts);
  }

  #both(depth: number): Condition {
    const parts = [this.#single(depth)];
    while (this.#takes("and")) parts.push(this.#single(depth));
    return all(parts);
  }

  #single(depth: number): Condition {
    let isNegated = false;
    while (this.#takes("not")) isNegated = !isNegated;
    const found = this.#operand(depth);
    return isNegated ? not(found) : found;
  }

  #operand(depth: number): Condition {
    if (this.#takes("(")) {
      const inner = this.#either(depth + 1);
      if (!this.#takes(")")) throw this.#wrong("A parenthesis is not closed.");
      return inner;
    }
    const token = this.#tokens[this.#next];
    if (!token) throw this.#wrong("The condition ends where a selection is expected.");
    this.#next += 1;
    const following = this.#tokens[this.#next];
    if (/^(?:\d+|any|all)$/i.test(token.text) && following?.text.toLowerCase() === "of") {
      this.#next += 1;
      return this.#some(token);
    }
    const found = this.#selections.get(token.text);
    if (!found) throw this.#wrong(`There is no selection ${token.text}.`, token);
    return found;
  }

  #some(count: Token): Condition {
    const name = this.#tokens[this.#next];
    if (!name) throw this.#wrong("A name is expected after of.");
    this.#next += 1;
    const found = this.#named(name);
    if (/^all$/i.test(count.text)) return all(found);
    if (/^(?:any|1)$/i.test(count.text)) return any(found);
    return this.#atLeast(found, Number(count.text), count);
  }

  #named(token: Token): Condition[] {
    const matches = textTest(parsePattern(token.text === "them" ? "*" : token.text), true);
    const found = [...this.#selections].filter(
      ([name]) => matches(name) && (token.text !== "them" || !name.startsWith("_")),
    );
    if (found.length === 0) throw this.#wrong(`No selection is named ${token.text}.`, token);
    return found.map(([, condition]) => condition);
  }

  /** `2 of x*`: any pair, as a condition that the rest understands. */
  #atLeast(found: readonly Condition[], count: number, token: Token): Condition {
    if (count < 1 || count > found.length)
      throw this.#wrong(`${count} of ${found.length} selections can never hold.`, token);
    const sets = combinations(found, count);
    if (sets.length > 500) throw this.#wrong("There are too many ways to choose these selections.", token);
    return any(sets.map(all));
  }

  #takes(word: string): boolean {
    if (this.#tokens[this.#next]?.text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #wrong(message: string, token = this.#tokens[this.#next]): RuleError {
    return new RuleError("condition", message, PATH, token?.at ?? this.#length);
  }
}

function combinations<T>(items: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  const [first, ...rest] = items;
  if (first === undefined || items.length > 20)
    return items.length > 20 ? Array.from({ length: 501 }, () => []) : [];
  return [...combinations(rest, count - 1).map((set) => [first, ...set]), ...combinations(rest, count)];
}
