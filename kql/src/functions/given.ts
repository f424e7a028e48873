import type { ScalarType } from "@picket/kit";
import { toReal, toText, toTime } from "../bind/convert.js";
import type { Scope } from "../bind/scope.js";
import type { SyntaxNode } from "../kusto/tree.js";
import type { Operation } from "../plan/operations.js";
import { call, type Scalar } from "../plan/scalar.js";

/** A call that is being bound: its arguments, and where it stands. */
export interface Given {
  readonly name: string;
  readonly node: SyntaxNode;
  readonly nodes: readonly SyntaxNode[];
  readonly args: readonly Scalar[];
  readonly scope: Scope;
}

/** Binds a call to the plan. */
export type FunctionBinder = (given: Given) => Scalar;

/** Functions of one family, by name. */
export type Family = Readonly<Record<string, FunctionBinder>>;

/** An argument that the binder of the language service made sure of. */
export function argument({ args, node, scope, name }: Given, place: number): Scalar {
  const value = args[place];
  if (!value) throw scope.session.wrong(node, `${name}() needs ${place + 1} arguments at least.`);
  return value;
}

/** A function of texts. */
export const ofTexts =
  (op: Operation, type: ScalarType = "string"): FunctionBinder =>
  ({ args }) =>
    call(op, type, ...args.map(toText));

/** A function of floating-point numbers. */
export const ofReals =
  (op: Operation, type: ScalarType = "real"): FunctionBinder =>
  ({ args }) =>
    call(op, type, ...args.map(toReal));

/** A function of one time. */
export const ofTime =
  (op: Operation, type: ScalarType): FunctionBinder =>
  (given) =>
    call(op, type, toTime(argument(given, 0)));
