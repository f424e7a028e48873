import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { issue } from "../identity/testing.js";
import { asClient, openTestHub, type TestHub } from "../testing.js";

const address = "127.31.0.3";
let house: TestHub;
beforeAll(async () => {
  house = await openTestHub(undefined, address);
});
afterAll(() => house.hub.close());

/** Runs a body that uses the unmodified provisioning clients; undefined where the ports are not to be had. */
const run = (body: string) => {
  if (house.httpsPort !== 443 || house.mqttPort !== 8883) return undefined;
  const prelude = `
    const { ProvisioningServiceClient } = client("azure-iot-provisioning-service");
    const { ProvisioningDeviceClient } = client("azure-iot-provisioning-device");
    const { SymmetricKeySecurityClient } = client("azure-iot-security-symmetric-key");
    const { X509Security } = client("azure-iot-security-x509");
    const { Client } = client("azure-iot-device");
    const { Mqtt: DeviceMqtt } = client("azure-iot-device-mqtt");
    const transports = { ...client("azure-iot-provisioning-device-mqtt"), Http: client("azure-iot-provisioning-device-http").Http, ...client("azure-iot-provisioning-device-amqp") };
    const crypto = require("node:crypto");
    const service = ProvisioningServiceClient.fromConnectionString(connection);
    const scope = ${JSON.stringify(house.hub.provisioning.idScope)};
    const host = ${JSON.stringify(address)};
    const derive = (key, id) => crypto.createHmac("sha256", Buffer.from(key, "base64")).update(id).digest("base64");
    const register = async (id, security, transport = "Mqtt", payload) => {
      const device = ProvisioningDeviceClient.create(transport === "Amqp" ? host + ":${house.amqpPort}" : host, scope, new transports[transport](), security);
      if (payload) device.setProvisioningPayload(payload);
      return device.register();
    };
    const byKey = (id, key, transport, payload) => register(id, new SymmetricKeySecurityClient(id, key), transport, payload);
    const body = (promise) => promise.then((answer) => answer.responseBody);
    const connect = async (id, key) => {
      const device = Client.fromConnectionString("HostName=" + host + ";DeviceId=" + id + ";SharedAccessKey=" + key, DeviceMqtt);
      await device.open(); await device.close(); return "connected";
    };
    const answered = (start) => new Promise((resolve, reject) => start((error, answer) => (error ? reject(error) : resolve(answer))));`;
  return asClient({ ...house, address }, `${prelude}\n${body}`, "provisioningserviceowner");
};
const noPort = "port 443 or 8883 is taken or privileged here";

test("a device with its own enrolment comes over MQTT, AMQP, WebSocket and HTTPS, and connects with its key", async ({
  skip,
}) => {
  const answer = await run(`
    const results = {};
    for (const transport of ["Mqtt", "MqttWs", "Http", "Amqp", "AmqpWs"]) {
      const registrationId = "own-" + transport.toLowerCase();
      const made = await body(service.createOrUpdateIndividualEnrollment({ registrationId, deviceId: "Device-" + transport, attestation: { type: "symmetricKey" },
        initialTwin: { tags: { by: transport }, properties: { desired: { rate: 5 } } } }));
      const { symmetricKey } = (await body(service.getIndividualEnrollmentAttestationMechanism(registrationId)));
      const state = await byKey(registrationId, symmetricKey.primaryKey, transport);
      const secondary = await byKey(registrationId, symmetricKey.secondaryKey, transport);
      results[transport] = { made, state, substatus: secondary.substatus, device: await connect(state.deviceId, symmetricKey.primaryKey), read: await body(service.getIndividualEnrollment(registrationId)) };
    }
    return results;`);
  if (!answer) return skip(noPort);
  for (const transport of ["Mqtt", "MqttWs", "Http", "Amqp", "AmqpWs"])
    expect(answer[transport]).toMatchObject({
      made: {
        attestation: { type: "symmetricKey" },
        provisioningStatus: "enabled",
        allocationPolicy: "hashed",
      },
      state: {
        status: "assigned",
        substatus: "initialAssignment",
        assignedHub: address,
        deviceId: `Device-${transport}`,
      },
      substatus: "deviceDataMigrated",
      device: "connected",
      read: { registrationState: { status: "assigned", deviceId: `Device-${transport}` } },
    });
  expect(JSON.stringify(answer)).not.toContain('"symmetricKey":{');
  expect(house.hub.registry.get("Device-Mqtt")).toMatchObject({ tags: { by: "Mqtt" }, desired: { rate: 5 } });
  expect(house.told("operation")).toContainEqual(
    expect.objectContaining({
      category: "DeviceOperations",
      operationName: "register",
      deviceId: "own-mqtt",
      protocol: "Mqtt",
      ipAddress: "127.0.0.1",
      cause: "",
    }),
  );
}, 60_000);

