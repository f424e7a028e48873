import { expect, test } from "vitest";
import { parseTimespan } from "./timespan.js";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const at = (text: string): number => Date.parse(text);

test.each([
  { name: "nothing", text: "", span: {} },
  { name: "the last hour", text: "PT1H", span: { from: at("2026-03-01T11:00:00Z") } },
  { name: "a day and a half", text: "P1DT12H", span: { from: at("2026-02-28T00:00:00Z") } },
  { name: "two weeks", text: "P2W", span: { from: at("2026-02-15T12:00:00Z") } },
  {
    name: "from one instant to another",
    text: "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z",
    span: { from: at("2026-01-01T00:00:00Z"), to: at("2026-01-02T00:00:00Z") },
  },
  {
    name: "a day from an instant on",
    text: "2026-01-01T00:00:00Z/P1D",
    span: { from: at("2026-01-01T00:00:00Z"), to: at("2026-01-02T00:00:00Z") },
  },
  {
    name: "a day up to an instant",
    text: "P1D/2026-01-02T00:00:00Z",
    span: { from: at("2026-01-01T00:00:00Z"), to: at("2026-01-02T00:00:00Z") },
  },
])("$name is read", ({ text, span }) => {
  expect(parseTimespan(text, NOW)).toEqual(span);
});

test.each(["yesterday", "P", "PT", "P1", "1H", "a/b", "P1D/P1D", "2026-01-01T00:00:00Z/P1D/P1D"])(
  "%s is refused with what was meant",
  (text) => {
    expect(() => parseTimespan(text, NOW)).toThrow(/ISO 8601 interval/);
  },
);
