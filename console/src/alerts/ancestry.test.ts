import { expect, test } from "vitest";
import { linesOf, treeOf } from "./ancestry.js";

const start = (at: string, pid: number, parent: number, commandLine: string) => ({
  RawEventName: "ProcessCreate",
  TimeStamp: at,
  EventDetails: JSON.stringify({ ProcessId: pid, ParentProcessId: parent, CommandLine: commandLine }),
});
const ancestry = [
  { ProcessId: 30, CommandLine: "xmrig" },
  { ProcessId: 20, CommandLine: "sh" },
  { ProcessId: 1, CommandLine: "init" },
];
const shown = (...given: Parameters<typeof treeOf>) =>
  linesOf(treeOf(...given)!, new Set()).map(
    ({ node, level }) => `${" ".repeat(level - 1)}${node.commandLine}`,
  );

test("ancestors stand above the process, what it started below", () => {
  const events = [
    start("2026-01-01T00:00:00Z", 40, 30, "before it lived"),
    start("2026-01-01T00:02:00Z", 41, 30, "curl"),
    start("2026-01-01T00:03:00Z", 42, 41, "sh -c x"),
  ];
  expect(shown(ancestry, events, "2026-01-01T00:01:00Z")).toEqual([
    "init",
    " sh",
    "  xmrig",
    "   curl",
    "    sh -c x",
  ]);
});

test("a folded process hides what is below it", () => {
  const tree = treeOf(ancestry, [], "")!;
  expect(linesOf(tree, new Set([tree.key]))).toHaveLength(1);
});

test("process ids that go round in circles end", () => {
  const events = [start("2026-01-01T00:02:00Z", 31, 30, "a"), start("2026-01-01T00:02:00Z", 30, 31, "b")];
  expect(shown(ancestry, events, "2026-01-01T00:01:00Z").length).toBeLessThan(15);
});

test.each([undefined, "text", [], {}])("no ancestry in %j is no tree", (stored) => {
  expect(treeOf(stored, [], "")).toBeUndefined();
});
