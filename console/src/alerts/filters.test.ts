import { expect, test } from "vitest";
import { compact, parseSearch, stringifySearch } from "../shared/search.js";
import { asksOf, belongs, readFilters, writeFilters } from "./filters.js";

test.each([
  {
    name: "an empty address is mine and new",
    address: "",
    asks: [{ status: ["New"] }, { status: ["InProgress"], owner: "ada" }],
  },
  { name: "all open", address: "?view=open", asks: [{ status: ["New", "InProgress"] }] },
  {
    name: "unowned ones have an empty owner",
    address: "?view=unowned",
    asks: [{ status: ["New", "InProgress"], owner: "" }],
  },
  {
    name: "severities, device and words narrow it",
    address: "?view=closed&severity=High,Low&device=007&text=coin miner",
    asks: [{ status: ["Closed"], severity: ["High", "Low"], deviceId: "007", text: "coin miner" }],
  },
  {
    name: "a status that no view part has leaves it out",
    address: "?status=InProgress",
    asks: [{ status: ["InProgress"], owner: "ada" }],
  },
  {
    name: "nonsense is not believed",
    address: "?view=all&severity=Awful&status=Gone",
    asks: [{ status: ["New"] }, { status: ["InProgress"], owner: "ada" }],
  },
])("$name", ({ address, asks }) => {
  expect(asksOf(readFilters(parseSearch(address)), "ada")).toEqual(asks);
});

test("filters written into an address read back the same, and what is usual is not written", () => {
  const filters = readFilters({ view: "open", severity: "Medium,High", rule: "r1" });
  expect(readFilters(parseSearch(stringifySearch(writeFilters(filters))))).toEqual(filters);
  expect(compact(writeFilters(readFilters({})))).toEqual({});
});

test("a live alert is counted only where it would be shown", () => {
  const asks = asksOf(readFilters({ severity: "High" }), "ada");
  expect(belongs({ Status: "New", AlertSeverity: "High" }, asks)).toBe(true);
  expect(belongs({ Status: "New", AlertSeverity: "Low" }, asks)).toBe(false);
  expect(belongs({ Status: "InProgress", AlertSeverity: "High", Owner: "bob" }, asks)).toBe(false);
});
