import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handClock } from "@picket/kit";
import { type KeyValueStore, openKeyValueStore } from "@picket/stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Accounts, type Caller } from "./accounts.js";

const HOUR = 3_600_000;
const PASSWORD = "correct horse battery staple";
let folder: string;
let store: KeyValueStore;
let clock: ReturnType<typeof handClock>;
let accounts: Accounts;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "picket-accounts-"));
  store = openKeyValueStore({ directory: folder });
  clock = handClock(Date.parse("2026-03-01T00:00:00Z"));
  accounts = new Accounts(store, clock);
  await accounts.addUser("admin", "admin");
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signedIn(name = "admin"): Promise<{ session: string; caller: Caller }> {
  return accounts.openByLink(await accounts.link(name));
}

async function withPassword(): Promise<{ session: string; caller: Caller }> {
  const opened = await signedIn();
  await accounts.setPassword(opened.caller, undefined, PASSWORD);
  return opened;
}

describe("a one-time link", () => {
  test("signs in once and asks for a password", async () => {
    const token = await accounts.link("admin");
    const { caller } = await accounts.openByLink(token);
    expect(caller).toMatchObject({ name: "admin", role: "admin", mustSetPassword: true });
    await expect(accounts.openByLink(token)).rejects.toMatchObject({ code: "API_LINK_SPENT" });
  });

  test.each([
    { name: "after a day", before: async () => clock.move(24 * HOUR + 1) },
    {
      name: "of somebody who was disabled",
      before: () => accounts.changeUser("eve", { disabled: true }),
    },
    {
      name: "of somebody who was removed and added again",
      before: async () => {
        await accounts.removeUser("eve");
        clock.move(1);
        await accounts.addUser("eve", "admin");
      },
    },
  ])("$name no longer works", async ({ before }) => {
    await accounts.addUser("eve", "viewer");
    const token = await accounts.link("eve");
    await before();
    await expect(accounts.openByLink(token)).rejects.toMatchObject({ code: "API_LINK_SPENT" });
  });
});

describe("a session", () => {
  test("lasts twelve hours", async () => {
    const { session } = await signedIn();
    clock.move(12 * HOUR - 1);
    expect(accounts.caller(session, undefined)?.name).toBe("admin");
    clock.move(2);
    expect(accounts.caller(session, undefined)).toBeUndefined();
  });

  test.each([
    { name: "when it is closed", end: (caller: Caller) => accounts.close(caller) },
    { name: "when its person is disabled", end: () => accounts.changeUser("eve", { disabled: true }) },
    {
      name: "when its person is removed, also for the next one of that name",
      end: async () => {
        await accounts.removeUser("eve");
        clock.move(1);
        await accounts.addUser("eve", "admin");
      },
    },
  ])("ends $name", async ({ end }) => {
    await accounts.addUser("eve", "viewer");
    const { session, caller } = await signedIn("eve");
    await end(caller);
    expect(accounts.caller(session, undefined)).toBeUndefined();
  });

  test("elsewhere ends when a password is set, the one that set it goes on", async () => {
    const elsewhere = await signedIn();
    const here = await withPassword();
    expect(accounts.caller(elsewhere.session, undefined)).toBeUndefined();
    expect(accounts.caller(here.session, undefined)).toMatchObject({ mustSetPassword: false });
  });

  test("takes a role change at once", async () => {
    await accounts.addUser("eve", "analyst");
    const { session } = await signedIn("eve");
    await accounts.changeUser("eve", { role: "viewer" });
    expect(accounts.caller(session, undefined)?.role).toBe("viewer");
  });
});

describe("a password", () => {
  test.each([
    { name: "the right one", user: "admin", password: PASSWORD, opens: true },
    { name: "a wrong one", user: "admin", password: "guess", opens: false },
    { name: "that of nobody", user: "nobody", password: PASSWORD, opens: false },
    { name: "an empty one of somebody who has none", user: "fresh", password: "", opens: false },
  ])("$name opens: $opens", async ({ user, password, opens }) => {
    await withPassword();
    await accounts.addUser("fresh", "viewer");
    const opened = accounts.openByPassword(user, password);
    if (opens) expect((await opened).caller.name).toBe(user);
    else await expect(opened).rejects.toMatchObject({ code: "API_WRONG_PASSWORD" });
  });

  test("is changed only by who knows the present one", async () => {
    const { session } = await withPassword();
    const caller = accounts.caller(session, undefined)!;
    await expect(accounts.setPassword(caller, "guess", "another long password")).rejects.toMatchObject({
      code: "API_WRONG_PASSWORD",
    });
    await accounts.setPassword(caller, PASSWORD, "another long password");
    expect((await accounts.openByPassword("admin", "another long password")).caller.name).toBe("admin");
  });

  test("and every other secret is kept only as a hash", async () => {
    const { session } = await withPassword();
    const { secret } = await accounts.addToken("grafana", "viewer", 30);
    const link = await accounts.link("admin");
    const kept = store.range({ prefix: "", limit: 1_000 });
    const everything = kept.map(({ key, value }) => key + Buffer.from(value).toString()).join("\n");
    for (const plain of [PASSWORD, session, secret, link]) expect(everything).not.toContain(plain);
  });
});

describe("a token", () => {
  test("calls with its role until it ends", async () => {
    const { token, secret } = await accounts.addToken("grafana", "viewer", 30);
    expect(accounts.caller(undefined, secret)).toMatchObject({
      name: "grafana",
      role: "viewer",
      kind: "token",
    });
    await expect.poll(() => accounts.tokens()[0]?.lastUsedAt).toBe("2026-03-01T00:00:00.000Z");
    clock.move(30 * 24 * HOUR + 1);
    expect(accounts.caller(undefined, secret)).toBeUndefined();
    expect(token.expiresAt).toBe("2026-03-31T00:00:00.000Z");
  });

  test("that is removed leaves nothing behind", async () => {
    const { token, secret } = await accounts.addToken("grafana", "viewer", 30);
    await accounts.removeToken(token.id);
    expect(accounts.caller(undefined, secret)).toBeUndefined();
    expect(store.range({ prefix: "token", limit: 10 })).toEqual([]);
  });
});

describe("the last administrator", () => {
  test.each([
    { name: "is not removed", change: () => accounts.removeUser("admin") },
    { name: "is not disabled", change: () => accounts.changeUser("admin", { disabled: true }) },
    { name: "keeps the role", change: () => accounts.changeUser("admin", { role: "viewer" }) },
  ])("$name", async ({ change }) => {
    await expect(change()).rejects.toMatchObject({ code: "API_LAST_ADMIN" });
    await accounts.addUser("second", "admin");
    await expect(change()).resolves.not.toThrow();
  });
});

test("what has ended is forgotten by the tidying", async () => {
  await signedIn();
  await accounts.link("admin");
  clock.move(25 * HOUR);
  await accounts.tidy();
  expect(store.range({ prefix: "session/", limit: 10 })).toEqual([]);
  expect(store.range({ prefix: "link/", limit: 10 })).toEqual([]);
});