test("devices of a group come with keys made of the group's; a wrong one, a wrong scope and a disabled group are refused", async ({
  skip,
}) => {
  const answer = await run(`
    await service.createOrUpdateEnrollmentGroup({ enrollmentGroupId: "line-7", attestation: { type: "symmetricKey" }, reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false }, initialTwin: { tags: { line: 7 }, properties: { desired: {} } } });
    const { symmetricKey } = await body(service.getEnrollmentGroupAttestationMechanism("line-7"));
    const key = (id) => derive(symmetricKey.primaryKey, id);
    const first = await byKey("press-1", key("press-1"));
    const again = await byKey("press-1", key("press-1"));
    const said = (error) => error.message;
    const wrong = await byKey("press-2", key("press-1")).catch(said);
    const elsewhere = await ProvisioningDeviceClient.create(host, "0neFFFFFFFF", new transports.Mqtt(), new SymmetricKeySecurityClient("press-3", key("press-3"))).register().catch(said);
    const list = (await answered((done) => service.createEnrollmentGroupQuery({ query: "SELECT * FROM enrollmentGroups" }, 10).next(done))).map((each) => each.enrollmentGroupId);
    const states = await answered((done) => service.createEnrollmentGroupDeviceRegistrationStateQuery({ query: "*" }, "line-7", 10).next(done));
    const group = await body(service.getEnrollmentGroup("line-7"));
    await service.createOrUpdateEnrollmentGroup({ ...group, provisioningStatus: "disabled" });
    const disabled = await byKey("press-4", key("press-4")).catch((error) => String(error.message || error));
    await service.deleteDeviceRegistrationState("press-1");
    const gone = await service.getDeviceRegistrationState("press-1").catch((error) => error.response.statusCode);
    await service.deleteEnrollmentGroup("line-7");
    const unknown = await byKey("press-5", key("press-5")).catch(said);
    return { first, again: again.substatus, wrong, elsewhere, list, states, disabled, gone, unknown };`);
  if (!answer) return skip(noPort);
  expect(answer).toMatchObject({
    first: { status: "assigned", substatus: "initialAssignment", deviceId: "press-1" },
    again: "deviceDataReset",
    wrong: expect.stringMatching(/not authorized/i),
    elsewhere: expect.stringMatching(/not authorized/i),
    list: ["line-7"],
    states: [{ registrationId: "press-1", status: "assigned" }],
    gone: 404,
    unknown: expect.stringMatching(/not authorized/i),
  });
  expect(answer["disabled"]).toBeTruthy();
  const causes = house
    .told("operation")
    .filter(({ category }) => category === "DeviceOperations")
    .map(({ cause }) => cause);
  expect(causes).toEqual(
    expect.arrayContaining(["invalidSignature", "wrongAudience", "disabledDevice", "unknownDevice"]),
  );
  expect(house.hub.registry.find("press-2")).toBeUndefined();
}, 60_000);

test("devices come with certificates: one of its own, or one of a group's authority over an intermediate", async ({
  skip,
}) => {
  const own = issue("cam-1", {});
  const root = issue("Root of line 8", { isAuthority: true });
  const middle = issue("Line 8", { isAuthority: true, issuer: root });
  const leaf = issue("cam-2", { issuer: middle });
  const stranger = issue("cam-3", {});
  const answer = await run(`
    const x509 = (id, certificate) => new X509Security(id, certificate);
    const certificates = ${JSON.stringify({ own, root, leaf, middle, stranger })};
    const chain = { cert: certificates.leaf.cert + certificates.middle.cert, key: certificates.leaf.key };
    await service.createOrUpdateIndividualEnrollment({ registrationId: "cam-1", attestation: { type: "x509", x509: { clientCertificates: { primary: { certificate: certificates.own.cert } } } } });
    const group = await body(service.createOrUpdateEnrollmentGroup({ enrollmentGroupId: "line-8", attestation: { type: "x509", x509: { signingCertificates: { primary: { certificate: certificates.root.cert } } } } }));
    const again = await body(service.createOrUpdateEnrollmentGroup({ ...group, initialTwin: { tags: { line: 8 }, properties: { desired: {} } } }));
    const results = {};
    for (const transport of ["Mqtt", "Http"]) results[transport] = [(await register("cam-1", x509("cam-1", certificates.own), transport)).deviceId, (await register("cam-2", x509("cam-2", chain), transport)).deviceId];
    const stranger = await register("cam-3", x509("cam-3", certificates.stranger)).catch((error) => error.message);
    const posing = await register("cam-4", x509("cam-4", chain)).catch((error) => error.message);
    const device = Client.fromConnectionString("HostName=" + host + ";DeviceId=cam-2;x509=true", DeviceMqtt);
    await device.setOptions(chain); await device.open(); await device.close();
    return { group, again, results, stranger, posing };`);
  if (!answer) return skip(noPort);
  expect(answer).toMatchObject({
    group: {
      attestation: {
        x509: { signingCertificates: { primary: { info: { subjectName: "CN=Root of line 8" } } } },
      },
    },
    again: { initialTwin: { tags: { line: 8 } } },
    results: { Mqtt: ["cam-1", "cam-2"], Http: ["cam-1", "cam-2"] },
    stranger: expect.stringMatching(/not authorized/i),
    posing: expect.stringMatching(/not authorized/i),
  });
  expect(house.hub.registry.get("cam-2")).toMatchObject({ authType: "selfSigned", tags: { line: 8 } });
}, 60_000);

