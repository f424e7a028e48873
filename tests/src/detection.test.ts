import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ApiError, type Client, openClient } from "@picket/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type Picket, startPicket } from "./picket.js";

const require = createRequire(import.meta.url);
const { Message, ModuleClient } = require("azure-iot-device");
const { Mqtt } = require("azure-iot-device-mqtt");

let picket: Picket;
let api: Client;
let device: { sendEvent(message: unknown): Promise<void>; close(): Promise<void> };

beforeAll(async () => {
  picket = await startPicket();
  const { token } = JSON.parse(readFileSync(join(picket.data, "server.json"), "utf8"));
  api = openClient({ origin: picket.origin, token, fetch });
  const { connection } = await api("POST /devices", {
    body: { id: "pump-7", tags: { SecurityGroup: "pumps" } },
  });
  device = ModuleClient.fromConnectionString(connection.connectionString, Mqtt);
  Reflect.get(device, "setOptions").call(device, { ca: picket.ca });
  await Reflect.get(device, "open").call(device);
});
afterAll(async () => {
  await device?.close();
  await picket?.stop();
});

async function send(CommandLine: string): Promise<void> {
  const at = new Date().toISOString();
  const message = new Message(
    JSON.stringify({
      AgentVersion: "1.0.0",
      AgentId: randomUUID(),
      MessageSchemaVersion: "1.0",
      Events: [
        {
          Id: randomUUID(),
          Name: "ProcessCreate",
          Category: "Triggered",
          EventType: "Security",
          PayloadSchemaVersion: "1.0",
          IsEmpty: false,
          TimestampLocal: at,
          TimestampUTC: at,
          Payload: [
            {
              Executable: CommandLine.split(" ")[0],
              ProcessId: 9,
              ParentProcessId: 1,
              UserId: "0",
              CommandLine,
            },
          ],
        },
      ],
    }),
  );
  message.setAsSecurityMessage();
  await device.sendEvent(message);
}

const alertsOf = async (ruleId: string): Promise<Record<string, unknown>[]> =>
  (await api("GET /alerts", { query: { ruleId } })).alerts.map((alert) => ({ ...alert }));

const sigma = `title: A zebra was started
id: zebra
author: Ann
license: DRL 1.1
level: medium
logsource: { product: linux, category: process_creation }
detection:
  s: { CommandLine|contains: zebra }
  condition: s
`;

test("a rule finds what is stored, then watches, names its author, and hunts through what came before", async () => {
  await send("/opt/zebra --old");
  await eventually(async () =>
    expect(await picket.kql("SecurityIoTRawEvent | where EventDetails contains 'zebra'")).toHaveLength(1),
  );
  const file = join(picket.data, "zebra.yml");
  writeFileSync(file, sigma);
  expect(await picket.run("rules", "backtest", file, "--format", "csv")).toContain(
    "A zebra was started,1,1,",
  );
  await picket.run("rules", "pack", "set", "animals", file);
  expect(await alertsOf("sigma/zebra")).toEqual([]);
  await send("/opt/zebra --new");
  await eventually(async () => expect(await alertsOf("sigma/zebra")).toHaveLength(1));
  const [alert] = await alertsOf("sigma/zebra");
  expect(JSON.parse(String(alert?.["ExtendedProperties"]))).toMatchObject({
    RuleAuthor: "Ann",
    RuleLicence: "DRL 1.1",
  });
  await picket.run("rules", "hunt", "sigma/zebra");
  expect(await alertsOf("sigma/zebra")).toHaveLength(2);
});

test("a rule file that is wrong is refused with the place, and why says why", async () => {
  const file = join(picket.data, "wrong.yml");
  writeFileSync(file, sigma.replace("CommandLine|contains", "CommandLine|loud"));
  await expect(picket.run("rules", "pack", "set", "wrong", file)).rejects.toThrow(
    /wrong\.yml:8:\d+ "loud" is no modifier/,
  );
  await expect(picket.run("rules", "lint", file)).rejects.toThrow();
  const [row] = await picket.kql("SecurityIoTRawEvent | where EventDetails contains 'zebra' | take 1");
  const why = await picket.run("rules", "why", String(row?.["IoTRawEventId"]), "--rule", "sigma/zebra");
  expect(why).toContain('CommandLine is like "*zebra*"');
});

