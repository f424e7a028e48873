import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Case, caseFiles } from "./fixtures/cases.js";
import { openChdb } from "./fixtures/chdb.js";
import type { TestEngine } from "./fixtures/duckdb.js";
import { caseSchema } from "./fixtures/schema.js";
import { comparison, type Verdict, verdictsOf } from "./fixtures/verdicts.js";
import { openLanguage } from "./language.js";
import { loadKusto } from "./node.js";

/** Cases that ClickHouse does not answer as DuckDB does, one a line; the list may only become shorter. */
const LIST = new URL("../cases/clickhouse-differs.txt", import.meta.url);
const files = caseFiles(new URL("../cases/", import.meta.url));
const listed = new Set(existsSync(LIST) ? readFileSync(LIST, "utf8").split("\n") : []);

let engine: TestEngine;
beforeAll(async () => {
  engine = await openChdb(openLanguage(loadKusto(), caseSchema, { engine: "clickhouse" }));
});
afterAll(() => engine.close());

const keyOf = (file: string, each: Case): string => `${file}: ${each.query.replace(/\s+/g, " ")}`;

function differs(each: Case, verdict: Verdict): string | undefined {
  try {
    const { got, wanted } = comparison(each, verdict);
    return JSON.stringify(got) === JSON.stringify(wanted) ? undefined : JSON.stringify({ got, wanted });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("the cases on ClickHouse", () => {
  const found: string[] = [];
  const why: string[] = [];
  test.each(files)("$name", { timeout: 120_000 }, async ({ name, cases }) => {
    const verdicts = await verdictsOf(cases, engine);
    const wrong = cases.filter((each) => differs(each, verdicts.get(each)!) !== undefined);
    found.push(...wrong.map((each) => keyOf(name, each)));
    if (process.env["WHY"])
      why.push(
        ...wrong.map(
          (each) => `${keyOf(name, each)}\n    ${differs(each, verdicts.get(each)!)?.slice(0, 300)}`,
        ),
      );
    if (existsSync(LIST))
      expect(wrong.map((each) => keyOf(name, each)).filter((key) => !listed.has(key))).toEqual([]);
  });
  afterAll(() => {
    if (!existsSync(LIST)) writeFileSync(LIST, `${found.toSorted().join("\n")}\n`);
    if (process.env["WHY"]) writeFileSync(process.env["WHY"], why.join("\n"));
  });
});
