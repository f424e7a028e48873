import { handClock } from "@picket/kit";
import { expect, test } from "vitest";
import { memoryStore } from "../testing.js";
import { Policies, type Right } from "./policies.js";

const vault = {
  seal: (plain: Uint8Array) => plain.map((byte) => byte ^ 0x5a),
  open: (sealed: Uint8Array) => sealed.map((byte) => byte ^ 0x5a),
};

async function open(store = memoryStore(), clock = handClock(Date.UTC(2026, 0, 1))) {
  const policies = new Policies({ store, vault, clock });
  await policies.open();
  return { policies, store, clock };
}

test("a hub begins with the policies of the original, and they are the same after a restart", async () => {
  const { policies, store } = await open();
  expect(policies.list().map(({ name }) => name)).toEqual([
    "device",
    "iothubowner",
    "provisioningserviceowner",
    "registryRead",
    "registryReadWrite",
    "service",
  ]);
  expect((await open(store)).policies.list()).toEqual(policies.list());
});

test("a policy of one's own is there after a restart, with its rights and keys", async () => {
  const { policies, store } = await open();
  const made = await policies.put("reader", ["registryRead", "registryRead"]);
  expect(made).toMatchObject({ rights: ["registryRead"], isBuiltIn: false });
  expect((await open(store)).policies.get("reader")).toEqual(made);
});

test("other rights keep the keys and their time", async () => {
  const { policies, clock } = await open();
  const { primaryKey, keysUpdatedTime } = await policies.put("reader", ["registryRead"]);
  clock.move(60_000);
  expect(await policies.put("reader", ["serviceConnect"])).toMatchObject({
    rights: ["serviceConnect"],
    primaryKey,
    keysUpdatedTime,
  });
});

test("a key is made anew or the two are swapped, so that clients are moved one by one", async () => {
  const { policies, clock } = await open();
  const first = policies.get("service");
  clock.move(60_000);
  const swapped = await policies.regenerate("service", "swap");
  expect(swapped).toMatchObject({ primaryKey: first.secondaryKey, secondaryKey: first.primaryKey });
  const rolled = await policies.regenerate("service", "secondary");
  expect(rolled.primaryKey).toBe(first.secondaryKey);
  expect(rolled.secondaryKey).not.toBe(first.primaryKey);
  expect(rolled.keysUpdatedTime).toBe("2026-01-01T00:01:00.000Z");
  expect((await policies.regenerate("service", "primary")).primaryKey).not.toBe(rolled.primaryKey);
});

test("keys are not readable in the store", async () => {
  const { policies, store } = await open();
  const key = Buffer.from(policies.get("iothubowner").primaryKey, "base64");
  for (const { value } of store.range({ prefix: "", limit: 100 })) {
    expect(Buffer.from(value).includes(key)).toBe(false);
    expect(Buffer.from(value).includes(key.toString("base64"))).toBe(false);
  }
});

test.each([
  ["a name with a slash", "a/b", ["registryRead"], "1 to 64"],
  ["the name of one that every hub has", "iothubowner", ["registryRead"], "every hub has"],
  ["no right", "mine", [], "must allow something"],
  ["a right that there is not", "mine", ["everything"], "there is no right everything"],
])("a policy with %s is refused", async (_, name, rights, why) => {
  const { policies } = await open();
  await expect(policies.put(name, rights as Right[])).rejects.toThrow(why);
});

test("a removed policy is gone, one that every hub has stays", async () => {
  const { policies, store } = await open();
  await policies.put("mine", ["registryRead"]);
  await policies.remove("mine");
  expect(policies.find("mine")).toBeUndefined();
  expect((await open(store)).policies.find("mine")).toBeUndefined();
  await expect(policies.remove("mine")).rejects.toMatchObject({ code: "HUB_POLICY_NOT_FOUND" });
  await expect(policies.remove("service")).rejects.toThrow("every hub has");
});
