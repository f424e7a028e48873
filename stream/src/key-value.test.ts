import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openKeyValueStore } from "./key-value.js";

const home = mkdtempSync(join(tmpdir(), "picket-state-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const keys = (found: readonly { readonly key: string }[]): string[] => found.map(({ key }) => key);

test("what is written is there after opening again, and what is removed is gone", async () => {
  const store = openKeyValueStore({ directory: home });
  await store.write([
    { key: "device/b", value: bytes("2") },
    { key: "device/a", value: bytes("1") },
    { key: "devices", value: bytes("other") },
    { key: "device/c", value: bytes("3") },
  ]);
  await store.write([{ key: "device/c", remove: true }]);
  await store.close();
  const again = openKeyValueStore({ directory: home });
  expect(again.get("device/a")).toEqual(bytes("1"));
  expect(again.get("device/c")).toBeUndefined();
  expect(keys(again.range({ prefix: "device/", limit: 10 }))).toEqual(["device/a", "device/b"]);
  expect(keys(again.range({ prefix: "device/", after: "device/a", limit: 10 }))).toEqual(["device/b"]);
  expect(keys(again.range({ prefix: "device/", limit: 1 }))).toEqual(["device/a"]);
  await again.close();
});
