import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LogsQueryClient as EarlierLogsQueryClient } from "@azure/monitor-query";
import { LogsQueryClient } from "@azure/monitor-query-logs";
import { Client as KustoClient, KustoConnectionStringBuilder } from "azure-kusto-data";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Picket, startPicket } from "./picket.js";

let picket: Picket;
let handle: { webPort: number; workspaceId: string; token: string };
const DAY = { duration: "P1D" };

beforeAll(async () => {
  picket = await startPicket();
  handle = JSON.parse(readFileSync(join(picket.data, "server.json"), "utf8"));
  await picket.run("device", "add", "pump-7");
  await picket.run("device", "add", "pump-8");
});
afterAll(() => picket?.stop());

const credential = {
  getToken: async () => ({ token: handle.token, expiresOnTimestamp: Date.now() + 3_600_000 }),
};
const endpoint = (): string => `https://127.0.0.1:${handle.webPort}/v1`;
const options = () => ({ endpoint: endpoint(), tlsOptions: { ca: picket.ca } });

const everyType =
  'print Whole = long(9007199254740993), Text = "it\'s \\"so\\"", At = datetime(2026-03-01T00:00:00.1234567Z), Span = 1d + 2h, Real = 1.5, Yes = true, Bag = dynamic({"a":[1,2]}), Nothing = long(null)';

describe("the unmodified @azure/monitor-query-logs client", () => {
  test("asks a workspace and gets typed columns", async () => {
    const result = await new LogsQueryClient(credential, options()).queryWorkspace(
      handle.workspaceId,
      everyType,
      DAY,
    );
    if (result.status !== "Success") throw new Error(result.status);
    const [table] = result.tables;
    expect(table?.columnDescriptors.map(({ type }) => type)).toEqual([
      "long",
      "string",
      "datetime",
      "timespan",
      "real",
      "bool",
      "dynamic",
      "long",
    ]);
    expect(table?.rows[0]?.slice(1)).toEqual([
      'it\'s "so"',
      new Date("2026-03-01T00:00:00.123Z"),
      "1.02:00:00",
      1.5,
      true,
      { a: [1, 2] },
      null,
    ]);
  });

  test("gets statistics and the chart it asked for, within its time span", async () => {
    const client = new LogsQueryClient(credential, options());
    const query =
      "IoTDevice | summarize Devices = dcount(DeviceId) by bin(TimeGenerated, 1h) | render timechart";
    const asked = { includeQueryStatistics: true, includeVisualization: true, serverTimeoutInSeconds: 30 };
    const result = await client.queryWorkspace("default", query, DAY, asked);
    if (result.status !== "Success") throw new Error(result.status);
    expect(result.tables[0]?.rows[0]?.[1]).toBe(2);
    expect(result.statistics).toHaveProperty("query.executionTime");
    expect(result.visualization).toMatchObject({ visualization: "timechart" });
    const before = { startTime: new Date("2020-01-01"), endTime: new Date("2020-01-02") };
    const nothing = await client.queryWorkspace("default", "IoTDevice | count", before);
    expect(nothing).toMatchObject({ tables: [{ rows: [[0]] }] });
  });

  test("a batch answers each query by itself", async () => {
    const client = new LogsQueryClient(credential, options());
    const results = await client.queryBatch([
      { workspaceId: "default", query: "print 1", timespan: DAY },
      { workspaceId: "default", query: "IoTDevice | where DevceId == 'x'", timespan: DAY },
    ]);
    expect(results[0]).toMatchObject({ status: "Success", tables: [{ rows: [[1]] }] });
    expect(results[1]?.status).not.toBe("Success");
  });

  test.each([
    { name: "a wrong column", query: "IoTDevice | where DevceId == 'x'", says: "SemanticError" },
    { name: "no query", query: "IoTDevice | where | take", says: "SyntaxError" },
  ])("$name is refused as Log Analytics does, with line and place", async ({ query, says }) => {
    const asked = new LogsQueryClient(credential, options()).queryWorkspace("default", query, DAY);
    await expect(asked).rejects.toMatchObject({
      statusCode: 400,
      details: { error: { code: "BadArgumentError", innererror: { code: says } } },
    });
  });

  test("an unknown workspace is not found, a wrong token not admitted", async () => {
    const client = new LogsQueryClient(credential, options());
    await expect(client.queryWorkspace("another", "print 1", DAY)).rejects.toMatchObject({
      statusCode: 404,
    });
    const stranger = { getToken: async () => ({ token: "pk_wrong", expiresOnTimestamp: Date.now() + 9e6 }) };
    const refused = new LogsQueryClient(stranger, options()).queryWorkspace("default", "print 1", DAY);
    await expect(refused).rejects.toMatchObject({ statusCode: 401 });
  });
});

