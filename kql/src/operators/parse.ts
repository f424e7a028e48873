import type { ScalarType } from "@picket/kit";
import { convert, toText } from "../bind/convert.js";
import { project, withHidden } from "../bind/rows.js";
import { over } from "../bind/scope.js";
import { nameOf, parameterOf, type SyntaxNode } from "../kusto/tree.js";
import { call, choice, literal, nothing, type Scalar, text } from "../plan/scalar.js";
import { where } from "./filters.js";
import { every, type OperatorBinder, type Piped } from "./operator.js";

/** One piece of a pattern: a text, a gap, or a column that takes what stands there. */
type Piece =
  | { readonly kind: "text"; readonly pattern: string }
  | { readonly kind: "gap" }
  | { readonly kind: "column"; readonly name: string; readonly type: ScalarType };

const escaped = (spelt: string): string => spelt.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What a column of a type can look like in a text. */
const SHAPES: Readonly<Partial<Record<ScalarType, string>>> = {
  long: "\\s*[+-]?[0-9]+\\s*",
  int: "\\s*[+-]?[0-9]+\\s*",
  real: "\\s*[+-]?[0-9]*\\.?[0-9]+(?:[eE][+-]?[0-9]+)?\\s*",
};

function piecesOf(node: SyntaxNode, isRegex: boolean): Piece[] {
  return node.list("Patterns").map((each): Piece => {
    if (each.kind === "StarExpression") return { kind: "gap" };
    if (each.kind === "NameAndTypeDeclaration")
      return {
        kind: "column",
        name: nameOf(each.need("Name")),
        type: each.need("Name").type ?? "string",
      };
    const spelt = each.literal;
    if (spelt !== undefined) return { kind: "text", pattern: isRegex ? spelt : escaped(spelt) };
    return { kind: "column", name: nameOf(each), type: "string" };
  });
}

/** One pattern with a group per column: between texts as little as possible, at the end everything. */
function patternOf(pieces: readonly Piece[], { mode, flags }: { mode: string; flags: string }): string {
  const isRegex = mode === "regex";
  const least = isRegex && !flags.includes("U") ? "" : "?";
  const parts = pieces.map((piece, place) => {
    if (piece.kind === "text") return isRegex ? `(?:${piece.pattern})` : piece.pattern;
    const greed = place === pieces.length - 1 ? "" : least;
    if (piece.kind === "gap") return `.*${greed}`;
    const shape = mode === "relaxed" || isRegex ? undefined : SHAPES[piece.type];
    return `(${shape ?? `.*${greed}`})`;
  });
  const inline = `s${flags.includes("i") ? "i" : ""}${flags.includes("m") ? "m" : ""}`;
  return `(?${inline})${isRegex ? "" : "^"}${parts.join("")}${isRegex ? "" : "$"}`;
}

/** Groups that the pieces of a regular expression bring along, before a piece. */
const groupsBefore = (pieces: readonly Piece[], place: number): number =>
  pieces.slice(0, place).reduce((sum, piece) => {
    if (piece.kind === "column") return sum + 1;
    return piece.kind === "text"
      ? sum + (piece.pattern.replace(/\\./g, "").match(/\((?!\?)|\(\?P?</g) ?? []).length
      : sum;
  }, 0);

function parsed(piped: Piped): {
  columns: { name: string; value: Scalar }[];
  matched: Scalar;
  rows: Piped["rows"];
} {
  const { node, scope } = piped;
  const mode = (parameterOf(node, "kind") ?? "simple").toLowerCase();
  const pieces = piecesOf(node, mode === "regex");
  const pattern = text(patternOf(pieces, { mode, flags: parameterOf(node, "flags") ?? "" }));
  const source = toText(scope.session.bindScalar(node.need("Expression"), scope));
  const hidden = withHidden(scope.session, piped.rows, [source]);
  const from = hidden.refs[0]!;
  const matched = call("matches", "bool", from, pattern);
  const columns = pieces.flatMap((piece, place) => {
    if (piece.kind !== "column") return [];
    const group = literal("int", BigInt(groupsBefore(pieces, place) + 1));
    const found = call("extractGroup", "string", from, pattern, group);
    const value = convert(found, piece.type);
    return [
      {
        name: piece.name,
        value: piece.type === "string" ? value : choice(matched, value, nothing(piece.type)),
      },
    ];
  });
  return { columns, matched, rows: hidden.rows };
}

function withParsed(piped: Piped, rows: Piped["rows"], columns: readonly { name: string; value: Scalar }[]) {
  const selected = every(rows);
  for (const column of columns) {
    const at = selected.findIndex(({ name }) => name === column.name);
    if (at >= 0) selected[at] = column;
    else selected.push(column);
  }
  return project(piped.scope.session, rows, selected);
}

/** `parse`: columns out of a text by a pattern; what does not match stays empty. */
export const parseOperator: OperatorBinder = (piped) => {
  const { columns, rows } = parsed(piped);
  return withParsed(piped, rows, columns);
};

/** `parse-where`: only the rows that match. */
export const parseWhereOperator: OperatorBinder = (piped) => {
  const { columns, rows, matched } = parsed(piped);
  const kept = where(over(piped.scope, rows), rows, matched);
  return withParsed(piped, kept, columns);
};
