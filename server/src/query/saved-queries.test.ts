import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handClock } from "@picket/kit";
import { type KeyValueStore, openKeyValueStore } from "@picket/stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Caller } from "../security/accounts.js";
import { SavedQueries } from "./saved-queries.js";

let store: KeyValueStore;
let saved: SavedQueries;
const person = (name: string, role: Caller["role"] = "viewer"): Caller => ({
  name,
  role,
  kind: "user",
  mustSetPassword: false,
});
const [ann, bob, admin] = [person("ann"), person("bob"), person("root", "admin")];

beforeEach(() => {
  store = openKeyValueStore({ directory: mkdtempSync(join(tmpdir(), "picket-saved-")) });
  saved = new SavedQueries(store, handClock(Date.parse("2026-03-01T00:00:00Z")));
});
afterEach(() => store.close());

test("is seen by its owner alone, until it is shared", async () => {
  await saved.save(ann, "mine", { query: "SecurityAlert" });
  expect(saved.seenBy(ann)).toHaveLength(1);
  expect(saved.seenBy(bob)).toHaveLength(0);
  await saved.save(ann, "mine", { query: "SecurityAlert | count", shared: true });
  expect(saved.seenBy(bob)).toMatchObject([{ owner: "ann", query: "SecurityAlert | count", shared: true }]);
});

test("keeps what a later save does not say", async () => {
  await saved.save(ann, "mine", { query: "A", about: "What it is for.", shared: true });
  expect(await saved.save(ann, "mine", { query: "B" })).toMatchObject({
    query: "B",
    about: "What it is for.",
    shared: true,
  });
});

test.each([
  { name: "changed by nobody else", work: () => saved.save(bob, "mine", { query: "x" }), code: "API_EXISTS" },
  { name: "removed by no other viewer", work: () => saved.remove(bob, "mine"), code: "API_NOT_ALLOWED" },
  { name: "not found when it is none", work: () => saved.remove(ann, "other"), code: "API_NOT_FOUND" },
])("is $name", async ({ work, code }) => {
  await saved.save(ann, "mine", { query: "A", shared: true });
  await expect(work()).rejects.toMatchObject({ code });
});

test("is removed by its owner and by an administrator", async () => {
  await saved.save(ann, "one", { query: "A" });
  await saved.save(ann, "two", { query: "A" });
  await saved.remove(ann, "one");
  await saved.remove(admin, "two");
  expect(saved.seenBy(ann)).toEqual([]);
});
