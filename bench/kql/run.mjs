#!/usr/bin/env node
// KQL against the same question in hand-written SQL, on the same rows in the same run; and what compiling costs.
// usage: run.mjs DIRECTORY     (filled by generate.mjs)
import { DuckDBInstance } from "@duckdb/node-api";
import { openLanguage, runStages } from "@picket/kql";
import { loadKusto } from "@picket/kql/node";
import { databaseSchema } from "@picket/workspace";

const [directory] = process.argv.slice(2);
const RUNS = 5;
const now = new Date("2026-03-11T00:00:00Z");
const instance = await DuckDBInstance.create(`${directory}/workspace.duckdb`, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
for (const setting of ["TimeZone='UTC'", "threads=2", "memory_limit='1GB'"])
  await connection.run(`SET ${setting}`);
const language = openLanguage(loadKusto(), databaseSchema());

const T = '"SecurityIoTRawEvent"';
const DAY = "\"TimeGenerated\" > TIMESTAMP '2026-03-10 00:00:00'";
const TEN = "\"TimeGenerated\" > TIMESTAMP '2026-03-01 00:00:00'";
const WIRE = "strftime(t, '%Y-%m-%dT%H:%M:%S.%f') || '0Z'";
const questions = [
  {
    name: "last hour of one device",
    limitMs: 100,
    kql: `SecurityIoTRawEvent | where TimeGenerated > ago(1h) and DeviceId == "device-0" | project TimeGenerated, RawEventName, EventDetails`,
    sql: `SELECT ${WIRE.replace("t,", '"TimeGenerated",')}, "RawEventName", "EventDetails" FROM ${T} WHERE "TimeGenerated" > TIMESTAMP '2026-03-10 23:00:00' AND "DeviceId" = 'device-0'`,
  },
  {
    name: "top 10 processes of a day",
    limitMs: 100,
    kql: `SecurityIoTRawEvent | where TimeGenerated > ago(1d) and RawEventName == "Process" | extend E = tostring(parse_json(EventDetails).Executable) | summarize n = count() by E | top 10 by n`,
    sql: `SELECT "Executable", count(*) n FROM ${T} WHERE ${DAY} AND "RawEventName" = 'Process' GROUP BY 1 ORDER BY n DESC LIMIT 10`,
  },
  {
    name: "count by hour and name, 10 days",
    limitMs: 500,
    kql: `SecurityIoTRawEvent | where TimeGenerated > ago(10d) | summarize count() by bin(TimeGenerated, 1h), RawEventName`,
    sql: `SELECT ${WIRE.replace("t,", "b,")}, "RawEventName", n FROM (SELECT time_bucket(INTERVAL 1 HOUR, "TimeGenerated") b, "RawEventName", count(*) n FROM ${T} WHERE ${TEN} GROUP BY 1, 2)`,
  },
  {
    name: "command line contains, 10 days",
    limitMs: 1000,
    kql: `SecurityIoTRawEvent | where TimeGenerated > ago(10d) and parse_json(EventDetails).CommandLine contains "| CURL" | summarize count() by DeviceId`,
    sql: `SELECT "DeviceId", count(*) FROM ${T} WHERE ${TEN} AND contains(lower("CommandLine"), '| curl') GROUP BY 1`,
  },
  {
    name: "command line has, 10 days",
    kql: `SecurityIoTRawEvent | where TimeGenerated > ago(10d) and parse_json(EventDetails).CommandLine has "curl" | count`,
    sql: `SELECT count(*) FROM ${T} WHERE ${TEN} AND contains(lower("CommandLine"), 'curl') AND regexp_matches(lower("CommandLine"), '(^|[^0-9a-z])curl($|[^0-9a-z])')`,
  },
  {
    name: "promoted member of JSON, 10 days",
    kql: `SecurityIoTRawEvent | where TimeGenerated > ago(10d) | where tostring(parse_json(EventDetails).RemoteAddress) == "198.51.3.7" | count`,
    sql: `SELECT count(*) FROM ${T} WHERE ${TEN} AND "RemoteAddress" = '198.51.3.7'`,
  },
  {
    name: "member of JSON that is not promoted, 1 day",
    kql: `SecurityIoTRawEvent | where TimeGenerated > ago(1d) | where tolong(parse_json(EventDetails).Extra.Zone) == 3 | count`,
    sql: `SELECT count(*) FROM ${T} WHERE ${DAY} AND TRY_CAST(json_extract_string("EventDetails", '$.Extra.Zone') AS BIGINT) = 3`,
  },
  {
    name: "1,000 alerts with events ±5 min",
    limitMs: 300,
    kql: `SecurityAlert | extend Slot = range(bin(TimeGenerated - 5m, 5m), bin(TimeGenerated + 5m, 5m), 5m) | mv-expand Slot to typeof(datetime) | project Slot, At = TimeGenerated, DeviceId, SystemAlertId | join kind=inner (SecurityIoTRawEvent | where TimeGenerated > ago(10d) | project Slot = bin(TimeGenerated, 5m), EventAt = TimeGenerated, DeviceId) on Slot, DeviceId | where EventAt between (At - 5m .. At + 5m) | count`,
    sql: `SELECT count(*) FROM (SELECT unnest(range(time_bucket(INTERVAL 5 MINUTE, "TimeGenerated" - INTERVAL 5 MINUTE), time_bucket(INTERVAL 5 MINUTE, "TimeGenerated" + INTERVAL 5 MINUTE) + INTERVAL 1 SECOND, INTERVAL 5 MINUTE)) s, "TimeGenerated" t, "DeviceId" d FROM "SecurityAlert") a JOIN ${T} e ON a.d = e."DeviceId" AND a.s = time_bucket(INTERVAL 5 MINUTE, e."TimeGenerated") WHERE e."TimeGenerated" BETWEEN a.t - INTERVAL 5 MINUTE AND a.t + INTERVAL 5 MINUTE`,
  },
  {
    name: "different devices, 10 days",
    kql: `SecurityIoTRawEvent | where TimeGenerated > ago(10d) | summarize dcount(DeviceId), dcount(tostring(parse_json(EventDetails).EventId))`,
    sql: `SELECT count(DISTINCT "DeviceId"), count(DISTINCT "EventId") FROM ${T} WHERE ${TEN}`,
  },
  {
    name: "newest 100 of all columns",
    kql: `SecurityIoTRawEvent | top 100 by TimeGenerated`,
    sql: `SELECT * FROM ${T} ORDER BY "TimeGenerated" DESC LIMIT 100`,
  },
];

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

async function run(sql, parameters) {
  const prepared = await connection.prepare(sql);
  if (parameters.length > 0) prepared.bind([...parameters]);
  return (await prepared.runAndReadAll()).getRows();
}

/** In turn, so that both meet the same load of the machine. */
async function compare({ kql, sql }) {
  const query = language.compile(kql, { now });
  const parameters = await runStages(query, async (text, given) => {
    const found = await run(text, given);
    return found.map((row) => row.map((cell) => (cell === null ? null : String(cell))));
  });
  const times = { kql: [], sql: [] };
  let rows = 0;
  for (let turn = 0; turn < RUNS; turn += 1) {
    for (const [side, text, given] of [
      ["kql", query.sql, parameters],
      ["sql", sql, []],
    ]) {
      const started = performance.now();
      rows = (await run(text, given)).length;
      times[side].push(performance.now() - started);
    }
  }
  if (process.env.EXPLAIN) {
    const found = await run(`EXPLAIN ANALYZE ${query.sql}`, parameters);
    console.log(query.sql, "\n", found[0]?.[1]);
  }
  return { rows, kqlMs: median(times.kql), sqlMs: median(times.sql) };
}

const rows = Number((await run(`SELECT count(*) FROM ${T}`, []))[0][0]);
console.log(`${rows.toLocaleString("en")} events; median of ${RUNS}, both in turn\n`);
console.log("| question | KQL ms | SQL ms | ratio | rows | goal ms |\n|---|---|---|---|---|---|");
const only = process.env.ONLY;
for (const question of questions.filter(({ name }) => !only || name.includes(only))) {
  const { kqlMs, sqlMs, rows: found } = await compare(question);
  const ratio = (kqlMs / sqlMs).toFixed(2);
  console.log(
    `| ${question.name} | ${kqlMs.toFixed(1)} | ${sqlMs.toFixed(1)} | ${ratio} | ${found} | ${question.limitMs ?? ""} |`,
  );
}

/** Each text is new to the cache: a comment tells them apart. */
const fresh = [];
const cached = [];
for (let turn = 0; turn < 12; turn += 1)
  for (const { kql } of questions) {
    const text = `${kql} // ${turn}`;
    const started = performance.now();
    language.compile(text, { now });
    fresh.push(performance.now() - started);
    const again = performance.now();
    language.compile(text, { now });
    cached.push(performance.now() - again);
  }
/** As long as the largest published query: 47,000 characters, 370 pipes. */
const largest = `SecurityIoTRawEvent\n${Array.from(
  { length: 370 },
  (_, place) =>
    `| extend Found${place} = iff(DeviceId == "device-${place}" and RawEventName has_any ("Process", "Login"), "yes it is", "no")`,
).join("\n")}\n| count`;
const started = performance.now();
language.compile(largest, { now });
console.log(
  `\ncompile p50 ${median(fresh).toFixed(1)} ms, cached p50 ${median(cached).toFixed(3)} ms, a text of ${largest.length.toLocaleString("en")} characters ${(performance.now() - started).toFixed(0)} ms`,
);
connection.closeSync();
process.exit(0);
