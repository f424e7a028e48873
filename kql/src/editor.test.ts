import { beforeAll, describe, expect, test } from "vitest";
import { caseSchema } from "./fixtures/schema.js";
import { type Language, openLanguage } from "./language.js";
import { loadKusto } from "./node.js";

let language: Language;
beforeAll(() => {
  const tables = caseSchema.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) =>
      column.name === "Level" ? { ...column, about: "How bad.", values: ["info", "warn", "error"] } : column,
    ),
  }));
  language = openLanguage(loadKusto(), { ...caseSchema, tables });
});

/** A text with the place marked by a bar in braces. */
const at = (marked: string): [string, number] => [marked.replace("{|}", ""), marked.indexOf("{|}")];

describe("completion offers what can stand at a place", () => {
  test.each([
    { name: "tables at the start", text: "{|}", label: "People" },
    { name: "tables by their first letters", text: "Eve{|}", label: "Events" },
    { name: "operators behind a bar", text: "People | wh{|}", label: "where" },
    { name: "columns in a test", text: "People | where Ag{|}", label: "Age" },
    {
      name: "columns that were computed before",
      text: "People | extend Twice = Age * 2 | where Tw{|}",
      label: "Twice",
    },
    {
      name: "columns of a join's right side",
      text: "People | join kind=inner (Events | project De{|}",
      label: "DeviceId",
    },
    {
      name: "functions with what they do",
      text: "People | extend x = tolo{|}",
      label: "tolower",
      detail: "In small letters.",
    },
    { name: "names of let", text: "let least = 3; People | where Age > lea{|}", label: "least" },
    { name: "columns within broken text", text: "People | where Name == 'x' and (Ag{|}", label: "Age" },
    {
      name: "values of a column that has few",
      text: 'Events | where Level == "w{|}"',
      label: "warn",
      detail: "Level",
    },
    { name: "values within a list", text: 'Events | where Level in ("info", "e{|}")', label: "error" },
  ])("$name", ({ text, label, detail }) => {
    const found = language.complete(...at(text)).find((each) => each.label.startsWith(label));
    expect(found).toBeDefined();
    if (detail) expect(found?.detail).toBe(detail);
  });
});

test.each([
  { name: "a column with its type", text: "People | where A{|}ge > 3", title: "long" },
  {
    name: "a function with what it does",
    text: "print str{|}len('x')",
    title: "strlen",
    about: "How many characters a text has.",
  },
  {
    name: "a column with what the schema says",
    text: "Events | where Le{|}vel == ''",
    title: "string",
    about: "How bad.",
  },
])("hovering tells $name", ({ text, title, about }) => {
  const hover = language.hover(...at(text));
  expect(hover?.title).toContain(title);
  if (about) expect(hover?.about).toBe(about);
});

test.each([
  { text: "print substring({|}", name: "substring", active: 0 },
  { text: "print substring('a, b', 1{|}", name: "substring", active: 1 },
  { text: "print strcat(tolower('x'), {|}", name: "strcat", active: 1 },
  { text: "People | summarize dcount(Age, {|}", name: "dcount", active: 1 },
])("the signature at $text", ({ text, name, active }) => {
  expect(language.signature(...at(text))).toMatchObject({ name, active });
});

test("nothing is open outside of calls", () => {
  expect(language.signature(...at("print strlen('x'){|}"))).toBeUndefined();
  expect(language.hover("", 0)).toBeUndefined();
});

test("formatting keeps what a query means", () => {
  const text = "People|where Age>3|project Name";
  const tidy = language.format(text);
  expect(tidy).not.toBe(text);
  expect(tidy.replace(/\s+/g, "")).toBe(text.replace(/\s+/g, ""));
  expect(language.format("People | where (")).toContain("People");
});

test("colours name each piece", () => {
  const text = "People | where Name == 'x' // note";
  const kinds = new Map(language.colours(text).map(({ from, to, kind }) => [text.slice(from, to), kind]));
  expect(kinds.get("People")).toBe("Table");
  expect(kinds.get("Name")).toBe("Column");
  expect(kinds.get("'x'")).toBe("StringLiteral");
});

test("an endless text is not looked at", () => {
  const endless = "(".repeat(100_000);
  expect(language.complete(endless, 5)).toEqual([]);
  expect(language.colours(endless)).toEqual([]);
  expect(language.format(endless)).toBe(endless);
});
