import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SETTINGS_SECTION } from "@picket/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type Picket, startPicket } from "./picket.js";

const bundle = fileURLToPath(new URL("../../device/agent/dist/picket-agent.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "picket-agent-house-"));
const agents: ChildProcess[] = [];
let picket: Picket;
let handle: { origin: string; token: string };

beforeAll(async () => {
  picket = await startPicket();
  handle = JSON.parse(readFileSync(join(picket.data, "server.json"), "utf8"));
  writeFileSync(join(root, "ca.pem"), picket.ca);
});
afterAll(async () => {
  for (const agent of agents) agent.kill("SIGTERM");
  await picket.stop();
  rmSync(root, { recursive: true, force: true });
});

async function api(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${handle.origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${handle.token}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? {} : JSON.parse(text);
}

function startAgent(id: string, ...given: string[]): ChildProcess {
  const options = [
    "--ca",
    join(root, "ca.pem"),
    "--data",
    join(root, id),
    "--address",
    "127.0.0.1",
    "--low-latency",
    ...given,
  ];
  const child = spawn(process.execPath, ["--max-semi-space-size=1", bundle, ...options], {
    stdio: process.env["AGENT_LOG"] ? "inherit" : "ignore",
  });
  agents.push(child);
  return child;
}

const rows = (id: string, name: string) =>
  picket.kql(`SecurityIoTRawEvent | where DeviceId == "${id}" and RawEventName == "${name}"`);

test("a device that enrols itself with its group's key is assigned, and its events are rows", async () => {
  await api("PUT", "/hub/enrolments/group/pumps", {
    enrollmentGroupId: "pumps",
    attestation: { type: "symmetricKey" },
  });
  const { primaryKey } = await api("POST", "/hub/enrolments/group/pumps/keys", {});
  const { idScope } = await api("GET", "/hub");
  const file = join(root, "enrolment.json");
  writeFileSync(
    file,
    JSON.stringify({
      hostName: "localhost",
      port: picket.mqttPort,
      idScope,
      registrationId: "pump-9",
      groupKey: primaryKey,
    }),
  );
  startAgent("pump-9", "--enrolment-file", file);
  await eventually(async () => expect(await rows("pump-9", "Heartbeat")).not.toEqual([]), 40_000);
  expect(readFileSync(join(root, "pump-9/connection-string"), "utf8")).toMatch(
    /^HostName=localhost.*DeviceId=pump-9;/,
  );
});

test("a value that the twin sets is in force, one that does not fit is refused, reported and a row", async () => {
  const { connection } = await api("POST", "/devices", { id: "pump-10" });
  const { connectionString } = connection as { connectionString: string };
  writeFileSync(join(root, "connection-string"), connectionString);
  startAgent("pump-10", "--connection-string-file", join(root, "connection-string"));
  await eventually(async () => expect(await rows("pump-10", "Heartbeat")).not.toEqual([]), 40_000);
  const desired = {
    [SETTINGS_SECTION]: { snapshotFrequency: { value: "PT20M" }, maxMessageSizeInBytes: { value: "huge" } },
  };
  await api("PATCH", "/hub/devices/pump-10/twin", { moduleId: "azureiotsecurity", desired });
  await eventually(async () => {
    const [error] = await rows("pump-10", "ConfigurationError");
    expect(JSON.stringify(error)).toContain("maxMessageSizeInBytes");
  }, 40_000);
  const { twin } = await api("GET", "/hub/devices/pump-10/twin?moduleId=azureiotsecurity");
  expect(twin).toMatchObject({
    properties: {
      reported: {
        [SETTINGS_SECTION]: {
          snapshotFrequency: { value: "PT20M" },
          maxMessageSizeInBytes: { value: 204_800 },
        },
        picket: { settings: { state: "partlyRefused" } },
      },
    },
  });
});
