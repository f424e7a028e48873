import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ClockWatch } from "./clock-watch.js";
import { Rounds } from "./rounds.js";

const open = () => {
  const failures: string[] = [];
  return {
    failures,
    rounds: new Rounds({
      failed: (what, error) => failures.push(`${what}: ${error instanceof Error ? error.message : ""}`),
    }),
  };
};

test("work comes round at once and again, never twice at the same time, and goes on after a failure", async () => {
  const { rounds, failures } = open();
  let running = 0;
  let most = 0;
  let runs = 0;
  rounds.every(5, async () => {
    running += 1;
    runs += 1;
    most = Math.max(most, running);
    await sleep(15);
    running -= 1;
    if (runs === 2) throw new Error("once");
  });
  expect(runs).toBe(1);
  for (let tries = 0; tries < 100 && runs < 4; tries += 1) await sleep(10);
  rounds.stop();
  expect(most).toBe(1);
  expect(failures).toEqual(["agent: once"]);
  expect(runs).toBeGreaterThanOrEqual(4);
});

test("what is asked for soon happens once, however often it was asked for, and never after the stop", async () => {
  const { rounds } = open();
  let done = 0;
  for (let ask = 0; ask < 10; ask += 1)
    rounds.soon("x", 5, () => {
      done += 1;
    });
  await sleep(60);
  expect(done).toBe(1);
  rounds.soon("x", 5, () => {
    done += 1;
  });
  rounds.stop();
  await sleep(30);
  expect(done).toBe(1);
});

test("patient work is made rarer, other work is not", async () => {
  const { rounds } = open();
  const runs = { patient: 0, other: 0 };
  rounds.every(
    20,
    () => {
      runs.patient += 1;
    },
    true,
  );
  rounds.every(20, () => {
    runs.other += 1;
  });
  rounds.slowDown(1_000);
  for (let tries = 0; tries < 100 && runs.other < 4; tries += 1) await sleep(20);
  rounds.stop();
  expect(runs.patient).toBe(1);
  expect(runs.other).toBeGreaterThanOrEqual(4);
});

test.each([
  { name: "a clock that runs", wall: 10_000, steady: 10_000, jump: 0 },
  { name: "a clock that is corrected a little", wall: 11_000, steady: 10_000, jump: 0 },
  { name: "a clock that jumps a year", wall: 31_536_010_000, steady: 10_000, jump: 31_536_000_000 },
  { name: "a clock that is set back", wall: -3_590_000, steady: 10_000, jump: -3_600_000 },
])("$name jumps by $jump ms, told once", ({ wall, steady, jump }) => {
  const now = { wall: 0, steady: 0 };
  const watch = new ClockWatch(
    () => now.wall,
    () => now.steady,
  );
  Object.assign(now, { wall, steady });
  expect(watch.look()).toBe(jump);
  expect(watch.look()).toBe(0);
});
