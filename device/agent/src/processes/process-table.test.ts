import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Started } from "../sources/host-events.js";
import { hostileTexts, violationsOf } from "../testing.js";
import type { ProcessReader } from "./process-reader.js";
import { type Known, ProcessTable } from "./process-table.js";

const known = (pid: number, parent: number, name: string, more: Partial<Known> = {}): Known => ({
  pid,
  parent,
  uid: 0,
  born: 0,
  executable: `/bin/${name}`,
  commandLine: name,
  ...more,
});
const readerOf = (...all: readonly Known[]): ProcessReader => ({
  pids: () => all.map(({ pid }) => pid),
  read: (pid) => all.find((each) => each.pid === pid),
  executable: () => "",
  userName: (uid) => (uid === 0 ? "root" : `u${uid}`),
  controlGroup: () => "",
});
const start = (pid: number, parent: number, line: string, more: Partial<Started> = {}): Started => ({
  kind: "exec",
  at: 1_000,
  pid,
  parent,
  uid: 1000,
  executable: `/bin/${line.split(" ")[0]}`,
  calledBy: "",
  commandLine: line,
  directory: "/",
  isCut: false,
  ...more,
});
const payloadOf = (table: ProcessTable, event: Started) => table.payload(event, table.started(event));
const ancestry = (payload: ReturnType<typeof payloadOf>): { Executable: string; ProcessId: number }[] =>
  JSON.parse(payload.ExtraDetails?.["Ancestry"] ?? "[]");

describe("what a program descends from", () => {
  const tree = [
    known(1, 0, "init"),
    known(10, 1, "sshd"),
    known(20, 10, "bash", { uid: 1000, loginUid: 1000 }),
  ];

  test("its parent, and every one above up to the first process", () => {
    const table = new ProcessTable(readerOf(...tree));
    const payload = payloadOf(table, start(30, 20, "curl -s x"));
    expect(payload).toMatchObject({
      Executable: "/bin/curl",
      ParentProcessId: 20,
      UserName: "u1000",
      ExtraDetails: { ParentExecutable: "/bin/bash", ParentCommandLine: "bash", CurrentDirectory: "/" },
    });
    expect(ancestry(payload).map(({ ProcessId }) => ProcessId)).toEqual([20, 10, 1]);
    expect(violationsOf("ProcessCreate", [payload])).toEqual([]);
  });

  test("is known after they have ended", () => {
    const table = new ProcessTable(readerOf(known(1, 0, "init")));
    table.started(start(10, 1, "sh -c job"));
    table.forked(20, 10, 1_000);
    table.ended(10);
    expect(ancestry(payloadOf(table, start(20, 1, "worker"))).map(({ ProcessId }) => ProcessId)).toEqual([
      10, 1,
    ]);
  });

  test("is not somebody who was given a parent's number later", () => {
    const table = new ProcessTable(readerOf(known(20, 1, "young", { born: 1_000_000 })));
    expect(payloadOf(table, start(30, 20, "old")).ExtraDetails?.["ParentExecutable"]).toBeUndefined();
  });

  test("processes that are each other's parents do not go round for ever", () => {
    const table = new ProcessTable(readerOf(known(2, 3, "a"), known(3, 2, "b")));
    expect(ancestry(payloadOf(table, start(30, 2, "x"))).length).toBeLessThanOrEqual(24);
  });

  test("reaches the first process however long the command lines are", () => {
    const line = "x".repeat(100_000);
    const deep = Array.from({ length: 9 }, (_, index) =>
      known(index + 1, index, "sh", { commandLine: line }),
    );
    const table = new ProcessTable(readerOf(...deep));
    const payload = payloadOf(table, start(30, 9, "end"));
    expect(ancestry(payload).at(-1)?.ProcessId).toBe(1);
    expect(Buffer.byteLength(payload.ExtraDetails?.["Ancestry"] ?? "")).toBeLessThanOrEqual(3_072);
  });
});

describe("what else is told of a program", () => {
  test.each([
    {
      name: "who logged in first",
      more: { loginUid: 1000 },
      details: { LoginUserId: "1000", LoginUserName: "u1000" },
    },
    {
      name: "the script or link it was called by",
      more: { calledBy: "/opt/run.sh" },
      details: { CalledBy: "/opt/run.sh" },
    },
    { name: "that its command line is cut", more: { isCut: true }, details: { CommandLineIsCut: "true" } },
  ])("$name", ({ more, details }) => {
    const payload = payloadOf(new ProcessTable(readerOf()), start(30, 0, "x", more));
    expect(payload.ExtraDetails).toMatchObject(details);
  });

  test("its container, which its children have too", () => {
    const id = "ab".repeat(32);
    const reader = { ...readerOf(), controlGroup: (pid: number) => (pid === 10 ? `0::/docker/${id}` : "") };
    const table = new ProcessTable(reader);
    table.started(start(10, 1, "entry", { mounts: 5 }));
    table.forked(11, 10, 1_000);
    const child = start(11, 10, "child", { mounts: 5 });
    expect(payloadOf(table, child).ExtraDetails?.["ContainerId"]).toBe(id);
    const inside = table.find(11);
    expect(inside && table.openable(inside, "/bin/x")).toBe("/proc/11/root/bin/x");
  });

  test.each(hostileTexts)("a command line that is $name fits the schema", ({ text }) => {
    const payload = payloadOf(
      new ProcessTable(readerOf()),
      start(30, 0, text, { executable: text, calledBy: text, directory: text }),
    );
    expect(violationsOf("ProcessCreate", [payload])).toEqual([]);
  });
});

describe("a hundred thousand processes", () => {
  test("are as many as are kept, and the rest is counted", () => {
    const table = new ProcessTable(readerOf());
    for (let pid = 2; pid < 100_002; pid += 1) table.forked(pid, 1, 0);
    expect(table.size).toBeLessThanOrEqual(16_384 + 4_096);
    expect(table.evicted).toBeGreaterThan(80_000);
  });

  test("that start and end in any order never make it grow or fail", () => {
    const step = fc.record({
      pid: fc.integer({ min: 1, max: 30 }),
      parent: fc.integer({ min: 0, max: 30 }),
      what: fc.constantFrom("fork", "exec", "exit"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const table = new ProcessTable(readerOf());
        for (const { pid, parent, what } of steps) {
          if (what === "fork") table.forked(pid, parent, 0);
          else if (what === "exit") table.ended(pid);
          else expect(violationsOf("ProcessCreate", [payloadOf(table, start(pid, parent, "x"))])).toEqual([]);
        }
        expect(table.size).toBeLessThanOrEqual(60);
      }),
    );
  });
});
