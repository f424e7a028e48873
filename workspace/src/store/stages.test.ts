import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handClock, silent } from "@picket/kit";
import type { CompiledQuery } from "@picket/kql";
import { openLanguage } from "@picket/kql";
import { loadKusto } from "@picket/kql/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits, NOW, raw } from "../fixtures/rows.js";
import { databaseSchema } from "../tables/physical.js";
import { openWorkspace, type Workspace } from "../workspace.js";

const home = mkdtempSync(join(tmpdir(), "picket-stages-"));
const language = openLanguage(loadKusto(), databaseSchema());
let workspace: Workspace;

beforeAll(async () => {
  workspace = await openWorkspace({
    directory: home,
    recorder: silent,
    clock: handClock(NOW),
    memoryLimitMb: 256,
  });
  const rows = ["ls -l", "curl -s http://a.example/x", "curl -s http://b.example/y"].map((line, place) =>
    raw(place, { CommandLine: line, Executable: "/bin/sh" }),
  );
  await workspace.commit({ position: 1, rows: [{ table: "SecurityIoTRawEvent", rows }] });
});
afterAll(async () => {
  await workspace.close();
  rmSync(home, { recursive: true, force: true });
});

const compiled = (text: string): CompiledQuery => language.compile(text, { now: new Date(NOW) });
const EVENTS = "SecurityIoTRawEvent | extend Line = tostring(parse_json(EventDetails).CommandLine)";

describe("what the engine has no words for is computed between its statements", () => {
  test.each([
    {
      name: "a function, once per different value",
      query: `${EVENTS} | extend Words = array_length(parse_command_line(Line, "windows")) | summarize sum(Words)`,
      rows: [[8]],
    },
    {
      name: "a function in a test, over a part of a text",
      query: `${EVENTS} | extend Host = tostring(parse_url(extract("(http.*)", 1, Line)).Host) | where Host has "example" | summarize make_set(Host)`,
      rows: [['["a.example","b.example"]']],
    },
    {
      name: "rows in an order",
      query: `${EVENTS} | sort by TimeGenerated asc | scan declare (n: long = 0) with (step s: true => n = s.n + 1;) | summarize max(n)`,
      rows: [[3]],
    },
    {
      name: "two steps behind each other",
      query: `${EVENTS} | extend A = url_encode(Line) | extend B = array_length(parse_csv(A)) | summarize sum(B)`,
      rows: [[3]],
    },
  ])("$name", async ({ query, rows }) => {
    const plan = compiled(query);
    expect(plan.stages.length).toBeGreaterThan(0);
    expect(JSON.parse((await workspace.query(plan, limits)).rowsJson)).toEqual(rows);
  });
});

test("most queries have no stage", () => {
  expect(compiled(`${EVENTS} | where Line has "curl" | summarize count() by DeviceId`).stages).toEqual([]);
});

test("a step over too many rows is refused, not cut", async () => {
  const many = compiled(
    "range x from 1 to 100001 step 1 | extend y = url_encode(strcat(x, ' ')) | summarize dcount(y)",
  );
  await expect(workspace.query(many, { ...limits, maxBytes: 1e8 })).rejects.toMatchObject({
    code: "KQL_STEP_TOO_LARGE",
  });
});

test("an answer that may be cut does not cut what a step reads", async () => {
  const plan = compiled(
    "range x from 1 to 50 step 1 | extend y = url_encode(strcat(x, ' ')) | summarize dcount(y)",
  );
  const { rowsJson } = await workspace.query(plan, { ...limits, maxRows: 1, truncate: true });
  expect(JSON.parse(rowsJson)).toEqual([[50]]);
});

test("a range that is too long is refused, not cut", async () => {
  const plan = compiled("range x from 1 to 6000000 step 1 | count");
  await expect(workspace.query(plan, limits)).rejects.toMatchObject({ code: "WORKSPACE_QUERY_FAILED" });
});

test("stages stop with the query", async () => {
  const controller = new AbortController();
  controller.abort();
  const plan = compiled(`${EVENTS} | extend A = url_encode(Line) | count`);
  await expect(workspace.query(plan, limits, controller.signal)).rejects.toMatchObject({
    code: "WORKSPACE_QUERY_CANCELLED",
  });
});
