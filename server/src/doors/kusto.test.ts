import { expect, test } from "vitest";
import { parseAsked } from "./kusto.js";
import { parsePrefer } from "./log-analytics.js";

test.each([
  { name: "a bare query", body: { csl: "T" }, asked: { query: "T", isProgressive: false } },
  {
    name: "a time limit and a number of rows",
    body: { csl: "T", properties: { Options: { servertimeout: "00:00:30", truncationmaxrecords: 5 } } },
    asked: { query: "T", isProgressive: false, timeoutMs: 30_000, maxRows: 5 },
  },
  {
    name: "properties as text",
    body: { csl: "T", properties: '{"Options":{"results_progressive_enabled":true}}' },
    asked: { query: "T", isProgressive: true },
  },
  {
    name: "a limit of more than a day",
    body: { csl: "T", properties: { Options: { servertimeout: "1.02:00:00" } } },
    asked: { query: "T", isProgressive: false, timeoutMs: 93_600_000 },
  },
  {
    name: "limits that are none",
    body: { csl: "T", properties: { Options: { servertimeout: "soon", truncationmaxrecords: -1 } } },
    asked: { query: "T", isProgressive: false },
  },
])("$name is read as Kusto's clients send it", ({ body, asked }) => {
  expect(parseAsked(body)).toEqual(asked);
});

test.each([
  { name: "no body", body: undefined, says: /csl must be text/ },
  { name: "a list", body: [], says: /csl must be text/ },
  {
    name: "properties that are no JSON",
    body: { csl: "T", properties: "{" },
    says: /properties is not JSON/,
  },
])("$name is refused", ({ body, says }) => {
  expect(() => parseAsked(body)).toThrow(says);
});

test.each([
  { header: undefined, prefer: { statistics: false, render: false } },
  { header: "wait=120", prefer: { statistics: false, render: false, waitMs: 120_000 } },
  { header: "include-statistics=true, include-render=true", prefer: { statistics: true, render: true } },
  { header: "wait=soon;ai.response-thinning=false", prefer: { statistics: false, render: false } },
])("the preference $header is read", ({ header, prefer }) => {
  expect(parsePrefer(header)).toEqual(prefer);
});
