import { afterAll, beforeAll, expect, test } from "vitest";
import { asClient, memoryStore, openTestHub, type TestHub } from "../testing.js";

const address = "127.31.0.4";
let house: TestHub;
beforeAll(async () => {
  const slow = { perSecond: 0.01, burst: 2 };
  const quotas = { rates: { registry: slow, queries: slow } };
  house = await openTestHub(undefined, address, memoryStore(), { quotas });
});
afterAll(() => house.hub.close());

test.each([
  ["registry operations", `registry.create({ deviceId: "d-" + n })`, "DeviceIdentityOperations"],
  ["queries", `registry.createQuery("SELECT * FROM devices").next()`, "TwinQueries"],
])("%s over the tier's rate are refused as the original does, and logged", async (_, work, category) => {
  if (house.httpsPort !== 443) return;
  const { names } = await asClient(
    { ...house, address },
    `const { Registry } = client("azure-iothub"); const registry = Registry.fromConnectionString(connection);
     const names = [];
     for (let n = 0; n < 3; n += 1) names.push(await ${work}.then(() => "done", nameOf));
     return { names };`,
  );
  expect(names).toEqual(["done", "done", "ThrottlingError"]);
  expect(house.told("operation")).toContainEqual(expect.objectContaining({ category, cause: "throttled" }));
});
