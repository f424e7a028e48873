import { expect, test } from "vitest";
import { openLanguage } from "./language.js";
import { loadKusto } from "./node.js";

const language = openLanguage(loadKusto(), {
  name: "picket",
  version: "1",
  tables: [
    {
      name: "Pumps",
      about: "What pumps do.",
      columns: [
        { name: "TimeGenerated", type: "datetime", about: "When." },
        { name: "Pressure", type: "real", about: "In bar." },
      ],
    },
  ],
});

test.each([
  { name: "a table at the beginning", text: "Pu", label: "Pumps", detail: "What pumps do." },
  {
    name: "an operator after a pipe",
    text: "Pumps | whe",
    label: "where",
    detail: "Rows for which a test is true.",
  },
  { name: "a column of the table", text: "Pumps | where Pre", label: "Pressure", detail: "In bar." },
  {
    name: "a function",
    text: "Pumps | extend A = bin",
    label: "bin",
    detail: expect.stringContaining("multiple of a step"),
  },
  { name: "an aggregate", text: "Pumps | summarize co", label: "count", detail: "How many rows." },
  {
    name: "something inside a broken query",
    text: "Pumps | where (Pressure > 1 and Ti",
    label: "TimeGenerated",
    detail: "When.",
  },
])("offers $name", ({ text, label, detail }) => {
  const found = language.complete(text, text.length).find((each) => each.label.replace(/\(.*/, "") === label);
  expect(found?.detail).toEqual(detail);
  const word = /\w*$/.exec(text)?.[0] ?? "";
  expect(found).toMatchObject({ from: text.length - word.length, to: text.length });
});

test.each(["", "|", "Pumps | where 'x", "((((", "\u0000", "let x = ", "🙂"])("never throws on %j", (text) => {
  for (const at of [-1, 0, text.length, text.length + 5])
    expect(Array.isArray(language.complete(text, at))).toBe(true);
});
