import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readHubSettings } from "../settings.js";
import { memoryStore, openTestHub, sasToken, type TestHub } from "../testing.js";
import type { Comer } from "./provisioning.js";

let [near, far]: [TestHub, TestHub] = [undefined as never, undefined as never];
beforeAll(async () => {
  far = await openTestHub(undefined, "127.31.0.10");
  const { primaryKey: key } = far.hub.authenticator.policyBook.get("iothubowner");
  const linked = { hostName: "127.31.0.10", port: far.httpsPort, policy: "iothubowner", key, ca: far.ca };
  const gone = { ...linked, hostName: "127.31.0.10", port: 1 };
  near = await openTestHub(undefined, "127.0.0.1", memoryStore(), {
    linkedHubs: [linked, { ...gone, hostName: "127.31.0.11" }],
  });
});
afterAll(async () => {
  await near?.hub.close();
  await far?.hub.close();
});

/** Enrols a device by key and lets it come; answers what it is told. */
async function comes(registrationId: string, enrolment: object): Promise<Record<string, unknown>> {
  const { provisioning } = near.hub;
  const present = provisioning.store.individual(registrationId);
  const body = { attestation: { type: "symmetricKey" }, ...enrolment };
  const made = await provisioning.put("individual", registrationId, body, present ? "*" : undefined);
  const [key = ""] = provisioning.keys(made);
  const token = sasToken(`${provisioning.idScope}/registrations/${registrationId}`, key);
  const comer: Comer = {
    ...{ idScope: provisioning.idScope, registrationId, credential: { token } },
    ...{ protocol: "Https", ipAddress: "127.0.0.1", sdkVersion: "" },
  };
  const { operationId } = (await provisioning.register(comer, undefined)).body as { operationId: string };
  return vi.waitFor(() => {
    const { status, body: answer } = provisioning.operation(comer, operationId);
    expect(status).toBe(200);
    return (answer as { registrationState: Record<string, unknown> }).registrationState;
  });
}

const at = (hub: string) => ({ allocationPolicy: "static", iotHubs: [hub] });

test("a device is made at another hub with its key and its initial twin", async () => {
  const initialTwin = { tags: { site: "far" }, properties: { desired: { rate: 5 } } };
  const state = await comes("press-1", { ...at("127.31.0.10"), initialTwin });
  expect(state).toMatchObject({
    status: "assigned",
    assignedHub: "127.31.0.10",
    substatus: "initialAssignment",
  });
  const made = far.hub.registry.get("press-1");
  expect(made).toMatchObject({ tags: { site: "far" }, desired: { rate: 5 } });
  const enrolment = near.hub.provisioning.get("individual", "press-1");
  expect(far.hub.registry.keys(made)).toEqual(near.hub.provisioning.keys(enrolment));
  expect(near.hub.registry.find("press-1")).toBeUndefined();
});

test("a device that moves takes its twin along, unless it shall begin anew", async () => {
  for (const [id, migrateDeviceData, tags] of [
    ["press-2", true, { line: 7 }],
    ["press-3", false, { line: 1 }],
  ] as const) {
    const initialTwin = { tags: { line: 1 }, properties: { desired: {} } };
    await comes(id, { ...at("localhost"), initialTwin });
    await near.hub.twins.change({ deviceId: id, moduleId: "" }, { tags: { line: 7 } });
    const reprovisionPolicy = { updateHubAssignment: true, migrateDeviceData };
    const state = await comes(id, { ...at("127.31.0.10"), initialTwin, reprovisionPolicy });
    expect(state["substatus"]).toBe(migrateDeviceData ? "deviceDataMigrated" : "deviceDataReset");
    expect(far.hub.registry.get(id).tags).toEqual(tags);
    expect(near.hub.registry.find(id)).toBeUndefined();
  }
});

test("a device that shall stay keeps the hub it has", async () => {
  const reprovisionPolicy = { updateHubAssignment: false, migrateDeviceData: true };
  await comes("press-4", { ...at("127.31.0.10"), reprovisionPolicy });
  expect(await comes("press-4", { ...at("localhost"), reprovisionPolicy })).toMatchObject({
    assignedHub: "127.31.0.10",
  });
});

test("hashed gives each of the hubs some devices, and the same device always the same", async () => {
  const hubs = { allocationPolicy: "hashed", iotHubs: ["localhost", "127.31.0.10"] };
  const assigned = new Map<string, unknown>();
  for (let n = 0; n < 16; n += 1) assigned.set(`hash-${n}`, (await comes(`hash-${n}`, hubs))["assignedHub"]);
  expect(new Set(assigned.values())).toEqual(new Set(["localhost", "127.31.0.10"]));
  expect((await comes("hash-3", hubs))["assignedHub"]).toBe(assigned.get("hash-3"));
});

test("a hub that cannot be reached, or is not linked, fails the registration with the reason", async () => {
  expect(await comes("press-5", at("127.31.0.11"))).toMatchObject({
    status: "failed",
    errorMessage: /cannot be reached/,
  });
  expect(await comes("press-6", at("elsewhere"))).toMatchObject({
    status: "failed",
    errorMessage: /is linked/,
  });
});

test("linked hubs are read from the settings, their connection strings as secrets", () => {
  const resolve = (source: string, name: string): string | undefined =>
    source === "env" && name === "FAR"
      ? "HostName=Far.example;SharedAccessKeyName=p;SharedAccessKey=a2V5PT0="
      : undefined;
  const settings = { linkedHubs: [{ connectionString: "env:FAR" }] };
  expect(readHubSettings(settings, resolve).linkedHubs).toEqual([
    { hostName: "far.example", policy: "p", key: "a2V5PT0=" },
  ]);
  expect(() => readHubSettings({ linkedHubs: [{ connectionString: "HostName=x" }] }, resolve)).toThrow(
    "SharedAccessKeyName",
  );
});
