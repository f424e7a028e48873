/** The part of an address after the question mark, read. */
export type Search = Readonly<Record<string, unknown>>;

/** Reads `?a=b` as plain text: an id that looks like a number stays an id. */
export const parseSearch = (search: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(search));

/** Writes what is set; lists are joined by commas. */
export function stringifySearch(search: Search): string {
  const given = new URLSearchParams(compact(search)).toString();
  // Commas are allowed in a query and much easier to read.
  return given === "" ? "" : `?${given.replaceAll("%2C", ",")}`;
}

/** Only what is set, as text. */
export function compact(search: Search): Record<string, string> {
  const set = Object.entries(search).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.join(",") : String(value ?? "");
    return text === "" ? [] : [[name, text] as const];
  });
  return Object.fromEntries(set);
}

/** A text of the address. */
export function textOf(search: Search, name: string): string {
  const value = search[name];
  return typeof value === "string" ? value : "";
}

/** One of some words of the address. */
export const wordOf = <W extends string>(search: Search, name: string, words: readonly W[]): W | undefined =>
  words.find((word) => word === textOf(search, name));

/** Some of some words of the address; what is no such word is left out. */
export function wordsOf<W extends string>(search: Search, name: string, words: readonly W[]): readonly W[] {
  const given = new Set(textOf(search, name).split(","));
  return words.filter((word) => given.has(word));
}
