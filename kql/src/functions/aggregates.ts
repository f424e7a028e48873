import type { Scope } from "../compile/compiler.js";
import { asDynamic, asNumber, asText, convert, type Expr, expr } from "../compile/expression.js";
import type { SyntaxNode } from "../kusto/tree.js";
import { argumentsOf, calledName } from "./call.js";

/** Makes the SQL of an aggregate from its compiled arguments. */
type Make = (given: readonly Expr[]) => Expr;

const real = (sql: string): Expr => expr(sql, "real");
const filter = (test: Expr): string => `FILTER (WHERE ${convert(test, "bool").sql})`;
const number = (value: Expr): string => (value.type === "dynamic" ? asNumber(value, "DOUBLE") : value.sql);
const kept = (value: Expr): Expr["type"] =>
  value.type === "dynamic" ? "real" : value.type === "int" ? "long" : value.type;
/** Sums of whole numbers stay whole; the engine would widen them. */
const summed = (value: Expr, more = ""): Expr => {
  const type = kept(value);
  return expr(
    type === "real"
      ? `coalesce(sum(${number(value)}) ${more}, 0)`
      : `CAST(coalesce(sum(${number(value)}) ${more}, 0) AS BIGINT)`,
    type,
  );
};
const counted = (value: Expr, more = ""): Expr =>
  expr(`count(DISTINCT ${value.type === "dynamic" ? asText(value) : value.sql}) ${more}`, "long");
const element = (value: Expr): string => (value.type === "dynamic" ? value.sql : asDynamic(value));
const present = (value: Expr): string => (value.type === "string" ? "TRUE" : `${value.sql} IS NOT NULL`);
/** Sets come in order, so that the same question has the same answer. */
const list = (value: Expr, isSet: boolean, more?: Expr): Expr => {
  const limit = more && more.type !== "bool" ? more.sql : "1048576";
  const items = `coalesce(list(${isSet ? "DISTINCT " : ""}${element(value)}) FILTER (WHERE ${present(value)}), [])`;
  return expr(`to_json(list_slice(${isSet ? `list_sort(${items})` : items}, 1, ${limit}))`, "dynamic");
};
const extreme = (name: "min" | "max", value: Expr, more = ""): Expr => {
  const from = value.type === "dynamic" ? (value.scalar ?? expr(asText(value), "string")) : value;
  return expr(
    from.type === "string" ? `coalesce(${name}(${from.sql}) ${more}, '')` : `${name}(${from.sql}) ${more}`,
    value.type === "dynamic" ? from.type : value.type,
  );
};
const percentile = (value: Expr, share: Expr): Expr =>
  expr(`quantile_disc(${number(value)}, ${share.sql} / 100.0)`, kept(value));

const aggregates: Readonly<Record<string, Make>> = {
  count: () => expr("count(*)", "long"),
  countif: ([test]) => expr(`count(*) ${filter(test!)}`, "long"),
  dcount: ([value]) => counted(value!),
  dcountif: ([value, test]) => counted(value!, filter(test!)),
  count_distinct: ([value]) => counted(value!),
  count_distinctif: ([value, test]) => counted(value!, filter(test!)),
  sum: ([value]) => summed(value!),
  sumif: ([value, test]) => summed(value!, filter(test!)),
  avg: ([value]) =>
    value!.type === "timespan"
      ? expr(`CAST(avg(${value!.sql}) AS BIGINT)`, "timespan")
      : real(`coalesce(avg(${number(value!)}), 'nan'::DOUBLE)`),
  avgif: ([value, test]) => real(`coalesce(avg(${number(value!)}) ${filter(test!)}, 'nan'::DOUBLE)`),
  min: ([value]) => extreme("min", value!),
  max: ([value]) => extreme("max", value!),
  minif: ([value, test]) => extreme("min", value!, filter(test!)),
  maxif: ([value, test]) => extreme("max", value!, filter(test!)),
  stdev: ([value]) => real(`coalesce(stddev_samp(${number(value!)}), 0)`),
  variance: ([value]) => real(`coalesce(var_samp(${number(value!)}), 0)`),
  make_set: ([value, limit]) => list(value!, true, limit),
  makeset: ([value, limit]) => list(value!, true, limit),
  make_list: ([value, limit]) => list(value!, false, limit),
  makelist: ([value, limit]) => list(value!, false, limit),
  make_set_if: ([value, test]) =>
    expr(`to_json(coalesce(list(DISTINCT ${element(value!)}) ${filter(test!)}, []))`, "dynamic"),
  make_list_if: ([value, test]) =>
    expr(`to_json(coalesce(list(${element(value!)}) ${filter(test!)}, []))`, "dynamic"),
  take_any: ([value]) => any(value!),
  any: ([value]) => any(value!),
  take_anyif: ([value, test]) => expr(`any_value(${value!.sql}) ${filter(test!)}`, value!.type),
  percentile: ([value, share]) => percentile(value!, share!),
  binary_all_or: ([value]) => expr(`bit_or(${value!.sql})`, "long"),
};

const any = (value: Expr): Expr =>
  expr(
    value.type === "string" ? `coalesce(any_value(nullif(${value.sql}, '')), '')` : `any_value(${value.sql})`,
    value.type,
  );

/** Compiles the call of an aggregate; undefined when it is none. Its arguments are values of the rows. */
export function aggregateCall(node: SyntaxNode, scope: Scope): Expr | undefined {
  const name = calledName(node);
  const make = Object.hasOwn(aggregates, name) ? aggregates[name] : undefined;
  return make?.(argumentsOf(node).map((each) => scope.scalar(each)));
}
