import { recommendations } from "@picket/detections";
import type { DeviceSnapshot, Operation } from "@picket/schema";
import { expect, test } from "vitest";
import { FleetBook, networkOf } from "./fleet-facts.js";
import { PostureBook } from "./posture-book.js";

const START = Date.parse("2026-03-01T00:00:00Z");
const port = (LocalPort: string): Record<string, unknown> => ({
  Protocol: "tcp",
  LocalAddress: "0.0.0.0",
  LocalPort,
  RemotePort: "*",
});
const twin = (moduleId: string, desired: DeviceSnapshot["desired"]): DeviceSnapshot => ({
  deviceId: "pump-7",
  moduleId,
  status: "enabled",
  authType: "sas",
  generationId: "1",
  connectionState: "Connected",
  createdTime: "2026-01-01T00:00:00Z",
  sdkVersion: "",
  tags: {},
  desired,
  reported: {},
  desiredVersion: 1,
  reportedVersion: 1,
});
const connection: Operation = {
  operationName: "deviceConnect",
  category: "Connections",
  level: "Information",
  resultType: "",
  cause: "",
  resultDescription: "",
  deviceId: "pump-7",
  moduleId: "",
  protocol: "Mqtt",
  authType: "Sas",
  ipAddress: "203.0.113.7",
};
const book = (): PostureBook => new PostureBook(recommendations, "Hub");
const look = (
  posture: PostureBook,
  ports: readonly string[],
  minute: number,
): ReturnType<PostureBook["take"]> => {
  posture.look("pump-7", { name: "ListeningPorts", at: START + minute * 60_000, items: ports.map(port) });
  return posture.take();
};

test("what is found opens a recommendation with the evidence", () => {
  expect(look(book(), ["80"], 0)).toMatchObject([
    {
      RecommendationId: "IoT_OpenPorts|pump-7",
      RecommendationState: "Active",
      AssessedResourceId: "hub",
      RecommendationAdditionalData: { Endpoints: ["0.0.0.0:80"] },
    },
  ]);
});

test.each([
  { name: "nothing found opens nothing", looks: [[]], states: [] },
  { name: "the same again changes nothing", looks: [["80"], ["80"]], states: ["Active"] },
  { name: "other evidence updates the row", looks: [["80"], ["80", "81"]], states: ["Active", "Active"] },
  { name: "what is gone resolves it", looks: [["80"], []], states: ["Active", "Resolved"] },
  {
    name: "what comes back opens it again",
    looks: [["80"], [], ["80"]],
    states: ["Active", "Resolved", "Active"],
  },
])("$name", ({ looks, states }) => {
  const posture = book();
  const rows = looks.flatMap((ports, minute) => look(posture, ports, minute));
  expect(rows.map((row) => row.RecommendationState)).toEqual(states);
});

test("the time of discovery stays while the evidence changes, and is new after it was resolved", () => {
  const posture = book();
  const first = look(posture, ["80"], 0)[0];
  const second = look(posture, ["81"], 1)[0];
  look(posture, [], 2);
  const third = look(posture, ["80"], 3)[0];
  expect(second?.DiscoveredTimeUTC).toBe(first?.DiscoveredTimeUTC);
  expect(third?.DiscoveredTimeUTC).toBe("2026-03-01T00:03:00.000Z");
  expect(third?.FirstEvaluationDate).toBe(first?.FirstEvaluationDate);
});

test("an open recommendation is cleared by a snapshot after a restart", () => {
  const before = book();
  look(before, ["80"], 0);
  const after = book();
  after.restore(JSON.parse(JSON.stringify(before.save())));
  expect(look(after, [], 1)).toMatchObject([{ RecommendationState: "Resolved" }]);
});

test("a recommendation that counts within hours opens, and clears when the hours are over", () => {
  const posture = book();
  const statistics = (small: number) => ({ MessagesSent: 100, MessagesUnder4KB: small, TotalFailed: 0 });
  posture.happened("pump-7", "MessageStatistics", statistics(50), START);
  expect(posture.take()).toMatchObject([
    { RecommendationName: "IoT_AgentSendsUnutilizedMessages", RecommendationState: "Active" },
  ]);
  posture.happened("pump-7", "MessageStatistics", statistics(0), START + 25 * 3_600_000);
  expect(posture.take()).toMatchObject([{ RecommendationState: "Resolved" }]);
});

