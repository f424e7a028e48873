import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent } from "@picket/kit";
import { securityEvent } from "@picket/sdk";
import { afterAll, expect, test } from "vitest";
import { Rounds } from "../rounds.js";
import { Settings } from "../settings/settings.js";
import { Delivery } from "./delivery.js";

const root = mkdtempSync(join(tmpdir(), "picket-delivery-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function open(lowLatency = false) {
  const clock = { now: 0 };
  const hub = { isConnected: true, bodies: [] as string[] };
  const settings = new Settings({ outboxBytes: 10_000_000 });
  const rounds = new Rounds({ failed: () => {} });
  const delivery = new Delivery({
    folder: mkdtempSync(join(root, "case-")),
    client: {
      get isConnected() {
        return hub.isConnected;
      },
      send: async (body) => void hub.bodies.push(String(body)),
    },
    sender: { agentId: "0d8e7c4a-61f9-4b5e-8f3a-2c1b0a998877", agentVersion: "1" },
    settings,
    recorder: silent,
    rounds,
    lowLatency: () => lowLatency,
    now: () => clock.now,
  });
  delivery.obey();
  const sent = () =>
    hub.bodies.flatMap((body) => JSON.parse(body).Events.map(({ Name }: { Name: string }) => Name));
  return { delivery, settings, hub, clock, rounds, sent };
}

const login = () =>
  securityEvent("Login", [
    { ProcessId: 1, Executable: "x", Operation: "ssh", Result: "Fail", UserName: "root" },
  ]);
const start = () =>
  securityEvent("ProcessCreate", [
    { Executable: "x", ProcessId: 1, ParentProcessId: 1, UserId: "0", CommandLine: "x" },
  ]);
const MINUTE = 60_000;

test("what was kept is sent when its queue is due, with what waits in the others", async () => {
  const { delivery, clock, sent } = open();
  await delivery.tick();
  delivery.keep([start()]);
  clock.now = 6 * MINUTE;
  await delivery.tick();
  expect(sent()).toEqual([]);
  delivery.keep([login()]);
  clock.now = 7 * MINUTE;
  await delivery.tick();
  expect(sent()).toEqual(["Login", "ProcessCreate"]);
});

test("what comes due while the hub is away is sent as soon as it is back", async () => {
  const { delivery, hub, clock, sent } = open();
  await delivery.tick();
  delivery.keep([login()]);
  hub.isConnected = false;
  clock.now = 100 * MINUTE;
  await delivery.tick();
  hub.isConnected = true;
  await delivery.tick();
  expect(sent()).toEqual(["Login"]);
});

test("an event that is switched off is not kept, and a shorter interval holds at once", async () => {
  const { delivery, settings, clock, sent } = open();
  await delivery.tick();
  settings.replace({
    eventPriorityLogin: "Off",
    highPriorityMessageFrequency: "PT1M",
    lowPriorityMessageFrequency: "PT2M",
  });
  delivery.obey();
  delivery.keep([login(), start()]);
  clock.now = 2 * MINUTE;
  await delivery.tick();
  expect(sent()).toEqual(["ProcessCreate"]);
});

test("a message's worth is sent before its time", async () => {
  const { delivery, sent } = open();
  await delivery.tick();
  for (let index = 0; index < 1_000; index += 1) delivery.keep([start()]);
  delivery.balance();
  await delivery.tick();
  expect(sent().length).toBe(1_000);
});

test("at low latency an event is sent in a moment, and at the end everything", async () => {
  const { delivery, rounds, sent } = open(true);
  delivery.keep([login()]);
  for (let tries = 0; tries < 100 && sent().length === 0; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sent()).toEqual(["Login"]);
  rounds.stop();
  delivery.keep([start()]);
  await delivery.close();
  expect(sent()).toEqual(["Login", "ProcessCreate"]);
  expect(delivery.balance().map(({ made, sent: taken }) => made - taken)).toEqual([0, 0, 0, 0]);
});
