import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Case, caseFiles } from "./fixtures/cases.js";
import { openDuckdb, type TestEngine } from "./fixtures/duckdb.js";
import { caseSchema } from "./fixtures/schema.js";
import { comparison, type Verdict, verdictsOf } from "./fixtures/verdicts.js";
import { openLanguage } from "./language.js";
import { loadKusto } from "./node.js";

const only = process.env["CASES"];
const files = caseFiles(new URL("../cases/", import.meta.url)).filter(
  ({ name }) => !only || name.includes(only),
);

let engine: TestEngine;
beforeAll(async () => {
  engine = await openDuckdb(openLanguage(loadKusto(), caseSchema));
});
afterAll(() => engine.close());

describe.each(files)("cases/$name.kql", ({ cases }) => {
  let verdicts: ReadonlyMap<Case, Verdict>;
  beforeAll(async () => {
    verdicts = await verdictsOf(cases, engine);
  }, 60_000);
  test.each(cases.map((each) => [each.name.replaceAll("%", "%%").replaceAll("$", "＄"), each] as const))(
    "%s",
    (_, each) => {
      const { got, wanted } = comparison(each, verdicts.get(each)!);
      expect(got).toEqual(wanted);
    },
  );
});
