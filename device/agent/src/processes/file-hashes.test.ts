import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { FileHashes } from "./file-hashes.js";

let folder: string;
let now = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "picket-hash-"));
  now = 0;
});
const hashOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const at = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe("hashes of files", () => {
  test("the first time one is promised, afterwards it is there", async () => {
    const path = at("a", "text");
    const hashes = new FileHashes(() => now);
    expect(await hashes.of(path)).toBe(hashOf("text"));
    expect(hashes.of(path)).toBe(hashOf("text"));
  });

  test("a file that was replaced has its own hash, a second later at most", async () => {
    const path = at("a", "text");
    const hashes = new FileHashes(() => now);
    await hashes.of(path);
    renameSync(at("b", "other"), path);
    now += 1_001;
    expect(await hashes.of(path)).toBe(hashOf("other"));
  });

  test("two paths of one file are hashed once", async () => {
    const path = at("a", "text");
    const hashes = new FileHashes(() => now);
    await hashes.of(path);
    const same = join(folder, "link");
    renameSync(path, same);
    writeFileSync(path, "");
    now += 1_001;
    await hashes.of(same);
    expect(hashes.size).toBeLessThanOrEqual(2);
  });

  test.each([
    { name: "a file that is not there", make: () => "missing" },
    { name: "an empty file", make: () => at("empty", "") },
    {
      name: "a folder",
      make: () => {
        mkdirSync(join(folder, "sub"));
        return join(folder, "sub");
      },
    },
    { name: "a path with a zero in it", make: () => "/tmp/a\0b" },
    { name: "a device", make: () => "/dev/zero" },
  ])("$name has none", async ({ make }) => {
    expect(await new FileHashes().of(make())).toBeUndefined();
  });

  test("a file that goes while it waits has none, and nothing fails", async () => {
    const path = at("a", "text");
    const promised = new FileHashes().of(path);
    rmSync(path);
    expect(await promised).toBeUndefined();
  });

  test("five thousand files are hashed a few at a time, and what is beyond is counted", async () => {
    const hashes = new FileHashes();
    const all = Array.from({ length: 5_000 }, (_, index) => hashes.of(at(`f${index}`, String(index))));
    const made = (await Promise.all(all)).filter((hash) => hash !== undefined);
    expect(made.length + hashes.refused).toBe(5_000);
    expect(hashes.refused).toBeGreaterThan(0);
    expect(hashes.size).toBeLessThanOrEqual(4_096);
  });
});
