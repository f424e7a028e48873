import { spawn } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handClock, type Recorder, silent } from "@picket/kit";
import { afterAll, describe, expect, test } from "vitest";
import { alert, limits, NOW, raw, select } from "./fixtures/rows.js";
import { smallDisk } from "./fixtures/small-disk.js";
import { workspaceContract } from "./testing.js";
import { openWorkspace, type Workspace } from "./workspace.js";

const home = mkdtempSync(join(tmpdir(), "picket-workspace-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const open = (name: string, clock = handClock(NOW), recorder: Recorder = silent): Promise<Workspace> =>
  openWorkspace({ directory: join(home, name), recorder, clock, memoryLimitMb: 256 });

describe("the embedded workspace", () => {
  workspaceContract((name, clock = handClock(NOW)) =>
    openWorkspace({ directory: join(home, name), recorder: silent, clock, memoryLimitMb: 256 }),
  );
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

/** Copies a workspace with a checkpointed alert and one that is only in the write-ahead log. */
async function withLog(name: string): Promise<string> {
  const before = await open(`${name}-source`);
  await before.commit({ position: 1, rows: [{ table: "SecurityAlert", rows: [alert("a")] }] });
  await before.close();
  const again = await open(`${name}-source`);
  await again.commit({ position: 2, rows: [{ table: "SecurityAlert", rows: [alert("b")] }] });
  await again.commit({ position: 3, rows: [{ table: "SecurityAlert", rows: [alert("c")] }] });
  mkdirSync(join(home, name));
  for (const file of ["workspace.duckdb", "workspace.duckdb.wal"])
    copyFileSync(join(home, `${name}-source`, file), join(home, name, file));
  await again.close();
  return join(home, name, "workspace.duckdb");
}

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.byteLength * at)]! ^= 0xff;
  writeFileSync(path, bytes);
};

test.each([
  { name: "undamaged", spoil: () => {}, position: 3 },
  { name: "with a flipped byte", spoil: (path: string) => flip(`${path}.wal`, 0.5), position: 1 },
  {
    name: "with zeros behind it",
    spoil: (path: string) => appendFileSync(`${path}.wal`, Buffer.alloc(8_192)),
    position: 1,
  },
])(
  "a log $name costs no more than what was written since the last checkpoint",
  async ({ name, spoil, position }) => {
    const path = await withLog(`log ${name}`);
    spoil(path);
    const workspace = await open(`log ${name}`);
    expect(await workspace.position()).toMatchObject({ position, rebuilt: false });
    expect((await workspace.alerts({ limit: 10 })).total).toBe(position);
    await workspace.commit({ position: 4, rows: [{ table: "SecurityAlert", rows: [alert("d")] }] });
    expect((await workspace.alerts({ limit: 10 })).total).toBe(position + 1);
    await workspace.close();
  },
);

test("a database whose blocks are damaged is set aside too", async () => {
  const path = await withLog("blocks");
  const bytes = readFileSync(path);
  for (let place = 12_288; place < bytes.byteLength; place += 4_096) bytes[place]! ^= 0xff;
  writeFileSync(path, bytes);
  const workspace = await open("blocks");
  expect(await workspace.position()).toMatchObject({ position: 0, rebuilt: true });
  await workspace.close();
});

test("a file that is no damage, only not ours to open, is left where it is", async () => {
  mkdirSync(join(home, "foreign", "workspace.duckdb"), { recursive: true });
  await expect(open("foreign")).rejects.toMatchObject({ code: "WORKSPACE_NOT_READABLE" });
  expect(readdirSync(join(home, "foreign"))).toEqual(["workspace.duckdb"]);
});

const disk = smallDisk(join(home, "small"), 12);
afterAll(() => disk?.unmount());

/** Rows that do not compress. */
const noise = (position: number) => ({
  position,
  rows: [
    {
      table: "SecurityIoTRawEvent" as const,
      rows: Array.from({ length: 200 }, (_, index) =>
        raw(
          1,
          { CommandLine: Array.from({ length: 60 }, () => Math.random().toString(36)).join("") },
          {
            IoTRawEventId: `${position}-${index}`,
          },
        ),
      ),
    },
  ],
});

test.skipIf(!disk)(
  "a disk that is full at a commit or a checkpoint costs no rows, and commits go on when there is room",
  async () => {
    const clock = handClock(NOW);
    const heard: string[] = [];
    const recorder = { ...silent, log: (_level: string, message: string) => heard.push(message) };
    const workspace = await open("small/workspace", clock, recorder);
    let position = 0;
    for (; position < 12; position += 1) await workspace.commit(noise(position + 1));
    const { bavail, bsize } = statfsSync(join(home, "small"));
    const ballast = join(home, "small", "ballast");
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 500_000));
    clock.move(120_000);
    const fill = async (): Promise<never> => {
      for (; ; position += 1) await workspace.commit(noise(position + 1));
    };
    await expect(fill()).rejects.toMatchObject({ code: "WORKSPACE_COMMIT_FAILED", retry: "later" });
    expect(heard).toContain("The database was opened anew after a fatal error.");
    rmSync(ballast);
    await workspace.commit(noise(position + 1));
    const sql = 'SELECT count(*) AS c0, count(DISTINCT "IoTRawEventId") AS c1 FROM "SecurityIoTRawEvent"';
    const rows = (position + 1) * 200;
    expect((await workspace.query(select(sql, ["n", "d"]), limits)).rowsJson).toBe(`[[${rows},${rows}]]`);
    expect(await workspace.position()).toMatchObject({ position: position + 1, rebuilt: false });
    await workspace.close();
  },
);

const KILLS = 10;

test("kill -9 while committing: rows and position always agree", { timeout: 180_000 }, async () => {
  const script = join(home, "committer.mjs");
  const source = new URL("./workspace.ts", import.meta.url).href;
  writeFileSync(script, committer(source));
  const directory = join(home, "killed");
  for (let round = 0; round < KILLS; round += 1) {
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
