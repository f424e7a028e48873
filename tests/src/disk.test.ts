import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { load } from "./load.js";
import { eventually, type Picket, startPicket } from "./picket.js";

const data = mkdtempSync(join(tmpdir(), "picket-disk-"));
const isMounted = mounted();
afterAll(() => {
  if (isMounted) execFileSync("umount", ["--lazy", data]);
  rmSync(data, { recursive: true, force: true });
});

/** A disk of 160 MB, where the tests may make one. */
function mounted(): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=160m,mode=0700", "picket", data], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, "w");
  for (const size of [1_048_576, 4_096]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch {}
  }
  closeSync(file);
}

async function notices(picket: Picket): Promise<string[]> {
  const answer = await fetch(`${picket.origin}/api/v1/health`, {
    headers: { authorization: `Bearer ${picket.token}` },
  });
  const { notices: found } = await answer.json();
  return found.map(({ code }: { code: string }) => code);
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

test.skipIf(!isMounted)(
  "on a full disk no device is acknowledged and the console says so; with room it goes on by itself and nothing is lost",
  async () => {
    const picket = await startPicket({ data });
    const connection = /security module\s+(\S+)/.exec(await picket.run("device", "add", "victim"))?.[1] ?? "";
    const acknowledged = new Set<string>();
    const stop = { now: false };
    const sending = load(picket, connection, stop, acknowledged);
    await eventually(async () => expect(acknowledged.size).toBeGreaterThan(200));
    const ballast = join(data, "ballast");
    fill(ballast);
    await eventually(async () => expect(await notices(picket)).toContain("DISK_FULL"), 60_000);
    await pause(2_000);
    const whileFull = acknowledged.size;
    await pause(2_000);
    expect(acknowledged.size).toBe(whileFull);
    rmSync(ballast);
    await eventually(async () => expect(acknowledged.size).toBeGreaterThan(whileFull + 100), 60_000);
    expect(await notices(picket)).not.toContain("DISK_FULL");
    stop.now = true;
    await sending;
    const rows = await eventually(async () => {
      const found = await picket.kql(
        'SecurityIoTRawEvent | where DeviceId == "victim" | project Id = tostring(parse_json(EventDetails).EventId)',
      );
      expect(found.length).toBeGreaterThanOrEqual(acknowledged.size);
      return found.map(({ Id }) => String(Id));
    }, 60_000);
    const stored = new Set(rows);
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
    expect(rows.length).toBe(stored.size);
    await picket.stop();
  },
);