test("a list of a security group fires within seconds of being set", async () => {
  const value = { denylistRules: [{ ruleType: "ProcessDenied", isEnabled: true, denylistValues: ["nc"] }] };
  const span = {
    from: new Date(Date.now() - 3_600_000).toISOString(),
    to: new Date(Date.now() + 60_000).toISOString(),
  };
  await send("/usr/bin/nc -z 10.0.0.1 22");
  await eventually(async () => {
    const { rules } = await api("POST /detection/backtest", {
      body: { group: { name: "pumps", value }, ...span },
    });
    expect(rules).toMatchObject([{ id: "custom/pumps/ProcessDenied", hits: 1, devices: 1 }]);
  });
  await api("PUT /detection/security-groups/{name}", { params: { name: "pumps" }, body: value });
  await send("/usr/bin/nc -z 10.0.0.2 22");
  await eventually(async () => expect(await alertsOf("custom/pumps/ProcessDenied")).toHaveLength(1));
  const wrong = api("PUT /detection/security-groups/{name}", {
    params: { name: "pumps" },
    body: { denylistRules: [{ ruleType: "ProcessDenied", isEnabled: true, denylistValues: [7] }] },
  });
  await expect(wrong).rejects.toBeInstanceOf(ApiError);
});

test("a rule that is switched off is silent until it is switched on", async () => {
  const params = { name: "sigma/zebra" };
  await api("PUT /detection/rules/{name}", { params, body: { isOff: true, reason: "noise" } });
  const before = (await alertsOf("sigma/zebra")).length;
  await send("/opt/zebra --silent");
  await eventually(async () =>
    expect(await picket.kql("SecurityIoTRawEvent | where EventDetails contains '--silent'")).toHaveLength(1),
  );
  expect(await alertsOf("sigma/zebra")).toHaveLength(before);
  await api("PUT /detection/rules/{name}", { params, body: { isOff: false, reason: "" } });
  await send("/opt/zebra --loud");
  await eventually(async () => expect(await alertsOf("sigma/zebra")).toHaveLength(before + 1));
});

test("an exception is proposed from a false positive, refused when it hides a true one, and then keeps alerts away", async () => {
  const [first, second] = await alertsOf("sigma/zebra");
  const close = (id: unknown, disposition: "falsePositive" | "truePositive"): Promise<unknown> =>
    api("POST /alerts/decide", {
      body: { ids: [String(id)], action: "close", disposition, reason: "looked" },
    });
  await close(first?.["SystemAlertId"], "falsePositive");
  await close(second?.["SystemAlertId"], "truePositive");
  const { exception, covered } = await api("POST /exceptions/propose", {
    body: { alertId: String(first?.["SystemAlertId"]) },
  });
  expect(exception.where["Executable"]).toBe("/opt/zebra");
  expect(covered).toMatchObject({ alerts: 1, truePositives: 0 });
  const wide = { ruleId: "sigma/zebra", where: { Executable: "/opt/zebra" } };
  const params = { name: "zebra" };
  await expect(api("PUT /exceptions/{name}", { params, body: { ...wide, reason: "ours" } })).rejects.toThrow(
    "true positive",
  );
  await api("PUT /exceptions/{name}", { params, body: { ...wide, reason: "ours", evenTruePositives: true } });
  const before = (await alertsOf("sigma/zebra")).length;
  await send("/opt/zebra --excepted");
  await eventually(async () =>
    expect((await api("GET /exceptions")).exceptions).toMatchObject([{ name: "zebra", kept: 1 }]),
  );
  expect(await alertsOf("sigma/zebra")).toHaveLength(before);
});

test("a suppression is previewed, and clocks say what is late", async () => {
  const body = {
    kind: "maintenance",
    device: "pump-*",
    from: new Date().toISOString(),
    until: new Date(Date.now() + 60_000).toISOString(),
  } as const;
  expect((await api("POST /suppressions/preview", { body })).total).toBeGreaterThan(0);
  await api("PUT /suppressions/{name}", {
    params: { name: "update" },
    body: { ...body, reason: "firmware" },
  });
  expect((await api("GET /suppressions")).suppressions).toMatchObject([
    { name: "update", kind: "maintenance" },
  ]);
  await api("PUT /alert-clocks/{severity}", {
    params: { severity: "Low" },
    body: { acknowledgeMinutes: 10, closeMinutes: 0 },
  });
  expect((await api("GET /alert-clocks")).clocks).toEqual({
    Low: { acknowledgeMinutes: 10, closeMinutes: 0 },
  });
});

test("an alert goes out by the routes that take it, once", async () => {
  const params = { name: "disk" };
  await api("DELETE /suppressions/{name}", { params: { name: "update" } });
  await api("PUT /deliveries/routes/{name}", {
    params,
    body: { kind: "file", format: "cef", rule: "custom/*" },
  });
  expect(await api("POST /deliveries/routes/{name}/test", { params })).toEqual({ isDelivered: true });
  expect((await api("POST /deliveries/preview", { body: { kind: "file", rule: "custom/*" } })).takes).toBe(1);
  await send("/bin/nc -z 10.0.0.3 22");
  await send("/opt/zebra --not-by-this-route");
  await eventually(async () => {
    const { deliveries } = await api("GET /deliveries/log");
    expect(deliveries).toMatchObject([{ route: "disk", state: "sent" }]);
  });
  const lines = readFileSync(join(picket.data, "deliveries", "disk.log"), "utf8")
    .trim()
    .split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain("|IoT_CA_ProcessDenied|");
});
