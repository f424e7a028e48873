import { readFileSync } from "node:fs";
import { parseAst } from "rolldown/parseAst";

/** What one source file measures: lines, functions, casts, comments, exports, imports. */
export function measureFile(path) {
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n");
  const tree = parse(path, text);
  const file = {
    path,
    lines: text.endsWith("\n") ? lines.length - 1 : lines.length,
    isList: lines[0]?.trim() === "// A list.",
    ...countComments(lines),
    functions: [],
    anys: 0,
    casts: 0,
    defaultExports: 0,
    exported: 0,
    documented: 0,
    todos: (text.match(/\b(?:TODO|FIXME|XXX)\b/g) ?? []).length,
    imports: [],
  };
  walk(tree, (node) => measureNode(file, node, text));
  return file;
}

function parse(path, text) {
  try {
    return parseAst(text, { lang: path.endsWith("x") ? "tsx" : path.endsWith(".mjs") ? "js" : "ts" });
  } catch (error) {
    throw new Error(`${path} cannot be parsed: ${error.message}`);
  }
}

function measureNode(file, node, text) {
  if (isFunction(node) && node.body) file.functions.push(measureFunction(node, text));
  if (node.type === "TSAnyKeyword") file.anys += 1;
  if (node.type === "TSAsExpression" && !isConstCast(node)) file.casts += 1;
  if (node.type === "ExportDefaultDeclaration") file.defaultExports += 1;
  if (
    node.type === "ImportDeclaration" ||
    node.type === "ExportNamedDeclaration" ||
    node.type === "ExportAllDeclaration"
  ) {
    if (node.source && !isTypeOnly(node)) file.imports.push(node.source.value);
  }
  if (node.type === "ExportNamedDeclaration" && node.declaration) {
    file.exported += 1;
    if (/\*\/\s*$/.test(text.slice(0, node.start))) file.documented += 1;
  }
}

const isFunction = ({ type }) =>
  type === "FunctionDeclaration" || type === "FunctionExpression" || type === "ArrowFunctionExpression";

const isConstCast = ({ typeAnnotation }) => typeAnnotation?.typeName?.name === "const";

/** A type-only import is gone at run time; a cycle through it is none. */
function isTypeOnly(node) {
  if (node.importKind === "type" || node.exportKind === "type") return true;
  const named = node.specifiers ?? [];
  return named.length > 0 && named.every((each) => each.importKind === "type" || each.exportKind === "type");
}

function measureFunction(node, text) {
  const from = text.slice(0, node.start).split("\n").length;
  const to = text.slice(0, node.end).split("\n").length;
  return { from, lines: to - from + 1, parameters: node.params?.length ?? 0 };
}

function countComments(lines) {
  let comments = 0;
  let inline = 0;
  let inside = false;
  for (const line of lines) {
    const trimmed = line.trim();
    if (inside || trimmed.startsWith("/*") || trimmed.startsWith("//")) comments += 1;
    if (trimmed.startsWith("//")) inline += 1;
    if (trimmed.startsWith("/*")) inside = true;
    if (trimmed.includes("*/")) inside = false;
  }
  return { comments, inline };
}

function walk(node, visit) {
  if (!node || typeof node.type !== "string") return;
  visit(node);
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) for (const each of value) walk(each, visit);
    else if (value && typeof value === "object") walk(value, visit);
  }
}
