import { kqlErrors, placeOf } from "../errors.js";
import type { SyntaxNode } from "../kusto/tree.js";
import type { CompileOptions, DatabaseSchema, Parameter, RenderHint, TableSchema } from "../schema.js";
import { type Expr, expr } from "./expression.js";
import { type Column, columnExpr, type Relation, Steps } from "./relation.js";

/** What a name stands for: a value, or rows that are computed where they are asked for. */
export type Bound =
  | { readonly value: Expr }
  | { readonly rows: () => Relation }
  | { readonly body: FunctionBody };

/** A function that a query declares. */
export interface FunctionBody {
  readonly parameters: readonly { readonly name: string; readonly fallback?: SyntaxNode }[];
  readonly body: SyntaxNode;
}

/** What a place in a query can see: the columns of the rows at hand, and names declared before. */
export class Scope {
  readonly compiler: Compiler;
  readonly #names: ReadonlyMap<string, Bound>;
  readonly #columns: readonly Column[];
  readonly #prefix: string;
  /** Rows at hand, for functions that look along their order. */
  readonly relation: Relation | undefined;
  /** Within `summarize`: compiles the call of an aggregate, and answers undefined for other calls. */
  aggregateCall: ((node: SyntaxNode, scope: Scope) => Expr | undefined) | undefined;

  constructor(compiler: Compiler, names: ReadonlyMap<string, Bound>, relation?: Relation, prefix = "") {
    this.compiler = compiler;
    this.#names = names;
    this.#columns = relation?.columns ?? [];
    this.#prefix = prefix;
    this.relation = relation;
  }

  over(relation: Relation, prefix = ""): Scope {
    return new Scope(this.compiler, this.#names, relation, prefix);
  }

  with(names: ReadonlyMap<string, Bound>): Scope {
    return new Scope(this.compiler, new Map([...this.#names, ...names]), this.relation, this.#prefix);
  }

  /** Compiles a scalar expression that stands here. */
  scalar(node: SyntaxNode): Expr {
    if (!this.compiler.scalarOf) throw this.compiler.notSupported(node, "an expression here");
    return this.compiler.scalarOf(node, this);
  }

  column(name: string): Expr | undefined {
    const column = this.#columns.find((each) => each.name === name);
    return column && columnExpr(column, this.#prefix);
  }

  bound(name: string): Bound | undefined {
    return this.#names.get(name);
  }
}

/** What one compilation gathers: steps, parameters, tables read. */
export class Compiler {
  readonly text: string;
  readonly steps = new Steps();
  readonly tables = new Set<string>();
  readonly parameters: { readonly name: "now" | "from" | "to" | "constant"; readonly value: Parameter }[] =
    [];
  render: RenderHint | undefined;
  /** Compiles a scalar expression; set by the language, which knows how. */
  scalarOf: ((node: SyntaxNode, scope: Scope) => Expr) | undefined;
  /** Compiles a tabular expression; set by the operators, which know how. */
  rowsOf: ((node: SyntaxNode, scope: Scope) => Relation) | undefined;
  readonly #schema: DatabaseSchema;
  readonly #options: CompileOptions;
  readonly #scans = new Map<string, Relation>();

  constructor(text: string, schema: DatabaseSchema, options: CompileOptions) {
    this.text = text;
    this.#schema = schema;
    this.#options = options;
  }

  /** The instant the query runs at, the same everywhere in it. */
  now(): Expr {
    return expr(`${this.#parameter("now", this.#options.now.toISOString())}::TIMESTAMP`, "datetime");
  }

  table(name: string): TableSchema | undefined {
    return this.#schema.tables.find((table) => table.name === name);
  }

  allTables(): readonly TableSchema[] {
    return this.#schema.tables;
  }

  /** Rows of a table, within the time span that the caller set; texts are never null from here on. */
  scan(table: TableSchema): Relation {
    const known = this.#scans.get(table.name);
    if (known) return known;
    this.tables.add(table.name);
    const selected = table.columns.map(({ name, type, promoted = {} }) => {
      const column = `"${name}"`;
      const isText = type === "string" || type === "guid";
      const sql = isText
        ? `coalesce(${column}, '')`
        : type === "dynamic"
          ? `TRY_CAST(nullif(${column}, '') AS JSON)`
          : column;
      // Only members that the query can mean are carried along.
      const named = Object.entries(promoted).filter(([member]) => this.text.includes(member));
      const members = new Map(
        named.map(([member, { column: inner, type: kind }]) => [
          member,
          { sql: kind === "string" ? `coalesce("${inner}", '')` : `"${inner}"`, type: kind },
        ]),
      );
      return { name, value: { ...expr(sql, type), members } };
    });
    const { from, to } = this.#options.timespan ?? {};
    const bounds = [
      ...(from ? [`"TimeGenerated" >= ${this.#parameter("from", from.toISOString())}::TIMESTAMP`] : []),
      ...(to ? [`"TimeGenerated" < ${this.#parameter("to", to.toISOString())}::TIMESTAMP`] : []),
    ];
    const where = bounds.length > 0 ? ` WHERE ${bounds.join(" AND ")}` : "";
    const relation = this.steps.select(selected, `FROM "${table.name}"${where}`);
    this.#scans.set(table.name, relation);
    return relation;
  }

  notSupported(node: SyntaxNode, what: string): Error {
    return kqlErrors.notSupported({ ...placeOf(this.text, node.from, node.length), what });
  }

  wrong(node: SyntaxNode, what: string): Error {
    return kqlErrors.semantic({ ...placeOf(this.text, node.from, node.length), what });
  }

  #parameter(name: "now" | "from" | "to", value: Parameter): string {
    const index = this.parameters.findIndex((each) => each.name === name);
    if (index >= 0) return `$${index + 1}`;
    this.parameters.push({ name, value });
    return `$${this.parameters.length}`;
  }
}
