import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Payload, SecurityEvent } from "@picket/schema";
import { describe, expect, test } from "vitest";
import { messageOf } from "../errors.js";
import { Fanotify } from "../sources/fanotify.js";
import type { FolderWatch } from "../sources/folder-watch.js";
import { Inotify } from "../sources/inotify.js";
import { violationsIn } from "../testing.js";
import { FileIntegrity } from "./file-integrity.js";
import { openFolderWatch } from "./open-file-integrity.js";

const hashOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

interface Opened {
  readonly folder: string;
  readonly integrity: FileIntegrity;
  readonly events: SecurityEvent[];
  changes(): Promise<Payload<"FileChange">[]>;
}

async function opened(
  open: () => FolderWatch | undefined,
  options: { paths?: readonly string[]; isRecursive?: boolean } = {},
): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), "picket-fim-"));
  writeFileSync(join(folder, "old"), "before");
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub", "deep"), "deep");
  const events: SecurityEvent[] = [];
  const clock = { now: 1_000_000 };
  const watch = open();
  const { paths = [""], isRecursive = true } = options;
  const integrity = new FileIntegrity({
    places: { paths: paths.map((path) => join(folder, path)), isRecursive },
    keep: (made) => events.push(...made),
    now: () => clock.now,
    own: 0,
    table: { find: (pid) => ({ pid, parent: 1, uid: 0, born: 0, executable: "/bin/sh", commandLine: "sh" }) },
    ...(watch ? { watch } : {}),
  });
  await integrity.open();
  return {
    folder,
    integrity,
    events,
    changes: async () => {
      for (let rounds = 0; rounds < 5; rounds += 1) {
        await integrity.round();
        clock.now += 70_000;
      }
      expect(violationsIn(events.length > 0 ? events : [])).toEqual(
        events.length > 0 ? [] : expect.anything(),
      );
      return events.flatMap(({ Payload: items }) => items as Payload<"FileChange">[]);
    },
  };
}

const sources: readonly { name: string; open: () => FolderWatch | undefined }[] = [
  { name: "fanotify", open: () => new Fanotify() },
  { name: "inotify", open: () => new Inotify() },
  { name: "polling", open: () => undefined },
];