test("a complaint about a setting clears with a newer twin and comes back when it is repeated", () => {
  const posture = book();
  const complaint = {
    ErrorType: "Conflict",
    ConfigurationName: "maxLocalCacheSizeInBytes",
    Message: "too small",
  };
  posture.happened("pump-7", "ConfigurationError", complaint, START);
  posture.twin(twin("azureiotsecurity", {}), false, START + 1);
  posture.twin(twin("azureiotsecurity", {}), true, START + 2);
  posture.happened("pump-7", "ConfigurationError", complaint, START + 3);
  expect(posture.take()).toMatchObject([
    { RecommendationName: "IoT_TwinConfigurationConflict", RecommendationState: "Active" },
  ]);
});

test("a deployment with the rights of the host opens a recommendation, and its removal clears it", () => {
  const posture = book();
  const modules = { app: { settings: { image: "a", createOptions: '{"HostConfig":{"Privileged":true}}' } } };
  posture.twin(twin("$edgeAgent", { modules }), false, START);
  expect(posture.take()).toMatchObject([
    { RecommendationName: "IoT_PrivilegedDockerOptions", RecommendationAdditionalData: { Modules: ["app"] } },
  ]);
  posture.twin(twin("$edgeAgent", { modules: {} }), true, START + 1);
  expect(posture.take()).toMatchObject([{ RecommendationState: "Resolved" }]);
});

test("each check of the benchmark opens and clears alone", () => {
  const posture = book();
  const failed = (id: string) => ({
    CceId: id,
    Description: id,
    Result: "Fail",
    Error: "x",
    Severity: "Warning",
  });
  const states = (ids: readonly string[], minute: number): string[] => {
    posture.look("pump-7", { name: "OSBaseline", at: START + minute, items: ids.map(failed) });
    return posture
      .take()
      .filter(({ RecommendationName }) => RecommendationName?.startsWith("IoT_CISBenchmarks_"))
      .map((row) => `${row.RecommendationName} ${row.RecommendationState}`);
  };
  expect(states(["CIS-1", "CIS-2"], 0)).toEqual([
    "IoT_CISBenchmarks_CIS-1 Active",
    "IoT_CISBenchmarks_CIS-2 Active",
  ]);
  expect(states(["CIS-2"], 1)).toEqual(["IoT_CISBenchmarks_CIS-1 Resolved"]);
});

test("devices with the same key are found, and cleared when one gets its own", () => {
  const posture = book();
  const fleet = new FleetBook();
  const device = (deviceId: string, print: string): void =>
    fleet.device({ ...twin("", {}), deviceId, credentialPrints: [print] });
  device("a", "1");
  device("b", "1");
  posture.fleet(fleet, START);
  const opened = posture.take().filter((row) => row.RecommendationName === "IoT_SharedCredentials");
  expect(opened.map((row) => row.DeviceId)).toEqual(["a", "b"]);
  device("b", "2");
  posture.fleet(fleet, START + 3_600_000);
  const cleared = posture.take().filter((row) => row.RecommendationName === "IoT_SharedCredentials");
  expect(cleared.map((row) => row.RecommendationState)).toEqual(["Resolved", "Resolved"]);
});

test("what the fleet's book knows is the same after a restart", () => {
  const fleet = new FleetBook();
  fleet.device({ ...twin("", {}), tags: { SecurityGroup: "pumps" } });
  fleet.device(twin("app", { speed: 3 }));
  fleet.spoke("pump-7", START);
  fleet.operation({ ...connection, ipAddress: "203.0.113.77" }, START);
  const again = new FleetBook();
  again.restore(JSON.parse(JSON.stringify(fleet.save())));
  expect(again.devices).toEqual(fleet.devices);
  expect([...again.networks.keys()]).toEqual(["203.0.113.0/24"]);
});

test.each([
  ["203.0.113.7", "203.0.113.0/24"],
  ["::ffff:203.0.113.7", "203.0.113.0/24"],
  ["2001:db8:1:2::3", "2001:db8:1::/48"],
  ["127.0.0.1", undefined],
  ["somewhere", undefined],
])("%s lies in %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
