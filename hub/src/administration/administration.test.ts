import { afterEach, expect, test, vi } from "vitest";
import { issue } from "../identity/testing.js";
import { connectPlain } from "../mqtt/testing.js";
import { memoryStore, openTestHub, type TestHub } from "../testing.js";
import { categories, Diagnostics, masked } from "./diagnostics.js";

const opened: TestHub[] = [];
afterEach(async () => {
  for (const house of opened.splice(0)) await house.hub.close();
});
const by = { name: "ada", ipAddress: "192.0.2.7" };

async function open(store = memoryStore(), more: object = {}): Promise<TestHub> {
  const house = await openTestHub(undefined, "127.0.0.1", store, more);
  opened.push(house);
  return house;
}

const changes = (house: TestHub) =>
  house
    .told("operation")
    .filter(({ category }) => category === "HubConfiguration")
    .map(({ operationName, cause, properties }) => ({ operationName, cause, properties }));

test("every change of the hub's configuration is in the log with who did it, and in a snapshot", async () => {
  const house = await open();
  const { administration } = house.hub;
  await administration.putPolicy(by, "reader", ["registryRead"]);
  await administration.putPolicy(by, "reader", ["registryRead", "serviceConnect"]);
  await administration.regeneratePolicyKey(by, "reader", "primary");
  await administration.removePolicy(by, "reader");
  await administration.putCertificate(by, "ours", { certificate: issue("Ours", { isAuthority: true }).cert });
  await administration.askForProof(by, "ours");
  await administration.removeCertificate(by, "ours");
  await administration.setIpFilter(by, [{ name: "lab", action: "accept", mask: "127.0.0.0/8" }]);
  const setting = { name: "more", categories: ["Connections"], isEnabled: true, masksAddresses: false };
  await administration.putDiagnosticSetting(by, setting);
  await administration.putDiagnosticSetting(by, { ...setting, isEnabled: false });
  await administration.removeDiagnosticSetting(by, "more");
  const names = [
    "addPolicy",
    "updatePolicy",
    "regeneratePolicyKey",
    "deletePolicy",
    "addCertificate",
    "generateVerificationCode",
    "deleteCertificate",
    "updateIpFilter",
    "addDiagnosticSetting",
    "updateDiagnosticSetting",
    "deleteDiagnosticSetting",
  ];
  await vi.waitFor(() => expect(changes(house).map(({ operationName }) => operationName)).toEqual(names));
  expect(changes(house)[0]).toMatchObject({ cause: "", properties: { by: "ada", name: "reader" } });
  const snapshots = house.told("hub");
  expect(snapshots).toHaveLength(names.length + 1);
  expect(snapshots.at(-1)).toMatchObject({
    ipFilter: [{ name: "lab" }],
    certificates: [],
    tls: { minVersion: "TLSv1.2" },
  });
  expect(JSON.stringify(snapshots)).not.toMatch(/primaryKey|secondaryKey/);
});

test.each([
  ["deleteCertificate", (house: TestHub) => house.hub.administration.removeCertificate(by, "none")],
  [
    "addCertificate",
    (house: TestHub) => house.hub.administration.putCertificate(by, "bad", { certificate: "x" }),
  ],
  ["addPolicy", (house: TestHub) => house.hub.administration.putPolicy(by, "bad", [])],
  [
    "deleteDiagnosticSetting",
    (house: TestHub) => house.hub.administration.removeDiagnosticSetting(by, "none"),
  ],
])("a failed %s is in the log with its reason", async (operationName, work) => {
  const house = await open();
  await expect(work(house)).rejects.toThrow();
  await vi.waitFor(() =>
    expect(changes(house)).toEqual([expect.objectContaining({ operationName, cause: "invalidRequest" })]),
  );
});

test("a preview names who would be cut off and cuts nobody off; the rules do", async () => {
  const house = await open();
  await house.hub.registry.create("near");
  const { client } = await connectPlain(house, "near");
  const rules = [{ name: "all", action: "reject", mask: "0.0.0.0/0" }] as const;
  const expected = [{ deviceId: "near", moduleId: "", ipAddress: "127.0.0.1", rule: "all" }];
  expect(house.hub.administration.previewIpFilter(rules)).toEqual(expected);
  expect(client.connected).toBe(true);
  const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
  expect(await house.hub.administration.setIpFilter(by, rules)).toEqual(expected);
  await closed;
  await client.endAsync(true);
});

test("what the settings file changed while the hub was down is told at its start", async () => {
  const store = memoryStore();
  const first = await open(store);
  await first.hub.close();
  opened.length = 0;
  const second = await open(store, { quotas: { tier: "S1", units: 2 } });
  await vi.waitFor(() =>
    expect(changes(second).map(({ operationName }) => operationName)).toEqual(["updateTls", "updateTier"]),
  );
  expect(second.told("hub").at(-1)).toMatchObject({ tier: "S1", units: 2 });
});

test.each([
  ["192.0.2.77", "192.0.2.XXX"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::XXX"],
  ["", ""],
])("%s is masked as %s", (address, shown) => {
  expect(masked(address)).toBe(shown);
});

test("a category is kept when any setting keeps it, and whole when any of those keeps addresses whole", async () => {
  const diagnostics = new Diagnostics(memoryStore());
  const all = [...categories];
  expect(diagnostics.addressIn("Connections", "192.0.2.7")).toBe("192.0.2.7");
  await diagnostics.put({
    name: "operation-log",
    categories: ["Connections"],
    isEnabled: true,
    masksAddresses: true,
  });
  expect(diagnostics.addressIn("Connections", "192.0.2.7")).toBe("192.0.2.XXX");
  expect(diagnostics.addressIn("TwinQueries", "192.0.2.7")).toBeUndefined();
  expect(diagnostics.addressIn("HubConfiguration", "192.0.2.7")).toBe("192.0.2.7");
  await diagnostics.put({ name: "whole", categories: all, isEnabled: true, masksAddresses: false });
  expect(diagnostics.addressIn("Connections", "192.0.2.7")).toBe("192.0.2.7");
  expect(diagnostics.addressIn("TwinQueries", "192.0.2.7")).toBe("192.0.2.7");
  await diagnostics.remove("operation-log");
  await diagnostics.remove("whole");
  expect(diagnostics.addressIn("Connections", "192.0.2.7")).toBeUndefined();
  await expect(
    diagnostics.put({ name: "odd", categories: ["Nonsense"], isEnabled: true, masksAddresses: false }),
  ).rejects.toThrow("no category Nonsense");
});