describe.each(sources)("files by $name, on the running kernel", ({ name, open }) => {
  let problem = "";
  try {
    open()?.close();
  } catch (error) {
    problem = messageOf(error);
  }
  const it = test.skipIf(problem !== "");
  const skipped = problem === "" ? "" : ` (skipped: ${problem})`;

  it.each([
    {
      what: "a new file",
      act: (folder: string) => writeFileSync(join(folder, "new"), "x"),
      found: [{ name: "new", Operation: "Create", HashAfter: hashOf("x") }],
    },
    {
      what: "a file that was written to, with its hash before and after",
      act: (folder: string) => appendFileSync(join(folder, "old"), "!"),
      found: [
        { name: "old", Operation: "Modify", HashBefore: hashOf("before"), HashAfter: hashOf("before!") },
      ],
    },
    {
      what: "a file that was deleted, with what it was",
      act: (folder: string) => rmSync(join(folder, "old")),
      found: [{ name: "old", Operation: "Delete", HashBefore: hashOf("before") }],
    },
    {
      what: "other rights",
      act: (folder: string) => chmodSync(join(folder, "old"), 0o4755),
      found: [{ name: "old", Operation: "Attributes", Mode: "4755" }],
    },
    {
      what: "a file that took another's place, as editors and attackers do",
      act: (folder: string) => {
        writeFileSync(join(folder, "sub", "tmp"), "after");
        renameSync(join(folder, "sub", "tmp"), join(folder, "old"));
      },
      found: [{ name: "old", Operation: "Modify", HashBefore: hashOf("before"), HashAfter: hashOf("after") }],
    },
    {
      what: "a file below",
      act: (folder: string) => writeFileSync(join(folder, "sub", "deep"), "other"),
      found: [{ name: "sub/deep", Operation: "Modify", HashBefore: hashOf("deep") }],
    },
    {
      what: "a new folder, with what was put into it at once",
      act: (folder: string) => {
        mkdirSync(join(folder, "fresh"));
        writeFileSync(join(folder, "fresh", "a"), "a");
      },
      found: [
        { name: "fresh", Operation: "Create" },
        { name: "fresh/a", Operation: "Create", HashAfter: hashOf("a") },
      ],
    },
    { what: "nothing", act: () => {}, found: [] },
  ])(`$what${skipped}`, async ({ act, found }) => {
    const { folder, integrity, changes } = await opened(open);
    act(folder);
    const told = await changes();
    integrity.close();
    for (const { name: path, ...fields } of found)
      expect(told).toContainEqual(expect.objectContaining({ Path: join(folder, path), ...fields }));
    expect(told.filter(({ Path }) => !Path.includes("/sub/tmp"))).toHaveLength(found.length);
  });

  it(`names of any bytes${skipped}`, async () => {
    const { folder, integrity, changes } = await opened(open);
    execFileSync("/bin/bash", [
      "-c",
      `cd '${folder}'; echo x > $'a\\nb'; echo x > $'\\xff\\xfe'; echo x > $'\\x1b[2J'`,
    ]);
    const told = await changes();
    integrity.close();
    expect(told.length).toBeGreaterThanOrEqual(2);
  });

  it(`a storm is told in few events, and counted whole${skipped}`, async () => {
    const { folder, integrity, changes, events } = await opened(open);
    for (let index = 0; index < 2_000; index += 1) writeFileSync(join(folder, `s${index}`), String(index));
    const told = await changes();
    integrity.close();
    expect(events.length).toBeLessThanOrEqual(4 * 201);
    const single = told.filter(({ Path }) => !Path.endsWith("…"));
    const crowd = told
      .filter(({ Path }) => Path.endsWith("…"))
      .reduce((total, { HitCount = 1 }) => total + HitCount, 0);
    expect(single.length).toBeLessThanOrEqual(800);
    expect(crowd + single.length).toBeGreaterThanOrEqual(2_000);
  });

  it(`one file that changes all the time is one event with a count${skipped}`, async () => {
    const { folder, integrity, changes } = await opened(open);
    for (let index = 0; index < 50; index += 1) writeFileSync(join(folder, "old"), String(index));
    const told = await changes();
    integrity.close();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ Operation: "Modify", HashAfter: hashOf("49") });
  });

  it(`who did it${name === "fanotify" ? "" : ", which this source does not know"}${skipped}`, async () => {
    const { folder, integrity, changes } = await opened(open);
    execFileSync("/bin/sh", ["-c", `echo y > '${folder}/old'`]);
    const [told] = await changes();
    integrity.close();
    if (name === "fanotify" && process.getuid?.() === 0)
      expect(told).toMatchObject({ Executable: "/bin/sh", CommandLine: "sh", UserId: "0" });
    else expect(told?.ProcessId).toBeUndefined();
  });

  it(`only what is watched${skipped}`, async () => {
    const { folder, integrity, changes } = await opened(open, { paths: ["old"], isRecursive: false });
    writeFileSync(join(folder, "new"), "x");
    writeFileSync(join(folder, "old"), "x");
    const told = await changes();
    integrity.close();
    expect(told.map(({ Path }) => Path)).toEqual([join(folder, "old")]);
  });

  it(`places that are not there do no harm${skipped}`, async () => {
    const { integrity, changes } = await opened(open, { paths: ["missing/deeper"] });
    expect(await changes()).toEqual([]);
    integrity.close();
  });
});

test("the best source that serves is taken, and why a better one does not is said", () => {
  const { watch, why } = openFolderWatch(new Set(["fanotify"]));
  expect(watch?.name ?? "inotify").toBe("inotify");
  expect(why).toContain("fanotify: it is switched off by a setting");
  watch?.close();
  const none = openFolderWatch(new Set(["fanotify", "inotify"]));
  expect(none.watch).toBeUndefined();
});
