// A list.

/** One sentence about each operator, for the reference and the editor; marks after the name say how it is found in a query. */
const sentences = `
where: Rows for which a test is true.
extend: More columns; one with a name that is there takes its place.
summarize: One row per group of equal keys, with aggregates.
project: These columns and no others.
join: Pairs of rows of two tables with equal keys; the left side is made unique unless a kind is given.
sort: Rows in an order, descending unless it says asc.
order: As sort.
distinct: Each combination of values once.
mv-expand: A row per element of arrays.
mvexpand: As mv-expand.
union: Rows of several tables below each other.
project-reorder: Some columns first.
top: The first rows by an order.
parse: Columns out of a text by a pattern.
render: How to draw the rows; they stay as they are.
project-away: All columns but these.
project-rename: Columns under other names.
evaluate: A plugin over the rows.
make-series: Arrays with a value per step of time.
take: Any so many rows.
limit: As take.
mv-apply: A sub-query over the elements of each row.
invoke: A function that takes the rows as its first argument.
search: A term in any column of any table.
lookup: Columns of another table by equal keys.
serialize: An order that functions may look along.
parse-where: As parse, but rows that do not match are left out.
count: How many rows.
find: Rows of several tables for which a test is true, and where they are from.
print: One row of values.
range: Rows with values from one to another in steps.
getschema: A row per column.
sample: Any so many rows.
sample-distinct: Any so many different values.
top-nested: The largest values, within each the largest of the next.
top-hitters: The values with the most rows.
as: A name for the rows.
parse-kv: Columns out of a text of names and values.
project-keep: Only these columns, in their order.
partition: A sub-query per value.
scan: Rows in an order, matched step by step.
consume: No rows.
datatable: Rows written in the query.
`;

/** What an operator does, by its name. */
export const aboutOperators: ReadonlyMap<string, string> = new Map(
  sentences
    .trim()
    .split("\n")
    .map((line): [string, string] => {
      const at = line.indexOf(": ");
      return [line.slice(0, at), line.slice(at + 2)];
    }),
);

/** What a plugin does, by its name. */
export const aboutPlugins: ReadonlyMap<string, string> = new Map([
  ["autocluster", "Few combinations of values that stand for many rows."],
  ["bag_unpack", "The members of a bag as columns; the data says which."],
  ["basket", "Every combination of values that is frequent enough."],
  ["ipv4_lookup", "The rows of a table of networks that hold an address."],
  ["narrow", "A row per cell."],
  ["rolling_percentile", "A percentile of the values of the last bins, per bin."],
  ["sequence_detect", "Rows that meet one test after the other within some time."],
  ["pivot", "A column per value; the data says which."],
]);
