import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { silent } from "@picket/kit";
import { SETTINGS_SECTION } from "@picket/schema";
import { sealKey } from "@picket/sdk";
import { makeCertificates, SmallHub, type TestCertificates } from "@picket/sdk/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Agent, type AgentOptions } from "./agent.js";
import { waysToWatch } from "./sources/open.js";

const root = mkdtempSync(join(tmpdir(), "picket-agent-"));
const key = (letter: string): string => Buffer.from(letter.repeat(32)).toString("base64");
const quiet = {
  maxMemoryInBytes: 1_000_000_000,
  sourcesDisabled: waysToWatch("")
    .map(({ name }) => name)
    .join(","),
};
let certificates: TestCertificates;
let hub: SmallHub;
let agents: Agent[] = [];

beforeAll(() => {
  certificates = makeCertificates();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(async () => {
  hub = await new SmallHub(certificates).listen();
  // The machine is busy and the kernel's sources are tried elsewhere: here it is about the way of the events.
  hub.desired = section(quiet);
});
afterEach(async () => {
  for (const agent of agents) await agent.stop();
  agents = [];
  await hub.close();
});

const section = (values: Record<string, unknown>): Record<string, unknown> => ({
  [SETTINGS_SECTION]: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
});

function agentOf(data: string, options: Partial<AgentOptions> = {}): Agent {
  const connection = {
    hostName: "localhost",
    port: hub.port,
    deviceId: "pump-7",
    moduleId: "azureiotsecurity",
    sharedAccessKey: key("a"),
  };
  const agent = new Agent({
    connection,
    ca: certificates.ca,
    address: "127.0.0.1",
    data,
    lowLatency: true,
    recorder: () => silent,
    ...options,
  });
  agents.push(agent);
  return agent;
}

const folder = (): string => {
  const path = mkdtempSync(join(root, "case-"));
  writeFileSync(join(path, "desired.json"), JSON.stringify(hub.desired));
  return path;
};

interface Told {
  readonly Id: string;
  readonly Name: string;
  readonly Payload: readonly Record<string, unknown>[];
}

const events = (): Told[] => hub.taken.flatMap(({ body }): Told[] => JSON.parse(body.toString()).Events);

async function until<T>(look: () => T | undefined | false, milliseconds = 15_000): Promise<T> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(25)) {
    const found = look();
    if (found) return found;
  }
  throw new Error("It did not happen in time.");
}

test("an agent says hello, tells snapshots, and reports its settings with the version of the twin", async () => {
  await agentOf(folder()).start();
  await until(() => events().some(({ Name }) => Name === "Heartbeat"));
  await until(() => events().some(({ Name }) => Name === "LocalUsers"));
  const reported = await until(() => hub.reported.find((each) => each["picket"]));
  expect(reported).toMatchObject({
    picket: { version: "0.1.0", limits: { step: "full" }, settings: { desiredVersion: 1, state: "applied" } },
  });
});

test("a twin of nonsense is refused value by value, reported and told as ConfigurationError, and the agent goes on", async () => {
  const data = folder();
  hub.desired = section({
    ...quiet,
    snapshotFrequency: "never",
    maxMessageSizeInBytes: -1,
    eventPriorityLogin: "High",
  });
  await agentOf(data).start();
  const wrong = await until(() => {
    const found = events().filter(({ Name }) => Name === "ConfigurationError");
    return found.length >= 2 && found;
  });
  expect(wrong.map(({ Payload: [item] }) => item?.["ConfigurationName"]).sort()).toEqual([
    "maxMessageSizeInBytes",
    "snapshotFrequency",
  ]);
  expect(await hub.call("ping", null)).toMatchObject({ status: 200, body: { version: "0.1.0" } });
});

test("what could not be sent is sent after a restart, each event once, and the twin is obeyed without a hub", async () => {
  const data = folder();
  hub.answer = () => 3;
  const before = agentOf(data);
  const started = before.start();
  await sleep(1_500);
  await before.stop();
  agents = [];
  await started;
  expect(events()).toEqual([]);
  hub.answer = () => 0;
  const after = agentOf(data);
  await after.start();
  await until(() => events().filter(({ Name }) => Name === "Heartbeat").length >= 2);
  const ids = events().map(({ Id }) => Id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("every event is accounted for: made = sent + dropped + waiting", async () => {
  await agentOf(folder()).start();
  await until(() => events().some(({ Name }) => Name === "LocalUsers"));
  const { body } = await hub.call("ping", null);
  const { balance } = body as {
    balance: {
      queue: string;
      made: number;
      sent: number;
      waiting: number;
      dropped: Record<string, number>;
    }[];
  };
  expect(balance.length).toBe(4);
  for (const { made, sent, waiting, dropped } of balance)
    expect(sent + waiting + Object.values(dropped).reduce((total, count) => total + count, 0)).toBe(made);
});

test("orders are refused until the twin allows them, then obeyed, with an event each", async () => {
  const data = folder();
  await agentOf(data).start();
  expect(await hub.call("takeSnapshot", { name: "LocalUsers" })).toMatchObject({
    status: 403,
    body: { result: "Refused" },
  });
  hub.push(
    section({
      ...quiet,
      responseActionsAllowed: "takeSnapshot,collectFile",
      responseFilePaths: data,
    }),
  );
  await until(() => hub.reported.some((each) => JSON.stringify(each).includes("takeSnapshot")));
  expect(await hub.call("takeSnapshot", { name: "LocalUsers" })).toMatchObject({
    status: 200,
    body: { result: "Done" },
  });
  expect(await hub.call("collectFile", { path: join(data, "agent-id") })).toMatchObject({
    status: 200,
    body: { proof: { size: 36 } },
  });
  expect(await hub.call("killProcess", { pid: 1 })).toMatchObject({ status: 403 });
  const told = await until(() => {
    const found = events().filter(({ Name }) => Name === "ResponseAction");
    return found.length >= 4 && found;
  });
  expect(told.map(({ Payload: [item] }) => item?.["Result"])).toEqual(["Refused", "Done", "Done", "Refused"]);
});

test("a key that the twin offers is used from then on, and after a restart", async () => {
  const data = folder();
  await agentOf(data).start();
  const owner = { deviceId: "pump-7", moduleId: "azureiotsecurity" };
  hub.push({ sharedAccessKeyRotation: sealKey(owner, key("a"), key("b")) });
  await until(() => hub.reported.some((each) => /"key":"[0-9a-f]{16}"/.test(JSON.stringify(each))));
  expect(JSON.parse(readFileSync(join(data, "key.json"), "utf8"))).toMatchObject({ key: key("b") });
  expect(JSON.stringify(hub.reported)).not.toContain(key("b"));
});

test("an unknown method is answered with those there are", async () => {
  await agentOf(folder()).start();
  expect(await hub.call("reboot", {})).toMatchObject({
    status: 404,
    body: { message: expect.stringContaining("it has ping, collectNow and killProcess") },
  });
});

test("a hub that refuses the key ends the start with what to check", async () => {
  hub.answer = () => 4;
  await expect(agentOf(folder()).start()).rejects.toThrow(
    /refused pump-7\/azureiotsecurity: the key or token is wrong/,
  );
});
