import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { prepareTables } from "./prepare-tables.js";

test("texts that an older version left out are empty, not null", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const writer = await instance.connect();
  await writer.run('CREATE TABLE "SecurityAlert" ("TimeGenerated" TIMESTAMP, "AlertName" VARCHAR)');
  await writer.run(`INSERT INTO "SecurityAlert" VALUES ('2026-03-01', NULL), ('2026-03-01', 'Miner')`);
  await prepareTables(writer);
  await writer.run(`INSERT INTO "SecurityAlert" BY NAME SELECT TIMESTAMP '2026-03-02' AS "TimeGenerated"`);
  const found = await writer.runAndReadAll(
    `SELECT count(*) FILTER (WHERE "AlertName" IS NULL OR "DeviceId" IS NULL), count(*) FILTER (WHERE "AlertName" = '') FROM "SecurityAlert"`,
  );
  expect(found.getRows()).toEqual([[0n, 2n]]);
  writer.closeSync();
  instance.closeSync();
});
