import { expect, test } from "vitest";
import { everyRule, has, isIn, type RuleState, rank } from "./rule-state.js";

const rule = (change: Partial<RuleState> = {}): RuleState => ({
  id: "crypto-miner-started",
  form: "builtIn",
  name: "Crypto coin miner image",
  severity: "High",
  reads: "ProcessCreate",
  author: "Picket",
  source: "detections",
  licence: "Apache-2.0",
  techniques: ["T1496.001"],
  isOff: false,
  isCostly: false,
  ...change,
});

test.each([
  { name: "every rule", state: "all" as const, change: {}, isThere: true },
  { name: "no built-in one among those added here", state: "added" as const, change: {}, isThere: false },
  {
    name: "a Sigma rule among those added here",
    state: "added" as const,
    change: { form: "sigma" as const },
    isThere: true,
  },
  { name: "one that is switched off", state: "off" as const, change: { isOff: true }, isThere: true },
  { name: "one that cannot fire here", state: "idle" as const, change: { idle: "no event" }, isThere: true },
  { name: "none without trouble", state: "trouble" as const, change: {}, isThere: false },
])("a view has $name", ({ state, change, isThere }) => {
  expect(isIn(rule(change), state)).toBe(isThere);
});

test.each(["MINER", "t1496", "picket", "processcreate"])("a rule is found by %s", (words) => {
  expect(has(rule(), words)).toBe(true);
});

test("rules that the engine does not hold are listed once, with what is known of them", () => {
  const builtIn = [
    { ...rule(), alertType: "IoT_CoinMiner", about: "Miners.", cases: [] },
    {
      ...rule({ id: "device-silent", name: "Device silent", severity: "Low" }),
      alertType: "X",
      about: "",
      cases: [],
    },
  ];
  const all = everyRule([rule({ isOff: true })], builtIn);
  expect(all.map(({ id, isOff }) => [id, isOff])).toEqual([
    ["crypto-miner-started", true],
    ["device-silent", false],
  ]);
  expect(all.toSorted((a, b) => rank(b) - rank(a))[0]?.id).toBe("device-silent");
});
