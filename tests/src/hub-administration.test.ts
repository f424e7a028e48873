import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openClient } from "@picket/api";
import { connect } from "mqtt";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Picket, startPicket } from "./picket.js";

let picket: Picket;
const home = mkdtempSync(join(tmpdir(), "picket-hub-admin-"));
beforeAll(async () => {
  picket = await startPicket();
});
afterAll(() => picket?.stop());

const api = () => openClient({ origin: picket.origin, token: picket.token, fetch });
const json = async (...command: string[]): Promise<Record<string, unknown>[]> =>
  JSON.parse(await picket.run(...command, "--format", "json"));
const openssl = (...given: string[]): Buffer => execFileSync("openssl", given, { cwd: home, stdio: "pipe" });

/** Rows of the operation log about the hub's own configuration. */
const changes = (operation: string): Promise<Record<string, unknown>[]> =>
  vi.waitFor(
    async () => {
      const rows = await picket.kql(
        `IoTHubOperation | where Category == "HubConfiguration" and OperationName == "${operation}" | project OperationName, ResultType, Properties`,
      );
      expect(rows.length).toBeGreaterThan(0);
      return rows;
    },
    { timeout: 20_000, interval: 500 },
  );

test("an authority is trusted after a proof of possession, and each step is in the operation log", async () => {
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=Our devices",
    "-days",
    "2",
  );
  expect(await picket.run("hub", "certificate", "add", "ours", join(home, "ca.pem"))).toContain(
    "prove that you have its key",
  );
  const help = await picket.run("hub", "certificate", "code", "ours");
  const code = /code is (\w+)/.exec(help)?.[1] ?? "";
  const proof = (name: string): string => {
    openssl(
      "req",
      "-new",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "p.key",
      "-out",
      "p.csr",
      "-subj",
      `/CN=${name}`,
    );
    openssl(
      "x509",
      "-req",
      "-in",
      "p.csr",
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-days",
      "1",
      "-out",
      `${name}.pem`,
    );
    return join(home, `${name}.pem`);
  };
  await expect(picket.run("hub", "certificate", "verify", "ours", proof("wrong"))).rejects.toThrow(
    "is not the verification code",
  );
  expect(await picket.run("hub", "certificate", "verify", "ours", proof(code))).toContain("is trusted");
  expect(await json("hub", "certificate", "list")).toMatchObject([{ name: "ours", isVerified: true }]);
  await changes("addCertificate");
  const tries = await changes("verifyCertificate");
  expect(tries.map(({ ResultType }) => ResultType).sort()).toEqual(["", "400004"]);
  await picket.run("hub", "certificate", "remove", "ours");
  await changes("deleteCertificate");
});

test("a policy of least rights is made, rolled and removed", async () => {
  const first = await picket.run("hub", "policy", "add", "reader", "registryRead");
  expect(first).toMatch(/^HostName=localhost;SharedAccessKeyName=reader;SharedAccessKey=/);
  const rolled = await picket.run("hub", "policy", "roll", "reader");
  expect(rolled).not.toBe(first);
  expect(await picket.run("hub", "policy", "connection", "reader")).toBe(rolled);
  await expect(picket.run("hub", "policy", "add", "odd", "everything")).rejects.toThrow(
    "must be equal to one of",
  );
  await expect(picket.run("hub", "policy", "remove", "iothubowner")).rejects.toThrow("every hub has");
  await picket.run("hub", "policy", "remove", "reader");
  expect(await json("hub", "policy", "list")).not.toContainEqual(expect.objectContaining({ name: "reader" }));
});

