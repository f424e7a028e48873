import { afterAll, beforeAll, expect, test } from "vitest";
import { asClient, openTestHub, type TestHub } from "../testing.js";

const address = "127.31.0.1";
let house: TestHub;
beforeAll(async () => {
  house = await openTestHub(undefined, address);
});
afterAll(() => house.hub.close());

const run = (body: string, policy?: string) => {
  if (house.httpsPort !== 443) return undefined;
  const prelude = `const { Registry } = client("azure-iothub"); const registry = Registry.fromConnectionString(connection);`;
  return asClient({ ...house, address }, `${prelude}\n${body}`, policy);
};

test("the unmodified registry client makes, reads, changes and removes devices, whatever they prove themselves by", async ({
  skip,
}) => {
  const answer = await run(`
    const print = "AA:".repeat(19) + "AA";
    const sas = (await registry.create({ deviceId: "sas-1", status: "disabled", statusReason: "in stock" })).responseBody;
    const own = (await registry.create({ deviceId: "own-1", authentication: { x509Thumbprint: { primaryThumbprint: print } } })).responseBody;
    const ca = (await registry.create({ deviceId: "ca-1", authentication: { type: "certificateAuthority" } })).responseBody;
    const edge = (await registry.create({ deviceId: "edge-1", capabilities: { iotEdge: true } })).responseBody;
    const leaf = (await registry.create({ deviceId: "leaf-1", deviceScope: edge.deviceScope })).responseBody;
    const changed = (await registry.update({ deviceId: "sas-1", status: "enabled", authentication: { symmetricKey: { primaryKey: Buffer.alloc(32, 7).toString("base64"), secondaryKey: sas.authentication.symmetricKey.secondaryKey } } })).responseBody;
    const read = (await registry.get("sas-1")).responseBody;
    const all = (await registry.list()).responseBody.map(({ deviceId }) => deviceId);
    await registry.delete("leaf-1");
    const statistics = (await registry.getRegistryStatistics()).responseBody;
    return { sas, own, ca, edge, leaf, changed, read, all, statistics, gone: await registry.get("leaf-1").catch(nameOf) };`);
  if (!answer) return skip("port 443 is taken or privileged here");
  expect(answer).toMatchObject({
    sas: {
      status: "disabled",
      statusReason: "in stock",
      authentication: { type: "sas" },
      connectionState: "Disconnected",
    },
    own: {
      authentication: {
        type: "selfSigned",
        x509Thumbprint: { primaryThumbprint: "AA".repeat(20) },
        symmetricKey: { primaryKey: null },
      },
    },
    ca: { authentication: { type: "certificateAuthority" } },
    edge: { capabilities: { iotEdge: true } },
    read: {
      status: "enabled",
      authentication: { symmetricKey: { primaryKey: Buffer.alloc(32, 7).toString("base64") } },
    },
    all: ["ca-1", "edge-1", "leaf-1", "own-1", "sas-1"],
    statistics: { totalDeviceCount: 4, enabledDeviceCount: 4, disabledDeviceCount: 0 },
    gone: "DeviceNotFoundError",
  });
  const { edge, leaf, sas, changed } = answer as Record<string, Record<string, unknown>>;
  expect(edge?.["deviceScope"]).toBe(`ms-azure-iot-edge://edge-1-${String(edge?.["generationId"])}`);
  expect(leaf).toMatchObject({ deviceScope: edge?.["deviceScope"], parentScopes: [edge?.["deviceScope"]] });
  expect(changed?.["etag"]).not.toBe(sas?.["etag"]);
  expect(changed?.["statusUpdatedTime"]).not.toBe(sas?.["statusUpdatedTime"]);
});

test("bulk operations do what they can and say what failed", async ({ skip }) => {
  const answer = await run(`
    const devices = [1, 2, 3].map((n) => ({ deviceId: "bulk-" + n, status: "enabled" }));
    const added = (await registry.addDevices(devices)).responseBody;
    const again = await registry.addDevices([{ deviceId: "bulk-1" }, { deviceId: "bulk-4" }]).catch((error) => JSON.parse(error.responseBody));
    const forced = (await registry.updateDevices([{ deviceId: "bulk-1", status: "disabled" }], true)).responseBody;
    const stale = await registry.updateDevices([{ deviceId: "bulk-2", etag: "c3RhbGU=" }], false).catch((error) => JSON.parse(error.responseBody));
    const { etag } = (await registry.get("bulk-3")).responseBody;
    const fresh = (await registry.updateDevices([{ deviceId: "bulk-3", etag, status: "disabled" }], false)).responseBody;
    const removed = (await registry.removeDevices([{ deviceId: "bulk-1" }, { deviceId: "bulk-2" }, { deviceId: "bulk-3" }, { deviceId: "bulk-4" }], true)).responseBody;
    return { added, again, forced, stale, fresh, removed };`);
  if (!answer) return skip("port 443 is taken or privileged here");
  const fine = { isSuccessful: true, errors: [], warnings: [] };
  expect(answer).toMatchObject({
    added: fine,
    forced: fine,
    fresh: fine,
    removed: fine,
    again: { isSuccessful: false, errors: [{ deviceId: "bulk-1", errorCode: "DeviceAlreadyExists" }] },
    stale: { isSuccessful: false, errors: [{ deviceId: "bulk-2", errorCode: "PreconditionFailed" }] },
  });
});