test("the unmodified @azure/monitor-query client of before asks the same way", async () => {
  const client = new EarlierLogsQueryClient(credential, {
    endpoint: endpoint().replace("/v1", ""),
    tlsOptions: { ca: picket.ca },
  });
  const result = await client.queryWorkspace(handle.workspaceId, "print Answer = 42", DAY);
  expect(result).toMatchObject({ status: "Success", tables: [{ rows: [[42]] }] });
});

describe("the unmodified azure-kusto-data client", () => {
  const kusto = (): KustoClient =>
    new KustoClient(KustoConnectionStringBuilder.withAccessToken(picket.origin, handle.token));

  test("asks by the second version of the protocol", async () => {
    const results = await kusto().execute("picket", everyType);
    const [row] = [...results.primaryResults[0]!.rows()];
    expect(row?.toJSON()).toMatchObject({ Text: 'it\'s "so"', Real: 1.5, Yes: true, Nothing: null });
    expect(row?.["Span"]).toBe(93_600_000);
  });

  test("asks by the first version of the protocol", async () => {
    const results = await kusto().executeQueryV1("picket", "IoTDevice | summarize dcount(DeviceId)");
    expect([...results.primaryResults[0]!.rows()][0]?.toJSON()).toEqual({ dcount_DeviceId: 2 });
  });

  test.each([
    { command: ".show databases", column: "DatabaseName", value: "picket" },
    { command: ".show version", column: "ServiceType", value: "Engine" },
    { command: ".show table IoTDevice cslschema", column: "TableName", value: "IoTDevice" },
    { command: ".show database ['picket'] schema as json", column: "DatabaseSchema", value: undefined },
    { command: ".show tables", column: "DatabaseName", value: "picket" },
  ])("looks around with $command", async ({ command, column, value }) => {
    const results = await kusto().execute("picket", command);
    const [row] = [...results.primaryResults[0]!.rows()];
    const found = row?.toJSON()[column];
    if (value === undefined)
      expect(JSON.parse(String(found)).Databases.picket.Tables).toHaveProperty("SecurityAlert");
    else expect(found).toBe(value);
  });

  test.each([
    { name: "a wrong column", text: "IoTDevice | where DevceId == 'x'", says: /DevceId/ },
    { name: "a command that changes things", text: ".drop table IoTDevice", says: /not known here/ },
  ])("$name is refused as Kusto does", async ({ text, says }) => {
    const refused = await kusto()
      .execute("picket", text)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({
      response: { status: 400, data: { error: { "@message": expect.stringMatching(says) } } },
    });
  });
});

test("every query through every door leaves its row in the audit table", async () => {
  const rows = await picket.kql(
    'PicketAudit | where Action == "query.run" | summarize Queries = count() by Target | order by Target asc',
  );
  const byDoor = Object.fromEntries(rows.map(({ Target, Queries }) => [Target, Queries]));
  expect(byDoor["kusto"]).toBe(3);
  expect(byDoor["log-analytics"]).toBeGreaterThanOrEqual(8);
});