test("a rule of the IP filter says whom it would cut off before it does", async () => {
  await picket.run("device", "add", "near");
  const string = await picket.run("hub", "roll-key", "near");
  const key = /SharedAccessKey=(.*)$/m.exec(string)?.[1] ?? "";
  const { SharedAccessSignature } = (await import("azure-iot-common")).default;
  const until = Math.floor(Date.now() / 1_000) + 600;
  const password = SharedAccessSignature.create("localhost/devices/near", "", key, until)
    .toString()
    .replace("&skn=", "");
  const device = connect({
    ...{ protocol: "mqtts", host: "localhost", port: picket.mqttPort, ca: picket.ca, reconnectPeriod: 0 },
    ...{ clientId: "near", username: "localhost/near/?api-version=2021-04-12", password },
  });
  await new Promise((resolve, reject) => device.once("connect", resolve).once("error", reject));
  const closed = new Promise((resolve) => device.once("close", resolve));
  expect(await json("hub", "ip", "preview", "reject:127.0.0.0/8")).toMatchObject([
    { deviceId: "near", rule: "rule 1" },
  ]);
  expect(await json("hub", "ip", "preview", "accept:127.0.0.1", "reject:0.0.0.0/0")).toEqual([]);
  expect(device.connected).toBe(true);
  expect(await picket.run("hub", "ip", "set", "reject:127.0.0.0/8")).toContain("1 connection ended");
  await closed;
  await picket.run("hub", "ip", "set");
  expect(await json("hub", "ip", "show")).toEqual([]);
  await changes("updateIpFilter");
});

test("a group is enrolled, and a device's own key is computed", async () => {
  const made = await picket.run("hub", "enrol", "group", "line-1");
  expect(made).toMatch(/ID scope 0ne[0-9A-F]{8}\ngroup key /);
  const own = await picket.run("hub", "enrol", "key", "line-1", "press-1");
  expect(Buffer.from(own, "base64")).toHaveLength(32);
  expect(await json("hub", "enrol", "list", "--groups")).toMatchObject([
    { enrollmentGroupId: "line-1", type: "symmetricKey" },
  ]);
  await picket.run("hub", "enrol", "remove", "line-1", "--group");
});

test("a configuration reaches the security modules it targets, and its numbers are shown", async () => {
  await picket.run("device", "add", "pump");
  const file = join(home, "eco.json");
  const section = "properties.desired.ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration";
  writeFileSync(
    file,
    JSON.stringify({
      targetCondition: "FROM devices.modules WHERE moduleId = 'azureiotsecurity'",
      priority: 1,
      content: { moduleContent: { [section]: { snapshotFrequency: { value: "PT6H" } } } },
    }),
  );
  await picket.run("hub", "configuration", "apply", "eco", file);
  await vi.waitFor(async () => {
    const [eco] = await json("hub", "configuration", "list");
    expect(Number(eco?.["appliedCount"])).toBeGreaterThan(0);
    expect(eco?.["appliedCount"]).toBe(eco?.["targetedCount"]);
  }, 20_000);
  const { twin } = await api()("GET /hub/devices/{id}/twin", {
    params: { id: "pump" },
    query: { moduleId: "azureiotsecurity" },
  });
  expect(twin).toMatchObject({ configurations: { eco: { status: "Applied" } } });
  expect(
    await picket.run(
      "hub",
      "query",
      "SELECT deviceId FROM devices.modules WHERE configurations.eco.status = 'Applied'",
    ),
  ).toContain('{"deviceId":"pump"}');
  await picket.run("hub", "configuration", "remove", "eco");
});

test("a diagnostic setting masks addresses and leaves categories out, and says so in the log", async () => {
  const client = api();
  const { categories } = await client("GET /hub/diagnostics");
  const kept = categories.filter((each) => each !== "TwinQueries");
  const body = { categories: kept, isEnabled: true, masksAddresses: true };
  await client("PUT /hub/diagnostics/{name}", { params: { name: "operation-log" }, body });
  await picket.run("hub", "enrol", "group", "masked");
  await vi.waitFor(async () => {
    const [row] = await picket.kql(
      `IoTHubOperation | where OperationName == "createEnrollment" and Properties.id == "masked" | project IpAddress`,
    );
    expect(row?.["IpAddress"]).toBe("127.0.0.XXX");
  }, 20_000);
  await changes("updateDiagnosticSetting");
});

test("no key is in the audit table", async () => {
  const secret = Buffer.alloc(32, 9).toString("base64");
  const attestation = { type: "symmetricKey", symmetricKey: { primaryKey: secret, secondaryKey: secret } };
  const params = { kind: "individual", id: "one" } as const;
  await api()("PUT /hub/enrolments/{kind}/{id}", { params, body: { attestation } });
  await vi.waitFor(async () => {
    const rows = await picket.kql(
      `PicketAudit | where Action == "hub.enrolments.put" and Target endswith "one"`,
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(secret);
  }, 20_000);
});
