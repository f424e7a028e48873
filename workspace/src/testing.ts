import { type Clock, handClock } from "@picket/kit";
import { expect, test } from "vitest";
import { alert, at, limits, NOW, raw, select } from "./fixtures/rows.js";
import type { WorkspaceSlot } from "./workspace.js";

/** Opens an empty workspace, and opens it again with the same name. */
export type MakeWorkspace = (name: string, clock?: Clock) => Promise<WorkspaceSlot>;

/** What every implementation of the workspace must do. */
export function workspaceContract(make: MakeWorkspace): void {
  commitContract(make);
  columnContract(make);
  queryContract(make);
  keyContract(make);
  pageContract(make);
  orderContract(make);
  deviceContract(make);
  historyContract(make);
  retentionContract(make);
}

function commitContract(make: MakeWorkspace): void {
  test("rows and position are there together after opening again, and a commit made already does nothing", async () => {
    const before = await make("together");
    const commit = {
      position: 5,
      rows: [{ table: "SecurityIoTRawEvent" as const, rows: [raw(1, { ProcessId: 12 })] }],
    };
    await before.commit({ ...commit, snapshot: { position: 4, bytes: new Uint8Array([1, 2, 3]) } });
    await before.commit(commit);
    await before.close();
    const after = await make("together");
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
}

function columnContract(make: MakeWorkspace): void {
  test("members of EventDetails are typed columns beside the text, whatever type the sender wrote", async () => {
    const workspace = await make("promoted");
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
}

function queryContract(make: MakeWorkspace): void {
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
    const workspace = await make("limits");
    await expect(workspace.query(select(sql, ["x"]), { ...limits, ...limit })).rejects.toMatchObject({
      code,
    });
    await workspace.close();
  });

  test("a cancelled query stops", async () => {
    const workspace = await make("cancel");
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

  test("a query past those that may run and wait is told to come back, and one that waits can be cancelled", async () => {
    const workspace = await make("busy");
    const running = new AbortController();
    const slow = () =>
      workspace.query(
        select("SELECT count(*) AS c0 FROM range(100000000000)", ["x"]),
        limits,
        running.signal,
      );
    const all = Array.from({ length: 34 }, () => slow().catch((error: { code: string }) => error.code));
    await expect(slow()).rejects.toMatchObject({ code: "WORKSPACE_BUSY", retry: "later" });
    running.abort();
    expect(new Set(await Promise.all(all))).toEqual(new Set(["WORKSPACE_QUERY_CANCELLED"]));
    expect((await workspace.query(select("SELECT 1 AS c0", ["x"]), limits)).rowsJson).toBe("[[1]]");
    await workspace.close();
  });
}

function keyContract(make: MakeWorkspace): void {
  test("a later row replaces an earlier one with the same key, also within one commit", async () => {
    const workspace = await make("keyed");
    await workspace.commit({
      position: 1,
      rows: [{ table: "SecurityAlert", rows: [alert("a"), alert("b")] }],
    });
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
}

function orderContract(make: MakeWorkspace): void {
  test("worst first goes on over pages, and within a severity the last changed first", async () => {
    const workspace = await make("worst");
    const severities = ["Low", "High", "Informational", "Medium"];
    const rows = Array.from({ length: 40 }, (_, index) =>
      alert(`a${index}`, {
        AlertSeverity: severities[index % 4],
        TimeGenerated: new Date(Date.UTC(2026, 2, 1, 0, 0, index % 10)).toISOString(),
      }),
    );
    await workspace.commit({ position: 1, rows: [{ table: "SecurityAlert", rows }] });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await workspace.alerts({ limit: 7, order: "worst", cursor });
      seen.push(...page.rows.map(({ AlertSeverity, TimeGenerated }) => `${AlertSeverity} ${TimeGenerated}`));
      cursor = page.next;
    } while (cursor !== undefined);
    const rank = (text: string) => ["High", "Medium", "Low", "Informational"].indexOf(text.split(" ")[0]!);
    const sorted = seen.toSorted(
      (a, b) => rank(a) - rank(b) || b.split(" ")[1]!.localeCompare(a.split(" ")[1]!),
    );
    expect(seen).toHaveLength(40);
    expect(seen).toEqual(sorted);
    await workspace.close();
  });
}

function pageContract(make: MakeWorkspace): void {
  test("pages neither skip nor repeat rows of one instant", async () => {
    const workspace = await make("pages");
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

  test("pages of a log neither skip nor repeat rows, and a page has at most 500", async () => {
    const workspace = await make("log-pages");
    const rows = Array.from({ length: 1_200 }, (_, index) =>
      JSON.stringify({
        TimeGenerated: at(-(index % 3)),
        Actor: `a${index}`,
        Action: "query.run",
        Details: { index },
      }),
    );
    await workspace.commit({ position: 1, rows: [{ table: "PicketAudit", rows }] });
    const seen: unknown[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await workspace.audit({ action: "query.run", limit: 9_999, cursor });
      seen.push(...page.rows.map(({ Actor }) => Actor));
      sizes.push(page.rows.length);
      cursor = page.next;
    } while (cursor !== undefined);
    expect([new Set(seen).size, sizes]).toEqual([1_200, [500, 500, 200]]);
    await workspace.close();
  });
}

function deviceContract(make: MakeWorkspace): void {
  test("the overview and a device's page are read from the tables", async () => {
    const workspace = await make("overview");
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
        {
          table: "SecurityAlert",
          rows: [alert("a"), alert("b", { AlertSeverity: "Low", Status: "Closed" })],
        },
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
}

function historyContract(make: MakeWorkspace): void {
  test("alerts open a day ago are counted as they stood then", async () => {
    const workspace = await make("day-ago");
    const made = { ProcessingEndTime: at(-3_000) };
    const change = (SystemAlertId: string, minutes: number, ToStatus: string): string =>
      JSON.stringify({
        TimeGenerated: at(minutes),
        SystemAlertId,
        Action: "Changed",
        Actor: "ann",
        ToStatus,
      });
    await workspace.commit({
      position: 1,
      rows: [
        {
          table: "SecurityAlert",
          rows: [
            alert("open", made),
            alert("closed since", { ...made, Status: "Closed" }),
            alert("closed long ago", { ...made, Status: "Closed" }),
            alert("opened again since", made),
            alert("made today"),
          ],
        },
        {
          table: "SecurityAlertHistory",
          rows: [
            change("closed since", -60, "Closed"),
            change("closed long ago", -2_000, "Closed"),
            change("opened again since", -2_000, "Closed"),
            change("opened again since", -30, "New"),
          ],
        },
      ],
    });
    const { alertsOpen, alertsOpenDayAgo, recentChanges } = await workspace.overview();
    expect([alertsOpen.High, alertsOpenDayAgo.High]).toEqual([3, 2]);
    expect(recentChanges.map(({ SystemAlertId }) => SystemAlertId)).toEqual(
      ["opened again since", "closed since", "closed long ago", "opened again since"].slice(0, 4),
    );
    await workspace.close();
  });
}

function retentionContract(make: MakeWorkspace): void {
  test("rows past their retention go, others stay", async () => {
    const clock = handClock(NOW);
    const workspace = await make("retention", clock);
    const rows = [raw(1, {}), raw(2, {}, { TimeGenerated: at(-31 * 24 * 60) })];
    await workspace.commit({ position: 1, rows: [{ table: "SecurityIoTRawEvent", rows }] });
    expect(await workspace.retain()).toBe(1);
    clock.move(31 * 86_400_000);
    expect(await workspace.retain()).toBe(1);
    await workspace.close();
  });

  test("status says what each table holds, and of when", async () => {
    const workspace = await make("status");
    const rows = [raw(1, {}), raw(5, {})];
    await workspace.commit({ position: 7, rows: [{ table: "SecurityIoTRawEvent", rows }] });
    const { tables, position, committedAt } = await workspace.status();
    expect([position, committedAt]).toEqual([7, NOW]);
    expect(tables.find(({ name }) => name === "SecurityIoTRawEvent")).toEqual({
      name: "SecurityIoTRawEvent",
      rows: 2,
      oldest: at(-5),
      newest: at(-1),
    });
    expect(tables.find(({ name }) => name === "IoTDevice")).toEqual({ name: "IoTDevice", rows: 0 });
    await workspace.close();
  });
}
