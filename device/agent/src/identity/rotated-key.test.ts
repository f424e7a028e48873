import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealKey } from "@picket/sdk";
import { afterAll, expect, test } from "vitest";
import { RotatedKey } from "./rotated-key.js";

const root = mkdtempSync(join(tmpdir(), "picket-key-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const key = (letter: string): string => Buffer.from(letter.repeat(32)).toString("base64");
const given = { hostName: "h", deviceId: "pump-7", moduleId: "azureiotsecurity", sharedAccessKey: key("a") };
const seal = sealKey(given, key("a"), key("b"));

test("a new key that serves is kept for its owner only, over a restart, and not tried again", async () => {
  const folder = mkdtempSync(join(root, "case-"));
  const used: string[] = [];
  const rotated = new RotatedKey(folder, given);
  expect(rotated.isNew(seal)).toBe(true);
  await rotated.change(seal, async (next) => void used.push(next));
  expect(used).toEqual([key("b")]);
  const after = new RotatedKey(folder, given);
  expect(after.connection.sharedAccessKey).toBe(key("b"));
  expect(after.isNew(seal)).toBe(false);
  expect(statSync(join(folder, "key.json")).mode & 0o777).toBe(0o600);
});

test("keys follow one another, each sealed with the one before", async () => {
  const rotated = new RotatedKey(mkdtempSync(join(root, "case-")), given);
  await rotated.change(seal, async () => {});
  await rotated.change(sealKey(given, key("b"), key("c")), async () => {});
  expect(rotated.connection.sharedAccessKey).toBe(key("c"));
});

test("a key that the hub refuses changes nothing and is not tried again", async () => {
  const folder = mkdtempSync(join(root, "case-"));
  const rotated = new RotatedKey(folder, given);
  await expect(rotated.change(seal, () => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
  expect(rotated.connection).toEqual(given);
  expect(rotated.isNew(seal)).toBe(false);
  expect(() => readFileSync(join(folder, "key.json"))).toThrow();
});

test("another connection string ends the rotation, and a damaged file is as none", async () => {
  const folder = mkdtempSync(join(root, "case-"));
  await new RotatedKey(folder, given).change(seal, async () => {});
  expect(new RotatedKey(folder, { ...given, sharedAccessKey: key("z") }).connection.sharedAccessKey).toBe(
    key("z"),
  );
  writeFileSync(join(folder, "key.json"), "{");
  expect(new RotatedKey(folder, given).connection).toEqual(given);
});
