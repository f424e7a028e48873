import { expect, test } from "vitest";
import { wordsAt } from "./words.js";

const column = (name: string) => ({ name, type: "string", about: "" });
const schema = {
  version: "1",
  tables: [
    { name: "SecurityAlert", about: "", rows: 0, columns: [column("AlertSeverity")] },
    { name: "IoTDevice", about: "", rows: 0, columns: [column("Status")] },
  ],
};

test.each([
  { name: "a query begins with a table", query: "Sec", has: "SecurityAlert", lacks: "where" },
  {
    name: "a bar is followed by an operator",
    query: "SecurityAlert\n| wh",
    has: "where",
    lacks: "AlertSeverity",
  },
  {
    name: "an operator is followed by columns of the table named",
    query: "SecurityAlert | where Al",
    has: "AlertSeverity",
    lacks: "Status",
  },
  {
    name: "a union names tables again",
    query: "SecurityAlert | union Io",
    has: "IoTDevice",
    lacks: "Status",
  },
])("$name", ({ query, has, lacks }) => {
  const labels = wordsAt(query, query.length, schema).map(({ label }) => label);
  expect(labels).toContain(has);
  expect(labels).not.toContain(lacks);
});
