import { silent } from "@picket/kit";
import type { SecurityEvent } from "@picket/schema";
import type { DesiredListener, MethodAnswer, MethodListener, Twin } from "@picket/sdk";
import { expect, test } from "vitest";
import { Settings } from "./settings.js";
import { TwinFollower } from "./twin-follower.js";

/** A hub's half of a twin. */
class Hub {
  desired: Record<string, unknown> = {};
  isAway = false;
  readonly reports: Record<string, unknown>[] = [];
  push: DesiredListener = () => {};
  call: MethodListener = async () => ({ status: 0, payload: null });

  async twin(): Promise<Twin> {
    if (this.isAway) throw new Error("The hub is away.");
    return { desired: this.desired, reported: {} };
  }

  async report(patch: object): Promise<number> {
    this.reports.push({ ...patch });
    return this.reports.length;
  }

  onDesired(listener: DesiredListener): void {
    this.push = listener;
  }

  onMethod(listener: MethodListener): void {
    this.call = listener;
  }
}

function open() {
  const hub = new Hub();
  const settings = new Settings({ outboxBytes: 1_000_000 });
  const kept: SecurityEvent[] = [];
  const changes: number[] = [];
  const follower = new TwinFollower({
    client: hub,
    settings,
    recorder: silent,
    changed: () => changes.push(settings.snapshotMs),
    keep: (events) => kept.push(...events),
    about: () => ({ version: "1.2.3" }),
    answer: async (name, payload): Promise<MethodAnswer> => ({ status: 200, payload: { name, payload } }),
  });
  return { hub, settings, kept, changes, follower };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("after connecting, the twin is read, obeyed, and reported with the version it had", async () => {
  const { hub, changes, follower } = open();
  hub.desired = { snapshotFrequency: "PT1H", $version: 7 };
  await follower.follow();
  expect(changes).toEqual([3_600_000]);
  expect(hub.reports[0]).toMatchObject({
    picket: { version: "1.2.3", settings: { desiredVersion: 7, state: "applied" } },
  });
});

test("a patch is laid over what was read", async () => {
  const { hub, settings, follower } = open();
  hub.desired = { snapshotFrequency: "PT1H", eventPriorityLogin: "Off" };
  await follower.follow();
  hub.push({ snapshotFrequency: "PT2H", $version: 8 });
  await settled();
  expect(settings.snapshotMs).toBe(7_200_000);
  expect(settings.queueOf("Login")).toBeUndefined();
  expect(hub.reports).toHaveLength(2);
});

test("a patch that comes before the twin was read makes it read", async () => {
  const { hub, settings } = open();
  hub.desired = { snapshotFrequency: "PT1H" };
  hub.push({ eventPriorityLogin: "Off" });
  await settled();
  expect(settings.snapshotMs).toBe(3_600_000);
});

test("a refused value raises a ConfigurationError and is reported with its reason", async () => {
  const { hub, kept, follower } = open();
  hub.desired = { maxCpuPercent: 900 };
  await follower.follow();
  expect(kept.map(({ Name }) => Name)).toEqual(["ConfigurationError"]);
  expect(hub.reports[0]).toMatchObject({
    picket: { settings: { state: "partlyRefused", problems: [{ name: "maxCpuPercent", used: "5" }] } },
  });
});

test("only what differs from the last report is sent again", async () => {
  const { hub, follower } = open();
  await follower.follow();
  await follower.report();
  expect(hub.reports).toHaveLength(1);
  hub.push({ eventPriorityLogin: "Off" });
  await settled();
  expect(Object.keys(hub.reports[1] ?? {})).toEqual([
    "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration",
  ]);
});

test("a hub that does not answer leaves everything as it was", async () => {
  const { hub, changes, follower } = open();
  hub.isAway = true;
  await follower.follow();
  expect(changes).toEqual([]);
});

test("a method is answered with what it was given", async () => {
  const { hub } = open();
  expect(await hub.call("ping", { a: 1 })).toEqual({
    status: 200,
    payload: { name: "ping", payload: { a: 1 } },
  });
});
