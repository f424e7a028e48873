import type { EventName, SecurityEvent } from "@picket/schema";
import { describe, expect, test } from "vitest";
import { hostOf, violationsIn } from "../testing.js";
import { bounded } from "./bounded.js";
import { Health } from "./health.js";
import { Snapshots } from "./snapshots.js";

const group = (index: number) => ({ GroupName: `g${index}`, GroupId: String(index), Members: "" });
const groups = (count: number) => Array.from({ length: count }, (_, index) => group(index));

describe("a snapshot is told in messages that a hub takes", () => {
  test.each([
    { name: "nothing is an event that says so", items: 0, mostEvents: 1, events: 1, leftOut: 0 },
    { name: "what fits is one event", items: 10, mostEvents: 1, events: 1, leftOut: 0 },
    { name: "what does not fit is counted", items: 100, mostEvents: 1, events: 1, leftOut: 83 },
    { name: "what may be spread over events is", items: 100, mostEvents: 10, events: 5, leftOut: 0 },
    {
      name: "a hundred thousand items are as many as fit",
      items: 100_000,
      mostEvents: 2,
      events: 2,
      leftOut: 99_966,
    },
  ])("$name", ({ items, mostEvents, events, leftOut }) => {
    const made = bounded("LocalGroups", groups(items), { mostBytes: 1_000, mostEvents, at: 5 });
    expect(made.events).toHaveLength(events);
    const told = made.events.reduce((total, event) => total + event.Payload.length, 0);
    expect(told + made.leftOut).toBe(items);
    if (items <= 100) expect(made.leftOut === 0).toBe(leftOut === 0);
    expect(new Set(made.events.map(({ TimestampUTC }) => TimestampUTC)).size).toBe(1);
    for (const event of made.events) expect(JSON.stringify(event.Payload).length).toBeLessThanOrEqual(1_002);
  });

  test("an item larger than a message is left out, the others are told", () => {
    const items = [group(1), { ...group(2), Members: "x".repeat(5_000) }, group(3)];
    const made = bounded("LocalGroups", items, { mostBytes: 1_000, mostEvents: 1, at: 5 });
    expect(made.leftOut).toBe(1);
    expect(made.events[0]?.Payload).toHaveLength(2);
  });
});

describe("snapshots of a host", () => {
  const files = { "/etc/passwd": "op:x:1000:4::/:/bin/sh\n", "/etc/group": "adm:x:4:\n" };
  function snapshotsOf(
    parts: Parameters<typeof hostOf>[0],
    isCollected: (name: EventName) => boolean = () => true,
  ) {
    const kept: SecurityEvent[] = [];
    const failed: string[] = [];
    const leftOut: string[] = [];
    const health = new Health();
    const host = hostOf(parts);
    const snapshots = new Snapshots({
      host,
      isCollected,
      keep: (events) => kept.push(...events),
      failed: (name) => failed.push(name),
      leftOut: (name, items) => leftOut.push(`${name} ${items}`),
      mostBytes: () => 8_192,
      health,
    });
    const names = () => [...new Set(kept.map(({ Name }) => Name))];
    return { snapshots, kept, failed, leftOut, health, names, host };
  }

  test("all of them are taken, and fit the schema", async () => {
    const { snapshots, kept, names } = snapshotsOf({ files });
    await snapshots.all();
    expect(names()).toEqual(
      expect.arrayContaining(["ListeningPorts", "LocalUsers", "LocalGroups", "SystemInformation"]),
    );
    expect(violationsIn(kept)).toEqual([]);
  });

  test("one that fails is told and keeps no other from being taken", async () => {
    const { snapshots, failed, names } = snapshotsOf({ files: { "/etc/group": "" } });
    await snapshots.all();
    expect(failed).toEqual(["LocalUsers", "LocalGroups"]);
    expect(names()).toContain("SystemInformation");
  });

  test("what is switched off is not even looked at", async () => {
    const { snapshots, names } = snapshotsOf({ files }, (name) => name === "LocalUsers");
    await snapshots.all();
    expect(names()).toEqual(["LocalUsers"]);
  });

  test("what does not fit is said, with its number", async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `u${index}:x:${index}:4::/:/bin/sh`).join("\n");
    const { snapshots, leftOut, health } = snapshotsOf({ files: { ...files, "/etc/passwd": many } });
    await snapshots.one("LocalUsers");
    expect(leftOut).toEqual([expect.stringMatching(/^LocalUsers \d+$/)]);
    expect(health.coverage({})).toEqual({
      LocalUsers: expect.stringMatching(/^snapshot \(\d+ of 1000 left out\)$/),
    });
    expect(violationsIn([health.event({ Login: "none (audit: not permitted)" })])).toEqual([]);
    expect(health.event({ Login: "none (audit: not permitted)" }).Payload).toContainEqual(
      expect.objectContaining({ Collector: "Login", Source: "none", Reason: "audit: not permitted" }),
    );
  });

  test("one is taken anew when what it shows has changed, and only then", async () => {
    const parts = { files: { ...files, "/proc/self/mountinfo": "1 1 0:1 / / rw - ext4 a rw" } };
    const { snapshots, kept } = snapshotsOf(parts);
    await snapshots.changes();
    await snapshots.changes();
    expect(kept).toEqual([]);
    parts.files["/proc/self/mountinfo"] += "\n2 1 0:2 / /mnt rw - ext4 b rw";
    await snapshots.changes();
    expect(kept.map(({ Name }) => Name)).toEqual(["Mounts"]);
  });

  test("ports are told when they are others than the last time", async () => {
    let port = 22;
    const sockets = () => [{ protocol: "tcp" as const, address: "0.0.0.0", port, inode: "7" }];
    const links = { "/proc/44/fd/3": "socket:[7]", "/proc/44/exe": "/usr/sbin/sshd" };
    const { snapshots, kept } = snapshotsOf({ files, links, sockets });
    await snapshots.ports();
    await snapshots.ports();
    expect(kept).toHaveLength(1);
    expect(snapshots.listener(22)).toBe(44);
    port = 23;
    await snapshots.ports();
    expect(kept).toHaveLength(2);
  });
});
