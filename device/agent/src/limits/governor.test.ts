import { expect, test } from "vitest";
import { Governor, ownUsage, steps } from "./governor.js";
import { giveBack } from "./thrift.js";

const limits = { cpuPercent: 5, memoryBytes: 60_000_000 };
const SECOND = 1_000;

/** A governor that sees a constant use, looked at every five seconds. */
function ran(
  governor: Governor,
  seconds: number,
  [cpuPercent, memoryBytes]: readonly [number, number],
  from = 0,
) {
  const verdicts: string[] = [];
  for (let second = 0; second <= seconds; second += 5) {
    const at = (from + second) * SECOND;
    const verdict = governor.look({ at, cpuMs: (at * cpuPercent) / 100, memoryBytes });
    if (verdict !== "same") verdicts.push(verdict);
  }
  return verdicts;
}

test.each([
  { name: "within the limits everything is collected", use: [3, 50_000_000], step: "full", restarts: false },
  {
    name: "a peak of memory for two looks changes nothing",
    use: [1, 61_000_000],
    seconds: 10,
    step: "full",
    restarts: false,
  },
  {
    name: "too much processor time leads step by step to the least",
    use: [40, 50_000_000],
    step: "least",
    restarts: false,
  },
  {
    name: "too much memory leads to the least and then to a new start",
    use: [1, 90_000_000],
    step: "least",
    restarts: true,
  },
] as const)("$name", ({ use, step, restarts, ...rest }) => {
  const governor = new Governor(limits);
  const verdicts = ran(governor, "seconds" in rest ? rest.seconds : 600, use);
  expect(governor.step.name).toBe(step);
  expect(verdicts.includes("restart")).toBe(restarts);
});

test("each step says what it does and why it was taken", () => {
  const governor = new Governor(limits);
  expect(ran(governor, 15, [80, 50_000_000])).toEqual(["less"]);
  expect(governor.state).toMatchObject({ step: "patient", about: steps[1].about, maxCpuPercent: 5 });
  expect(governor.state.reason).toMatch(/% of a core on average, more than 5/);
});

test("calm for a while leads back, step by step, to everything", () => {
  const governor = new Governor(limits);
  ran(governor, 300, [30, 50_000_000]);
  expect(governor.step.name).toBe("least");
  const base = 300 * SECOND * 0.3;
  for (let second = 305; second < 1_200; second += 5)
    governor.look({ at: second * SECOND, cpuMs: base + second, memoryBytes: 40_000_000 });
  expect(governor.step.name).toBe("full");
});

test("what is left out grows with the steps and never holds logins or process starts", () => {
  const governor = new Governor(limits);
  expect(governor.leavesOut("ProcessTerminate")).toBe(false);
  ran(governor, 300, [30, 50_000_000]);
  expect(governor.leavesOut("ConnectionCreate")).toBe(true);
  expect(governor.leavesOut("Login")).toBe(false);
  expect(governor.leavesOut("ProcessCreate")).toBe(false);
});

test("other limits hold from the next look on", () => {
  const governor = new Governor(limits);
  governor.limits = { cpuPercent: 50, memoryBytes: 60_000_000 };
  expect(ran(governor, 300, [30, 50_000_000])).toEqual([]);
});

test("the process knows what it uses itself", () => {
  const usage = ownUsage();
  expect(usage.memoryBytes).toBeGreaterThan(10_000_000);
  expect(usage.cpuMs).toBeGreaterThan(0);
});

test("memory can be given back at any time, and twice", () => {
  const buffers = Array.from({ length: 200 }, () => Buffer.alloc(100_000, 1));
  buffers.length = 0;
  giveBack();
  giveBack();
  expect(ownUsage().memoryBytes).toBeGreaterThan(0);
});