test("enrolments have ETags, bulk operations, a policy of their own and errors that say why", async ({
  skip,
}) => {
  const answer = await run(`
    const item = (registrationId) => ({ registrationId, attestation: { type: "symmetricKey" } });
    const bulk = await answered((done) => service.runBulkEnrollmentOperation({ mode: "create", enrollments: [item("b-1"), item("b-2"), item("not an id")] }, done));
    const one = await body(service.getIndividualEnrollment("b-1"));
    const changed = await body(service.createOrUpdateIndividualEnrollment({ ...one, provisioningStatus: "disabled" }));
    const stale = await service.createOrUpdateIndividualEnrollment({ ...one, provisioningStatus: "enabled" }).catch(nameOf);
    const list = (await answered((done) => service.createIndividualEnrollmentQuery({ query: "SELECT * FROM enrollments" }, 1).next(done))).length;
    const tpm = await service.createOrUpdateIndividualEnrollment({ registrationId: "t-1", attestation: { type: "tpm", tpm: { endorsementKey: "AA==" } } }).catch((error) => JSON.parse(error.responseBody).message);
    await service.deleteIndividualEnrollment(changed);
    const gone = await service.getIndividualEnrollment("b-1").catch((error) => error.response.statusCode);
    return { bulk, changed: changed.provisioningStatus, stale, list, tpm, gone };`);
  if (!answer) return skip(noPort);
  expect(answer).toMatchObject({
    bulk: { isSuccessful: false, errors: [{ registrationId: "not an id", errorCode: 400_000 }] },
    changed: "disabled",
    stale: "InvalidEtagError",
    list: 1,
    gone: 404,
  });
  expect(answer["tpm"]).toContain("does not do TPM");
}, 60_000);

test("a webhook of the operator chooses the hub, changes the twin and says something to the device", async ({
  skip,
}) => {
  const asked: unknown[] = [];
  const webhook = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      asked.push(JSON.parse(text));
      const isBad = request.url === "/bad";
      response.end(
        JSON.stringify({
          iotHubHostName: isBad ? "elsewhere" : address,
          initialTwin: { tags: { from: "hook" } },
          payload: { hello: "device" },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve));
  const at = webhook.address();
  const port = typeof at === "object" ? at?.port : 0;
  const answer = await run(`
    const enrol = async (registrationId, path) => {
      await service.createOrUpdateIndividualEnrollment({ registrationId, attestation: { type: "symmetricKey" }, allocationPolicy: "custom", customAllocationDefinition: { webhookUrl: "http://127.0.0.1:${port}/" + path, apiVersion: "2019-03-31" } });
      return (await body(service.getIndividualEnrollmentAttestationMechanism(registrationId))).symmetricKey.primaryKey;
    };
    const state = await byKey("hook-1", await enrol("hook-1", "good"), "Mqtt", { model: "x" });
    const bad = await byKey("hook-2", await enrol("hook-2", "bad")).catch(nameOf);
    return { state, bad, reason: (await body(service.getIndividualEnrollment("hook-2"))).registrationState };`);
  webhook.close();
  if (!answer) return skip(noPort);
  expect(answer).toMatchObject({
    state: { status: "assigned", payload: { hello: "device" } },
    bad: "ProvisioningRegistrationFailedError",
    reason: { status: "failed", errorMessage: expect.stringContaining("not linked") },
  });
  expect(asked[0]).toMatchObject({
    deviceRuntimeContext: { registrationId: "hook-1", payload: { model: "x" } },
    linkedHubs: [address],
  });
  expect(house.hub.registry.get("hook-1").tags).toEqual({ from: "hook" });
}, 60_000);
