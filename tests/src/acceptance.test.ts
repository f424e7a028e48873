import { execFileSync, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type Picket, startPicket } from "./picket.js";

const require = createRequire(import.meta.url);
const { Message, ModuleClient } = require("azure-iot-device");
const { Mqtt } = require("azure-iot-device-mqtt");

let picket: Picket;
beforeAll(async () => {
  picket = await startPicket({ agent: true });
});
afterAll(() => picket.stop());

test("the first screen says where everything is, and secrets are for the owner only", () => {
  expect(picket.screen).toMatch(/Console\s+http:\/\/127\.0\.0\.1:\d+/);
  expect(picket.screen).toMatch(/welcome#token=\S{40,}/);
  expect(picket.screen).toMatch(/SHA-256 (?:[0-9A-F]{2}:){31}/);
  expect(picket.screen).toContain("npx picket device add");
  for (const file of [
    "keys/master.key",
    "certificates/ca-key.pem",
    "certificates/hub-key.pem",
    "server.json",
    "agent/connection-string",
  ]) {
    expect(statSync(join(picket.data, file)).mode & 0o777).toBe(0o600);
  }
});

test("a miner started on this machine is an alert with command, user, ancestry and the sentence saying why", async () => {
  await eventually(async () =>
    expect(await picket.kql('SecurityIoTRawEvent | where RawEventName == "SystemInformation"')).not.toEqual(
      [],
    ),
  );
  // A mark of this run, since a repeat of the same command within the hour is folded.
  execFileSync("sh", ["-c", `echo cpuminer-multi ${process.pid}`]);
  const [alert] = await eventually(async () => {
    const found = await picket.kql('SecurityAlert | where AlertName == "Crypto coin miner image"');
    expect(found.length).toBeGreaterThan(0);
    return found;
  });
  expect(alert).toMatchObject({ AlertType: "IoT_CryptoMiner", AlertSeverity: "High", Status: "New" });
  expect(String(alert?.["Reason"])).toContain("cpuminer-multi");
  const ancestry = JSON.parse(String(alert?.["Ancestry"]));
  expect(ancestry[0].CommandLine).toContain(`cpuminer-multi ${process.pid}`);
  expect(ancestry.length).toBeGreaterThan(1);
});

test("a listener opens the recommendation with its port, and its end takes the port out again", async () => {
  const listener = spawn("node", ["-e", "require('node:net').createServer().listen(8888, '0.0.0.0')"], {
    stdio: "ignore",
  });
  const endpoints = async (): Promise<string> =>
    JSON.stringify(await picket.kql('SecurityRecommendation | where RecommendationName == "IoT_OpenPorts"'));
  await eventually(async () => expect(await endpoints()).toContain("0.0.0.0:8888"));
  listener.kill();
  await eventually(async () => expect(await endpoints()).not.toContain("0.0.0.0:8888"));
});

test("an unmodified Azure module client sends an original message and its rows are found by KQL", async () => {
  const added = await picket.run("device", "add", "valve-7");
  const connection = /security module\s+(\S+)/.exec(added)?.[1] ?? "";
  const client = ModuleClient.fromConnectionString(connection, Mqtt);
  client.setOptions({ ca: picket.ca });
  await client.open();
  const event = {
    Id: "5b0c7a10-4d2e-4f31-9a6b-000000000003",
    Name: "ProcessCreate",
    Category: "Triggered",
    EventType: "Security",
    PayloadSchemaVersion: "1.0",
    IsEmpty: false,
    TimestampLocal: "2024-05-14T10:20:30.250+02:00",
    TimestampUTC: "2024-05-14T08:20:30.250Z",
    Payload: [
      {
        Executable: "/bin/tar",
        ProcessId: 5120,
        ParentProcessId: 5001,
        UserId: "0",
        CommandLine: "tar czf /tmp/logs.tgz /var/log",
      },
    ],
  };
  const bad = { ...event, Id: "5b0c7a10-4d2e-4f31-9a6b-000000000004", Category: "Never" };
  const body = {
    AgentVersion: "0.0.5",
    AgentId: "0d8e7c4a-61f9-4b5e-8f3a-2c1b0a998877",
    MessageSchemaVersion: "1.0",
    Events: [event, bad],
  };
  const message = new Message(JSON.stringify(body));
  message.setAsSecurityMessage();
  await client.sendEvent(message);
  const [row] = await eventually(async () => {
    const found = await picket.kql(
      'SecurityIoTRawEvent | where DeviceId == "valve-7" | project RawEventName, CommandLine = tostring(parse_json(EventDetails).CommandLine), TimeStamp',
    );
    expect(found).toHaveLength(1);
    return found;
  });
  expect(row).toMatchObject({
    CommandLine: "tar czf /tmp/logs.tgz /var/log",
    TimeStamp: "2024-05-14T08:20:30.2500000Z",
  });
  expect(await picket.kql("SecurityIoTRejected | project DeviceId, Field, Rule")).toEqual([
    { DeviceId: "valve-7", Field: "/Events/1/Category", Rule: "enum" },
  ]);
  await client.close();
});

test.each([
  { name: "table", given: [], prints: /AlertSeverity\s+count_/ },
  { name: "CSV", given: ["--format", "csv"], prints: /^AlertSeverity,count_\n(?:\w+,\d+\n)*High,\d+/m },
  { name: "JSON", given: ["--format", "json"], prints: /"AlertSeverity": "High"/ },
])("the command line prints $name", async ({ given, prints }) => {
  expect(await picket.run("kql", "SecurityAlert | summarize count() by AlertSeverity", ...given)).toMatch(
    prints,
  );
});

test("a wrong query is refused with its place and a suggestion", async () => {
  await expect(picket.run("kql", "SecurityAlrt | take 1")).rejects.toThrow(
    /Line 1, column 1.*Did you mean SecurityAlert\?/,
  );
});

test("starting again keeps everything", async () => {
  const before = await picket.kql("SecurityAlert | summarize count()");
  expect(await picket.stop()).toBe(0);
  picket = await startPicket({ data: picket.data, agent: true });
  const after = await picket.kql("SecurityAlert | summarize count()");
  expect(Number(after[0]?.["count_"])).toBeGreaterThanOrEqual(Number(before[0]?.["count_"]));
});
