import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { caseFiles } from "./fixtures/cases.js";
import { functionEntries, operatorEntries, reference } from "./fixtures/reference.js";
import { aboutFunctions } from "./functions/about.js";
import { namesOfLanguage } from "./kusto/names.js";
import { loadKusto } from "./node.js";

const cases = caseFiles(new URL("../cases/", import.meta.url)).flatMap((file) => file.cases);
const sources = { cases, ...namesOfLanguage(loadKusto()) };

test("docs/reference/kql.md is current", () => {
  const page = readFileSync(new URL("../../docs/reference/kql.md", import.meta.url), "utf8");
  expect(page, "run node tools/kql-reference.mjs").toBe(reference(sources));
});

describe("every function and operator is described and has an example that is a case", () => {
  test.each(
    [...functionEntries(sources), ...operatorEntries(sources)].map((each) => [each.name, each] as const),
  )("%s", (_, { about, example }) => {
    expect(about).not.toBe("");
    expect(example).toBeDefined();
  });
});

test("nothing is described that is not there", () => {
  const names = new Set(functionEntries(sources).map(({ name }) => name));
  expect([...aboutFunctions.keys()].filter((name) => !names.has(name))).toEqual([]);
});
