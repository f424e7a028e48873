import type { SecurityEvent } from "@picket/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileHashes, Hash } from "../processes/file-hashes.js";
import { ProcessTable } from "../processes/process-table.js";
import { Aggregation } from "../report/aggregation.js";
import type { Connected, Disconnected, HostEvent, Started } from "../sources/host-events.js";
import { hostileTexts, violationsIn } from "../testing.js";
import { Happenings } from "./happenings.js";

const started = (more: Partial<Started> = {}): Started => ({
  kind: "exec",
  at: 1_000,
  pid: 44,
  parent: 1,
  uid: 1000,
  executable: "/usr/bin/curl",
  calledBy: "",
  commandLine: "curl -s x",
  directory: "/",
  isCut: false,
  ...more,
});
const ends = {
  at: 2_000,
  pid: 44,
  uid: 1000,
  protocol: "tcp" as const,
  direction: "Out" as const,
  localAddress: "192.0.2.1",
  localPort: 50_000,
  remoteAddress: "203.0.113.9",
  remotePort: 443,
};
const connected = (more: Partial<Connected> = {}): Connected => ({ kind: "connect", ...ends, ...more });
const disconnected = (more: Partial<Disconnected> = {}): Disconnected => ({
  kind: "disconnect",
  ...ends,
  sent: 10,
  received: 20,
  lasted: 30,
  ...more,
});

function happeningsOf(options: { hash?: Hash; isFolded?: boolean; listener?: number } = {}) {
  const kept: SecurityEvent[] = [];
  const opened: string[] = [];
  const aggregation = new Aggregation({ firstAtOnce: false, intervalMs: () => 1_000 });
  const reader = {
    pids: () => [],
    read: () => undefined,
    executable: () => "",
    userName: String,
    controlGroup: () => "",
  };
  const { hash, isFolded = false, listener } = options;
  const hashes = { of: () => hash } as unknown as FileHashes;
  const happenings = new Happenings({
    table: new ProcessTable(reader),
    aggregation,
    isCollected: () => true,
    isFolded: () => isFolded,
    keep: (events) => kept.push(...events),
    listener: () => listener,
    portsChanged: (port, pid) => opened.push(`${port} ${pid}`),
    now: () => 1_000,
    hashes,
  });
  return {
    kept,
    opened,
    aggregation,
    take: (...events: readonly HostEvent[]) => {
      for (const event of events) happenings.take(event);
    },
    items: () => kept.flatMap(({ Name, Payload }) => Payload.map((item) => ({ Name, ...item }))),
  };
}

describe("what sources tell becomes events", () => {
  test("a program, then its connection with its command line, then both ends", () => {
    const { take, items, kept } = happeningsOf();
    take(started(), connected(), disconnected(), { kind: "exit", at: 3_000, pid: 44, status: 137 });
    expect(items()).toMatchObject([
      { Name: "ProcessCreate", CommandLine: "curl -s x", UserId: "1000" },
      {
        Name: "ConnectionCreate",
        Executable: "/usr/bin/curl",
        CommandLine: "curl -s x",
        LocalPort: "50000",
        RemotePort: "443",
      },
      { Name: "ConnectionTerminate", BytesSent: 10, BytesReceived: 20, DurationMs: 30 },
      {
        Name: "ProcessTerminate",
        ExitStatus: 137,
        ExtraDetails: { Signal: "SIGKILL", CommandLine: "curl -s x" },
      },
    ]);
    expect(violationsIn(kept)).toEqual([]);
  });

  test.each([
    {
      name: "one that was refused",
      more: { failure: "Refused" as const },
      item: { ExtraDetails: { State: "Refused" } },
    },
    {
      name: "one that nobody answers",
      more: { failure: "Unanswered" as const },
      item: { ExtraDetails: { State: "Unanswered" } },
    },
    {
      name: "one that came in has the process that waits at its port",
      more: { direction: "In" as const, pid: 0, localPort: 22 },
      item: { ProcessId: 77 },
    },
    {
      name: "one of which nobody is known",
      more: { pid: 0, uid: 5 },
      item: { Executable: "", ProcessId: 0, UserId: "5" },
    },
    {
      name: "over IPv6",
      more: { remoteAddress: "2001:db8::9", localAddress: "::1" },
      item: { RemoteAddress: "2001:db8::9" },
    },
  ])("a connection: $name", ({ more, item }) => {
    const { take, items, kept } = happeningsOf({ listener: 77 });
    take(connected(more));
    expect(items()).toMatchObject([item]);
    expect(violationsIn(kept)).toEqual([]);
  });

  test("a port that opened is told with who opened it", () => {
    const { take, opened } = happeningsOf();
    take({ kind: "port", pid: 44, port: 8080 });
    expect(opened).toEqual(["8080 44"]);
  });

  test("what the agent itself starts says nothing of the host", () => {
    const { take, kept } = happeningsOf();
    take(started({ parent: process.pid }));
    expect(kept).toEqual([]);
  });

  test("repeats of an end are one event, with the bytes of all", () => {
    const { take, aggregation } = happeningsOf({ isFolded: true });
    take(disconnected(), disconnected({ sent: 5, received: 5, lasted: 5 }));
    const [event] = aggregation.flush(9_000, true);
    expect(event?.Payload[0]).toMatchObject({
      BytesSent: 15,
      BytesReceived: 25,
      DurationMs: 35,
      ExtraDetails: { HitCount: "2" },
    });
  });
});

