import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handClock, silent } from "@picket/kit";
import type { CompiledQuery } from "@picket/kql";
import { afterAll, expect, test } from "vitest";
import { openWorkspace, type Workspace } from "./workspace.js";

const home = mkdtempSync(join(tmpdir(), "picket-workspace-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const NOW = Date.parse("2026-03-01T12:00:00Z");
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const open = (name: string, clock = handClock(NOW)): Promise<Workspace> =>
  openWorkspace({ directory: join(home, name), recorder: silent, clock, memoryLimitMb: 256 });

const raw = (id: number, details: object, more: object = {}): string =>
  JSON.stringify({
    TimeGenerated: at(-id),
    TimeStamp: at(-id),
    DeviceId: "pump-7",
    IoTRawEventId: `r${id}`,
    IsEmpty: false,
    RawEventName: "ProcessCreate",
    RawEventCategory: "Triggered",
    RawEventType: "Security",
    EventDetails: JSON.stringify({ ...details, EventId: `e${id}`, TimestampLocal: at(-id) }),
    ...more,
  });

const alert = (id: string, more: object = {}): string =>
  JSON.stringify({
    TimeGenerated: at(0),
    SystemAlertId: id,
    DisplayName: `Something on pump-7 (${id})`,
    AlertSeverity: "High",
    Status: "New",
    DeviceId: "pump-7",
    ProcessingEndTime: at(0),
    Evidence: [{ CommandLine: "echo" }],
    ...more,
  });

const select = (sql: string, names: readonly string[]): CompiledQuery => ({
  sql,
  parameters: [],
  columns: names.map((name) => ({ name, type: "string" })),
  tables: [],
});
const limits = { timeoutMs: 10_000, maxRows: 1_000, maxBytes: 1e6 };

test("rows and position are there together after opening again, and a commit made already does nothing", async () => {
  const before = await open("together");
  const commit = {
    position: 5,
    rows: [{ table: "SecurityIoTRawEvent" as const, rows: [raw(1, { ProcessId: 12 })] }],
  };
  await before.commit({ ...commit, snapshot: { position: 4, bytes: new Uint8Array([1, 2, 3]) } });
  await before.commit(commit);
  await before.close();
  const after = await open("together");
  expect(await after.position()).toEqual({
    position: 5,
    snapshot: { position: 4, bytes: new Uint8Array([1, 2, 3]) },
    rebuilt: false,
  });
  const { rowsJson } = await after.query(
    select('SELECT count(*) AS c0 FROM "SecurityIoTRawEvent"', ["n"]),
    limits,
  );
  expect(rowsJson).toBe("[[1]]");
  await after.close();
});

test("members of EventDetails are typed columns beside the text, whatever type the sender wrote", async () => {
  const workspace = await open("promoted");
  const rows = [
    raw(1, { ProcessId: 12, CommandLine: 'sh -c "a b"', LocalPort: "22" }),
    raw(2, { ProcessId: "13", LocalPort: 0 }),
    raw(3, { ProcessId: "not a number" }),
  ];
  await workspace.commit({ position: 1, rows: [{ table: "SecurityIoTRawEvent", rows }] });
  const sql =
    'SELECT "ProcessId" AS c0, "CommandLine" AS c1, "LocalPort" AS c2, "Type" AS c3 FROM "SecurityIoTRawEvent" ORDER BY "EventId"';
  const { rowsJson } = await workspace.query(select(sql, ["a", "b", "c", "d"]), limits);
  expect(JSON.parse(rowsJson)).toEqual([
    [12, 'sh -c "a b"', "22", "SecurityIoTRawEvent"],
    [13, "", "0", "SecurityIoTRawEvent"],
    [null, "", "", "SecurityIoTRawEvent"],
  ]);
  const [first] = await workspace.timeline({ deviceId: "pump-7", from: at(-10), to: at(0), limit: 10 });
  expect(first?.EventDetails).toBe(
    `{"ProcessId":"not a number","EventId":"e3","TimestampLocal":"${at(-3)}"}`,
  );
  await workspace.close();
});

test("a later row replaces an earlier one with the same key, also within one commit", async () => {
  const workspace = await open("keyed");
  await workspace.commit({ position: 1, rows: [{ table: "SecurityAlert", rows: [alert("a"), alert("b")] }] });
  const rows = [alert("a", { EventCount: 2 }), alert("a", { EventCount: 3, Status: "Closed" })];
  await workspace.commit({ position: 2, rows: [{ table: "SecurityAlert", rows }] });
  const { rows: found, total } = await workspace.alerts({ limit: 10 });
  expect(total).toBe(2);
  expect(found.find(({ SystemAlertId }) => SystemAlertId === "a")).toMatchObject({
    EventCount: 3,
    Status: "Closed",
  });
  expect(await workspace.alertRows(["a"])).toMatchObject([
    { Evidence: [{ CommandLine: "echo" }], TimeGenerated: at(0) },
  ]);
  await workspace.close();
});

test("pages neither skip nor repeat rows of one instant", async () => {
  const workspace = await open("pages");
  const rows = Array.from({ length: 25 }, (_, index) => alert(`a${index}`));
  await workspace.commit({ position: 1, rows: [{ table: "SecurityAlert", rows }] });
  const seen: (string | undefined)[] = [];
  let cursor: string | undefined;
  do {
    const page = await workspace.alerts({ limit: 10, cursor });
    seen.push(...page.rows.map(({ SystemAlertId }) => SystemAlertId));
    cursor = page.next;
  } while (cursor !== undefined);
  expect(new Set(seen).size).toBe(25);
  expect(seen).toHaveLength(25);
  await expect(workspace.alerts({ limit: 10, cursor: "bad" })).rejects.toMatchObject({
    code: "WORKSPACE_BAD_CURSOR",
  });
  await workspace.close();
});

test.each([
  { name: "reads a file", sql: "SELECT content AS c0 FROM read_text('/etc/passwd')" },
  { name: "writes a file", sql: "COPY (SELECT 1) TO '/tmp/picket-out.csv'" },
  { name: "attaches a database", sql: "ATTACH '/tmp/other.db'" },
  { name: "changes a setting", sql: "SET memory_limit='99GB'" },
  { name: "removes rows", sql: 'DELETE FROM "SecurityAlert"' },
  { name: "runs a second statement", sql: 'SELECT 1 AS c0); DROP TABLE "SecurityAlert"; SELECT (1' },
])("a query that $name is refused", async ({ sql }) => {
  const workspace = await open("sandbox");
  await expect(workspace.query(select(sql, ["x"]), limits)).rejects.toMatchObject({
    code: "WORKSPACE_QUERY_FAILED",
  });
  expect((await workspace.alerts({ limit: 1 })).total).toBe(0);
  await workspace.close();
});

test.each([
  {
    name: "too slow",
    sql: "SELECT count(*) AS c0 FROM range(10000000000) a WHERE a.range % 7 = 3",
    limit: { timeoutMs: 100 },
    code: "WORKSPACE_QUERY_TIMED_OUT",
  },
  {
    name: "too many rows",
    sql: "SELECT range AS c0 FROM range(5000)",
    limit: { maxRows: 1_000 },
    code: "WORKSPACE_TOO_MANY_ROWS",
  },
  {
    name: "too large",
    sql: "SELECT repeat('x', 10000) AS c0 FROM range(500)",
    limit: { maxBytes: 100_000 },
    code: "WORKSPACE_TOO_MANY_BYTES",
  },
])("a query that is $name is stopped with the limit in the error", async ({ sql, limit, code }) => {
  const workspace = await open("limits");
  await expect(workspace.query(select(sql, ["x"]), { ...limits, ...limit })).rejects.toMatchObject({ code });
  await workspace.close();
});

test("a cancelled query stops", async () => {
  const workspace = await open("cancel");
  const controller = new AbortController();
  const running = workspace.query(
    select("SELECT count(*) AS c0 FROM range(100000000000)", ["x"]),
    limits,
    controller.signal,
  );
  setTimeout(() => controller.abort(), 50);
  await expect(running).rejects.toMatchObject({ code: "WORKSPACE_QUERY_CANCELLED" });
  await workspace.close();
});

test("a damaged database is set aside and a new one starts", async () => {
  const before = await open("damaged");
  await before.commit({ position: 3, rows: [{ table: "SecurityAlert", rows: [alert("a")] }] });
  await before.close();
  writeFileSync(join(home, "damaged", "workspace.duckdb"), Buffer.alloc(40_000, 0x5a));
  const after = await open("damaged");
  expect(await after.position()).toMatchObject({ position: 0, snapshot: null, rebuilt: true });
  expect(
    readdirSync(join(home, "damaged")).some((entry) => entry.startsWith("workspace.duckdb.damaged-")),
  ).toBe(true);
  await after.commit({ position: 1, rows: [{ table: "SecurityAlert", rows: [alert("b")] }] });
  await after.close();
});

test("with a damaged write-ahead log, rows and position still agree", async () => {
  const before = await open("damaged-wal");
  await before.commit({ position: 3, rows: [{ table: "SecurityAlert", rows: [alert("a")] }] });
  await before.close();
  writeFileSync(join(home, "damaged-wal", "workspace.duckdb.wal"), Buffer.alloc(40_000, 0x5a));
  const after = await open("damaged-wal");
  const { position } = await after.position();
  expect((await after.alerts({ limit: 1 })).total).toBe(position === 3 ? 1 : 0);
  await after.close();
});

test("rows past their retention go, others stay", async () => {
  const clock = handClock(NOW);
  const workspace = await open("retention", clock);
  const rows = [raw(1, {}), raw(2, {}, { TimeGenerated: at(-31 * 24 * 60) })];
  await workspace.commit({ position: 1, rows: [{ table: "SecurityIoTRawEvent", rows }] });
  expect(await workspace.retain()).toBe(1);
  clock.move(31 * 86_400_000);
  expect(await workspace.retain()).toBe(1);
  await workspace.close();
});

test("the overview and a device's page are read from the tables", async () => {
  const workspace = await open("overview");
  const device = (ModuleId: string): string =>
    JSON.stringify({
      TimeGenerated: at(0),
      DeviceId: "pump-7",
      ModuleId,
      Status: "enabled",
      ConnectionState: "Connected",
      CreatedTime: at(-9_999),
      Tags: { site: "north" },
    });
  const port = (id: number, LocalPort: string): string =>
    raw(
      5,
      { Protocol: "tcp", LocalPort, EventId: "e5" },
      { IoTRawEventId: `p${id}`, RawEventName: "ListeningPorts", RawEventCategory: "Periodic" },
    );
  await workspace.commit({
    position: 1,
    rows: [
      { table: "IoTDevice", rows: [device(""), device("azureiotsecurity")] },
      { table: "SecurityAlert", rows: [alert("a"), alert("b", { AlertSeverity: "Low", Status: "Closed" })] },
      { table: "SecurityIoTRawEvent", rows: [raw(1, {}), port(1, "22"), port(2, "8888")] },
    ],
  });
  expect(await workspace.overview()).toMatchObject({
    alertsOpen: { High: 1, Medium: 0, Low: 0 },
    devices: { total: 1, connected: 1, silent: 1 },
    newestEventAt: at(-1),
    topDevices: [{ DeviceId: "pump-7", alerts: 1 }],
  });
  expect((await workspace.devices({ limit: 10 })).rows).toMatchObject([
    {
      device: { DeviceId: "pump-7", Tags: { site: "north" } },
      modules: [{ ModuleId: "azureiotsecurity" }],
      alerts: { High: 1 },
    },
  ]);
  expect((await workspace.devices({ limit: 10, state: "disabled" })).total).toBe(0);
  const page = await workspace.device("pump-7");
  expect(page?.snapshots.ListeningPorts?.items.map(({ LocalPort }) => LocalPort).sort()).toEqual([
    "22",
    "8888",
  ]);
  expect(await workspace.device("nobody")).toBeUndefined();
  await workspace.close();
});

test("kill -9 while committing: rows and position always agree", async () => {
  const script = join(home, "committer.mjs");
  const source = new URL("./workspace.ts", import.meta.url).href;
  writeFileSync(script, committer(source));
  const directory = join(home, "killed");
  for (let round = 0; round < 5; round += 1) {
    const child = spawn(
      process.execPath,
      ["--conditions=picket:source", "--import", import.meta.resolve("tsx"), script, directory],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let commits = 0;
    const gone = new Promise((resolve) => child.once("close", resolve));
    child.stdout.on("data", (chunk: Buffer) => {
      commits += chunk.toString().split("\n").length - 1;
      if (commits > 5 + round * 3) child.kill("SIGKILL");
    });
    await gone;
    const workspace = await open("killed");
    const { position } = await workspace.position();
    const { rowsJson } = await workspace.query(
      select('SELECT count(*) AS c0, count(DISTINCT "IoTRawEventId") AS c1 FROM "SecurityIoTRawEvent"', [
        "n",
        "d",
      ]),
      limits,
    );
    expect(JSON.parse(rowsJson)).toEqual([[position * 50, position * 50]]);
    await workspace.close();
  }
});

const committer = (source: string): string => `
  import { openWorkspace } from ${JSON.stringify(source)};
  const workspace = await openWorkspace({ directory: process.argv[2], recorder: { log() {}, count() {}, gauge() {} }, clock: { now: () => Date.now() }, memoryLimitMb: 256 });
  let { position } = await workspace.position();
  for (;;) {
    position += 1;
    const rows = Array.from({ length: 50 }, (_, index) => JSON.stringify({ TimeGenerated: new Date().toISOString(), IoTRawEventId: position + "-" + index, EventDetails: "{}" }));
    await workspace.commit({ position, rows: [{ table: "SecurityIoTRawEvent", rows }] });
    process.stdout.write(position + "\\n");
  }
`;