test("modules have ETags, limits and an owner", async ({ skip }) => {
  const answer = await run(`
    await registry.create({ deviceId: "mods" });
    const made = (await registry.addModule({ deviceId: "mods", moduleId: "m0", managedBy: "us" })).responseBody;
    const stale = await registry.updateModule({ ...made, etag: "c3RhbGU=" }).catch(nameOf);
    const fresh = (await registry.updateModule({ ...made, managedBy: "them" })).responseBody;
    for (let n = 1; n < 50; n += 1) await registry.addModule({ deviceId: "mods", moduleId: "m" + n });
    const tooMany = await registry.addModule({ deviceId: "mods", moduleId: "m50" }).catch((error) => JSON.parse(error.responseBody).Message);
    const list = (await registry.getModulesOnDevice("mods")).responseBody.length;
    await registry.removeModule("mods", "m0");
    const lost = await registry.addModule({ deviceId: "nobody", moduleId: "m" }).catch(nameOf);
    await registry.delete("mods");
    return { made, stale, fresh, tooMany, list, lost };`);
  if (!answer) return skip("port 443 is taken or privileged here");
  expect(answer).toMatchObject({
    made: { managedBy: "us", connectionState: "Disconnected" },
    stale: "InvalidEtagError",
    fresh: { managedBy: "them" },
    list: 50,
    lost: "DeviceNotFoundError",
  });
  expect(answer["tooMany"]).toMatch(/^ErrorCode:TooManyModulesOnDevice;/);
});

test("twins have tags, metadata and ETags; null removes", async ({ skip }) => {
  const answer = await run(`
    await registry.create({ deviceId: "twin-1" });
    const twin = (await registry.getTwin("twin-1")).responseBody;
    const first = (await registry.updateTwin("twin-1", { tags: { site: { city: "Bern", floor: 2 } }, properties: { desired: { rate: 5, old: 1 } } }, twin.etag)).responseBody;
    const second = (await registry.updateTwin("twin-1", { tags: { site: { floor: null } }, properties: { desired: { old: null } } }, first.etag)).responseBody;
    const stale = await registry.updateTwin("twin-1", { tags: { a: 1 } }, first.etag).catch(nameOf);
    const bad = await registry.updateTwin("twin-1", { properties: { desired: { "a.b": 1 } } }, "*").catch(nameOf);
    const large = await registry.updateTwin("twin-1", { tags: Object.fromEntries([1, 2, 3].map((n) => ["t" + n, "x".repeat(4000)])) }, "*").catch(nameOf);
    return { first, second, stale, bad, large };`);
  if (!answer) return skip("port 443 is taken or privileged here");
  expect(answer).toMatchObject({
    first: { version: 2, properties: { desired: { rate: 5, old: 1, $version: 2 } } },
    second: { tags: { site: { city: "Bern" } }, properties: { desired: { rate: 5, $version: 3 } } },
    stale: "InvalidEtagError",
    bad: "ArgumentError",
    large: "ArgumentError",
  });
  const { second } = answer as {
    second: { properties: { desired: Record<string, unknown> }; tags: { site: object } };
  };
  expect(second.tags.site).not.toHaveProperty("floor");
  expect(second.properties.desired).not.toHaveProperty("old");
  expect(second.properties.desired["$metadata"]).toMatchObject({
    $lastUpdatedVersion: 3,
    rate: { $lastUpdatedVersion: 2 },
  });
});

test("a policy does what its rights allow, and each change and refusal is in the operation log", async ({
  skip,
}) => {
  const answer = await run(
    `return { made: await registry.create({ deviceId: "refused-1" }).catch(nameOf), read: (await registry.list()).responseBody.length >= 0 };`,
    "registryRead",
  );
  if (!answer) return skip("port 443 is taken or privileged here");
  expect(answer).toEqual({ made: "UnauthorizedError", read: true });
  const rows = house.told("operation");
  expect(rows).toContainEqual(
    expect.objectContaining({
      operationName: "put",
      deviceId: "refused-1",
      cause: "forbidden",
      ipAddress: "127.0.0.1",
    }),
  );
  for (const operationName of [
    "createDevice",
    "updateDevice",
    "deleteDevice",
    "createModule",
    "bulkOperation",
    "updateTwin",
  ])
    expect(rows).toContainEqual(expect.objectContaining({ operationName }));
});

test("what the hub refuses is in the operation log with its category, cause and address", async ({
  skip,
}) => {
  const answer = await run(`
    const fail = (promise) => promise.then(() => "done", nameOf);
    await registry.create({ deviceId: "log-1" });
    return [
      await fail(registry.create({ deviceId: "log-1" })),
      await fail(registry.get("log-none")),
      await fail(registry.updateTwin("log-1", { tags: {} }, "b2xk")),
      await fail(registry.getConfiguration("log-none")),
      await fail(registry.createQuery("SELECT").next()),
      await fail(registry.updateTwin("log-1", { tags: { "a b": 1 } }, "*")),
    ];`);
  if (!answer) return skip("port 443 is taken or privileged here");
  const row = (category: string, cause: string, deviceId = "log-1") =>
    expect.objectContaining({ category, cause, deviceId, ipAddress: "127.0.0.1", level: "Error" });
  const rows = house.told("operation");
  for (const wanted of [
    row("DeviceIdentityOperations", "conflict"),
    row("DeviceIdentityOperations", "unknownDevice", "log-none"),
    row("C2DTwinOperations", "conflict"),
    row("C2DTwinOperations", "invalidRequest"),
    row("Configurations", "invalidRequest", ""),
    row("TwinQueries", "invalidRequest", ""),
  ])
    expect(rows).toContainEqual(wanted);
});