describe("hashes of programs", () => {
  test("one that is known is told at once", () => {
    const { take, items } = happeningsOf({ hash: "sha256:ab" });
    take(started());
    expect(items()[0]).toMatchObject({ ExtraDetails: { Hash: "sha256:ab" } });
  });

  test("one that is being made is waited for, and the order of programs stays", async () => {
    const { take, items } = happeningsOf({ hash: Promise.resolve("sha256:ab") });
    take(started(), started({ pid: 45, commandLine: "second" }));
    expect(items()).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(items()).toMatchObject([
      { CommandLine: "curl -s x", ExtraDetails: { Hash: "sha256:ab" } },
      { CommandLine: "second" },
    ]);
  });

  test("one that fails keeps no program from being told", async () => {
    const { take, items } = happeningsOf({ hash: Promise.reject(new Error("EIO")) });
    take(started());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(items()).toHaveLength(1);
  });

  test("more than can wait are told without", () => {
    const { take, items } = happeningsOf({ hash: new Promise(() => {}) });
    take(
      ...Array.from({ length: 2_100 }, (_, index) =>
        started({ pid: 1_000 + index, commandLine: `p${index}` }),
      ),
    );
    expect(items()).toHaveLength(100);
  });
});

test.each(hostileTexts)("a program whose every text is $name fits the schema", ({ text }) => {
  const { take, kept } = happeningsOf();
  take(
    started({ executable: text, commandLine: text, directory: text, calledBy: text }),
    connected(),
    disconnected(),
    { kind: "exit", at: 1, pid: 44, status: 1 },
  );
  expect(violationsIn(kept)).toEqual([]);
});

test("whatever order things happen in, what is told fits the schema", () => {
  const event = fc.oneof(
    fc
      .record({ pid: fc.integer({ min: 0, max: 5 }), parent: fc.integer({ min: 0, max: 5 }) })
      .map((more) => started(more)),
    fc
      .record({
        pid: fc.integer({ min: 0, max: 5 }),
        direction: fc.constantFrom("In" as const, "Out" as const),
      })
      .map((more) => connected(more)),
    fc.record({ pid: fc.integer({ min: 0, max: 5 }) }).map((more) => disconnected(more)),
    fc
      .record({ pid: fc.integer({ min: 0, max: 5 }), status: fc.constantFrom(0, 255, undefined) })
      .map((more): HostEvent => ({ kind: "exit", at: 1, ...more })),
    fc
      .record({ pid: fc.integer({ min: 0, max: 5 }), parent: fc.integer({ min: 0, max: 5 }) })
      .map((more): HostEvent => ({ kind: "fork", ...more })),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const { take, kept } = happeningsOf();
      take(...events);
      if (kept.length > 0) expect(violationsIn(kept)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
