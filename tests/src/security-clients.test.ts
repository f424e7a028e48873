import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { SecurityCenter } from "@azure/arm-security";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Picket, startPicket } from "./picket.js";

const require = createRequire(import.meta.url);
const { Message, ModuleClient } = require("azure-iot-device");
const { Mqtt } = require("azure-iot-device-mqtt");

const GROUP = "factory";
const HUB = "subscriptions/s1/resourceGroups/factory/providers/Microsoft.Devices/IotHubs/hub";
let picket: Picket;
let client: SecurityCenter;

beforeAll(async () => {
  picket = await startPicket();
  const { token, webPort } = JSON.parse(readFileSync(join(picket.data, "server.json"), "utf8"));
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const endpoint = `https://127.0.0.1:${webPort}`;
  client = new SecurityCenter(credential, "s1", { endpoint, tlsOptions: { ca: picket.ca } });
  const added = await picket.run("device", "add", "pump-7");
  const device = ModuleClient.fromConnectionString(/security module\s+(\S+)/.exec(added)?.[1] ?? "", Mqtt);
  device.setOptions({ ca: picket.ca });
  await device.open();
  const at = new Date().toISOString();
  const event = {
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
        Executable: "/bin/sh",
        ProcessId: 9,
        ParentProcessId: 1,
        UserId: "0",
        CommandLine: "sh -c echo cpuminer-multi",
      },
    ],
  };
  const message = new Message(
    JSON.stringify({
      AgentVersion: "1",
      AgentId: randomUUID(),
      MessageSchemaVersion: "1.0",
      Events: [event],
    }),
  );
  message.setAsSecurityMessage();
  await device.sendEvent(message);
  await device.close();
  await eventually(async () =>
    expect(await picket.kql("SecurityAlert | where AlertType == 'IoT_CryptoMiner'")).toHaveLength(1),
  );
});
afterAll(() => picket?.stop());

const all = async <T>(pages: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const each of pages) found.push(each);
  return found;
};

describe("the unmodified @azure/arm-security client", () => {
  test("makes, finds, changes and removes a solution", async () => {
    const body = { location: "local", displayName: "Pumps", iotHubs: [`/${HUB}`] };
    const made = await client.iotSecuritySolution.createOrUpdate(GROUP, "pumps", body);
    expect(made).toMatchObject({ name: "pumps", displayName: "Pumps", status: "Enabled" });
    expect((await all(client.iotSecuritySolution.listBySubscription())).map(({ name }) => name)).toEqual([
      "pumps",
    ]);
    expect(await all(client.iotSecuritySolution.listByResourceGroup("other"))).toEqual([]);
    const changed = await client.iotSecuritySolution.update(GROUP, "pumps", { tags: { plant: "north" } });
    expect(changed).toMatchObject({ tags: { plant: "north" }, displayName: "Pumps" });
    await client.iotSecuritySolution.delete(GROUP, "pumps");
    await expect(client.iotSecuritySolution.get(GROUP, "pumps")).rejects.toMatchObject({ statusCode: 404 });
    await client.iotSecuritySolution.delete(GROUP, "pumps");
  });

  test("reads what a solution found, and dismisses an aggregated alert", async () => {
    const analytics = await client.iotSecuritySolutionAnalytics.get(GROUP, "localhost");
    expect(analytics).toMatchObject({
      metrics: { high: 1 },
      unhealthyDeviceCount: 1,
      topAlertedDevices: [{ deviceId: "pump-7", alertsCount: 1 }],
    });
    expect((await client.iotSecuritySolutionAnalytics.list(GROUP, "localhost")).value).toHaveLength(1);
    const operations = client.iotSecuritySolutionsAnalyticsAggregatedAlert;
    const [alert] = await all(operations.list(GROUP, "localhost"));
    expect(alert).toMatchObject({
      alertType: "IoT_CryptoMiner",
      reportedSeverity: "High",
      count: 1,
      topDevicesList: [{ deviceId: "pump-7" }],
    });
    const name = alert?.name ?? "";
    expect(name).toMatch(/^IoT_CryptoMiner\/\d{4}-\d\d-\d\d$/);
    expect(await operations.get(GROUP, "localhost", name)).toMatchObject({ name });
    await operations.dismiss(GROUP, "localhost", name);
    expect(await all(operations.list(GROUP, "localhost"))).toEqual([]);
  });

  test("reads aggregated recommendations", async () => {
    const found = await all(client.iotSecuritySolutionsAnalyticsRecommendation.list(GROUP, "localhost"));
    for (const each of found) expect(each).toMatchObject({ recommendationTypeId: each.name });
    await expect(
      client.iotSecuritySolutionsAnalyticsRecommendation.get(GROUP, "localhost", "IoT_Nothing"),
    ).rejects.toMatchObject({ statusCode: 404 });
  });

  test("sets, reads and removes a device security group", async () => {
    const groups = client.deviceSecurityGroups;
    const rules = {
      timeWindowRules: [
        {
          ruleType: "ActiveConnectionsNotInAllowedRange" as const,
          isEnabled: true,
          minThreshold: 0,
          maxThreshold: 30,
          timeWindowSize: "PT05M",
        },
      ],
    };
    const made = await groups.createOrUpdate(HUB, "pumps", rules);
    expect(made.timeWindowRules).toHaveLength(16);
    const got = await groups.get(HUB, "pumps");
    expect(got.timeWindowRules?.filter(({ isEnabled }) => isEnabled)).toMatchObject([
      { ruleType: "ActiveConnectionsNotInAllowedRange", maxThreshold: 30, timeWindowSize: "PT05M" },
    ]);
    expect((await all(groups.list(HUB))).map(({ name }) => name)).toEqual(["default", "pumps"]);
    const wrong = groups.createOrUpdate(HUB, "pumps", {
      allowlistRules: [{ ruleType: "ConnectionToIpNotAllowed", isEnabled: true, allowlistValues: ["ten"] }],
    });
    await expect(wrong).rejects.toMatchObject({ statusCode: 400, code: "PIPELINE_BAD_GROUP" });
    await groups.delete(HUB, "pumps");
    await expect(groups.get(HUB, "pumps")).rejects.toMatchObject({ statusCode: 404 });
  });
});
