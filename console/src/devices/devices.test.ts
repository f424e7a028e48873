import { expect, test } from "vitest";
import { stateOf } from "./state.js";
import { twinRows } from "./twin.js";

const NOW = Date.parse("2026-03-01T12:00:00Z");

test.each([
  {
    name: "connected through its module",
    device: {},
    modules: [{ ConnectionState: "Connected", ModuleId: "m" }],
    word: "Connected",
  },
  {
    name: "disabled beats connected",
    device: { Status: "disabled", ConnectionState: "Connected" },
    modules: [],
    word: "Disabled",
  },
  { name: "never seen", device: {}, modules: [{}], word: "Never seen" },
  {
    name: "quiet for an hour",
    device: {},
    modules: [{ LastActivityTime: "2026-03-01T11:00:00Z" }],
    word: "Quiet",
  },
  {
    name: "silent for two days",
    device: { LastActivityTime: "2026-02-27T12:00:00Z" },
    modules: [],
    word: "Silent",
  },
])("$name is $word", ({ device, modules, word }) => {
  expect(stateOf(device, modules, NOW).word).toBe(word);
});

test("a twin's halves stand side by side, what waits first", () => {
  const desired = { cfg: { a: { value: "PT1H" }, b: { value: 2 } }, $version: 3 };
  const reported = { cfg: { a: { value: "PT7M" }, b: { value: 2 } }, picket: { version: "1" } };
  expect(twinRows(desired, reported)).toEqual([
    { path: "cfg.a", desired: "PT1H", reported: "PT7M", state: "waiting" },
    { path: "cfg.b", desired: "2", reported: "2", state: "same" },
    { path: "picket.version", desired: "", reported: "1", state: "own" },
  ]);
});

test.each([undefined, null, {}, "text"])("a twin that is %j breaks nothing", (twin) => {
  expect(twinRows(twin, {})).toEqual([]);
});
