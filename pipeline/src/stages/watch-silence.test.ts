import { rules, type SilenceRule } from "@picket/detections";
import { silent } from "@picket/kit";
import { expect, test } from "vitest";
import { AlertBook } from "../books/alert-book.js";
import { SilenceWatch } from "./watch-silence.js";

const silence = rules.filter((rule): rule is SilenceRule => rule.kind === "silence");
const HOUR = 3_600_000;
const START = Date.parse("2026-03-01T00:00:00Z");
const HOURS = silence[0]!.hours;

const told = (play: (watch: SilenceWatch, tick: (hours: number) => void) => void): string[] => {
  const book = new AlertBook("hub", silent);
  const watch = new SilenceWatch(silence);
  play(watch, (hours) => watch.tick(START + hours * HOUR, book));
  return book.take().alerts.map(({ DeviceId }) => String(DeviceId));
};

test.each([
  { name: "silence of the full time is told", ticks: [HOURS], told: ["pump-7"] },
  {
    name: "silence is told once, however long it lasts",
    ticks: [HOURS, HOURS + 1, HOURS + 99],
    told: ["pump-7"],
  },
  { name: "an hour less is no silence", ticks: [HOURS - 1], told: [] },
])("$name", ({ ticks, told: expected }) => {
  const devices = told((watch, tick) => {
    watch.heard("pump-7", START);
    for (const hours of ticks) tick(hours);
  });
  expect(devices).toEqual(expected);
});

test("a device that speaks again is watched again", () => {
  const book = new AlertBook("hub", silent);
  const watch = new SilenceWatch(silence);
  watch.heard("pump-7", START);
  watch.tick(START + HOURS * HOUR, book);
  watch.heard("pump-7", START + 2 * HOURS * HOUR);
  watch.tick(START + 3 * HOURS * HOUR, book);
  expect(book.take().alerts).toHaveLength(2);
});

test("a device that was disabled is not missed", () => {
  const devices = told((watch, tick) => {
    watch.heard("pump-7", START);
    watch.forget("pump-7");
    tick(HOURS * 2);
  });
  expect(devices).toEqual([]);
});

test("who was heard when outlives a restart", () => {
  const before = new SilenceWatch(silence);
  before.heard("pump-7", START);
  const devices = told((watch, tick) => {
    watch.restore(JSON.parse(JSON.stringify(before.save())));
    tick(HOURS);
  });
  expect(devices).toEqual(["pump-7"]);
});
