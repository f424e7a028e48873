import type { ScalarType } from "@picket/kit";
import { kqlErrors } from "./errors.js";
import type { CompiledQuery, Discover, Discovery, QueryColumn } from "./schema.js";

const MOST_COLUMNS = 500;

/** What kinds of JSON values, or types, are as one column. */
function typeOfKinds(kinds: ReadonlySet<string>): ScalarType {
  const known = [...kinds]
    .filter((kind) => kind !== "null")
    .map((kind) => (kind === "double" ? "real" : kind));
  const [first = "dynamic"] = known;
  if (known.every((kind) => kind === "long" || kind === "real") && known.length > 0)
    return known.includes("real") ? "real" : "long";
  if (new Set(known).size !== 1 || first === "array" || first === "dictionary") return "dynamic";
  return first as ScalarType;
}

/** The columns of a plugin, from the names and kinds that were found in the data. */
export function discovered(discover: Discover, rows: readonly (readonly unknown[])[]): Discovery {
  const kinds = new Map<string, Set<string>>();
  for (const [name, kind] of rows) {
    const known = kinds.get(String(name)) ?? new Set<string>();
    kinds.set(String(name), known.add(String(kind)));
  }
  const found = [...kinds.keys()].filter((name) => !discover.ignored.includes(name)).toSorted();
  if (found.length > MOST_COLUMNS)
    throw kqlErrors.semantic({
      ...discover.place,
      what: `The data would make ${found.length} columns; at most ${MOST_COLUMNS} are made. Name them: evaluate …(…) : (a: string, b: long).`,
    });
  const fresh = found.map(
    (name): QueryColumn => ({ name: `${discover.prefix}${name}`, type: typeOfKinds(kinds.get(name)!) }),
  );
  const taken = new Set(discover.fixed.map(({ name }) => name));
  const clash = fresh.find(({ name }) => taken.has(name));
  if (clash)
    throw kqlErrors.semantic({
      ...discover.place,
      what: `The data has a member ${clash.name}, and so have the rows; give the plugin a prefix.`,
    });
  return { at: discover.place.to, columns: [...discover.fixed, ...fresh] };
}

/** A query with the columns written out that were found in the data. */
export function withDiscoveries(text: string, found: readonly Discovery[]): string {
  return found
    .toSorted((one, other) => other.at - one.at)
    .reduce(
      (whole, { at, columns }) =>
        `${whole.slice(0, at)} : (${columns.map(spelt).join(", ")})${whole.slice(at)}`,
      text,
    );
}

const spelt = ({ name, type }: QueryColumn): string =>
  `['${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}']:${type}`;

/** Compiles a query, asking the data first where columns depend on it. */
export async function compiledWith(
  compile: (found: readonly Discovery[]) => Promise<CompiledQuery> | CompiledQuery,
  rowsOf: (query: CompiledQuery) => Promise<readonly (readonly unknown[])[]>,
): Promise<CompiledQuery> {
  const found: Discovery[] = [];
  for (let round = 0; round < 20; round += 1) {
    const query = await compile(found);
    if (!query.discover) return query;
    found.push(discovered(query.discover, await rowsOf(query)));
  }
  throw kqlErrors.tooDeep({});
}
