import type { DeviceSnapshot, HubSnapshot } from "@picket/schema";
import { describe, expect, test } from "vitest";
// @ts-expect-error a tool without types
import { isCurrent, lists } from "../../tools/list-rules.mjs";
import type { Recommendation } from "./recommendation.js";
import { recommendations } from "./recommendations.js";
import { type MatchRule, witnessesOf } from "./rule.js";
import { rules } from "./rules.js";

const withCases = rules.filter((rule) => rule.kind === "match" || rule.kind === "snapshot");
const matching = rules.filter((rule): rule is MatchRule => rule.kind === "match");
const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/;

test("rules and recommendations have ids of their own", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  expect(new Set(recommendations.map(({ id }) => id)).size).toBe(recommendations.length);
});

test("an alert type has one name, whichever of its rules fires", () => {
  const names = new Map<string, Set<string>>();
  for (const { alertType, name } of rules)
    names.set(alertType, (names.get(alertType) ?? new Set()).add(name));
  expect([...names].filter(([, some]) => some.size > 1)).toEqual([]);
});

test.each<{ folder: string }>(lists)("the list of $folder is what its folder holds", (list) => {
  expect(isCurrent(list)).toBe(true);
});

describe.each(rules)("$id", (rule) => {
  test("says what it is, what to do, and what looks like it", () => {
    expect(rule.id).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
    expect(rule.tactics.length).toBeGreaterThan(0);
    expect(rule.techniques.filter((technique) => !TECHNIQUE.test(technique))).toEqual([]);
    expect(rule.techniques.length).toBeGreaterThan(0);
    expect(rule.about).toMatch(/^[A-Z].{30,}\.$/s);
    expect(rule.remediation).toMatch(/\.$/);
    expect(rule.falsePositives ?? []).not.toEqual([]);
  });
});

describe.each(withCases)("$id", (rule) => {
  test("is told apart from silence and from noise by its own cases", () => {
    const names = rule.cases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const isCommand = rule.kind === "match" && rule.reads === "ProcessCreate";
    expect(rule.cases.filter(({ alerts }) => alerts > 0).length).toBeGreaterThanOrEqual(isCommand ? 3 : 1);
    expect(rule.cases.filter(({ alerts }) => alerts === 0).length).toBeGreaterThanOrEqual(isCommand ? 5 : 2);
  });
});

describe.each(matching)("$id", (rule) => {
  test("its literals are lower-case ASCII", () => {
    for (const literal of witnessesOf(rule).flatMap(({ anyOf, words = [] }) => [...anyOf, ...words])) {
      expect(literal).toMatch(/^[!-~ ]+$/);
      expect(literal).toBe(literal.toLowerCase());
    }
  });
});

describe.each(rules.filter((rule) => rule.kind === "snapshot"))("$id", (rule) => {
  test.each(rule.cases)("$name", ({ before, after, alerts }) => {
    const remembered = (items: readonly object[]) => new Map(items.map((item) => rule.remember({ ...item })));
    expect(rule.compare("pump-7", remembered(before), remembered(after))).toHaveLength(alerts);
  });
});

/** Types of the original, its slips of the pen included; those it never named have ours. */
const originalAlerts = [
  "IoT_BinaryCommandLine",
  "IoT_DisableFirewall",
  "IoT_PortForwarding",
  "IoT_DisableAuditdLogging",
  "IoT_ReverseShell",
  "IoT_Bruteforce_Success",
  "IoT_SucessfulLocalLogin",
  "IoT_WebShell",
  "IoT_Ransomware",
  "IoT_CryptoMiner",
  "IoT_USBConnection",
  "IoT_UsbDisconnection",
  "IoT_EthernetConnection",
  "IoT_EthernetDisconnection",
  "IoT_FileCreated",
  "IoT_FileModified",
  "IoT_FileDeleted",
  "IoT_CommonBots",
  "IoT_FairwareMalware",
  "IoT_CryptoMinerContainer",
  "IoT_SuspiciousNohup",
  "IoT_SuspiciousUseradd",
  "IoT_ExposedDocker",
  "IoT_FailedLocalLogin",
  "IoT_PossibleMalware",
  "IoT_AccessingHtaccessFile",
  "IoT_KnownAttackTools",
  "IoT_TwinParseFailure",
  "IoT_LinuxReconnaissance",
  "IoT_ScriptInterpreterMismatch",
  "IoT_LinuxBackdoor",
  "IoT_EgressData",
  "IoT_OverridingCommonFiles",
  "IoT_PrivilegedContainer",
  "IoT_RemovelOfSystemLogs",
  "IoT_ExecuteFileWithTrailingSpace",
  "IoT_CredentialAccessTools",
  "IoT_SuspiciousCompilation",
  "IoT_DownloadFileThenRun",
  "IoT_TiConnection",
  "IoT_MaliciousNameQueriesDetection",
  "IoT_ReadingHistoryFile",
  "IoT_ClearHistoryFile",
  "IoT_DeviceSilent",
  "IoT_Bruteforce_Fail",
  "IoT_LocalUserAddedToGroup",
  "IoT_LocalUserRemovedFromGroup",
  "IoT_LocalUserDeleted",
  "IoT_DeviceOnboarded",
  "IoT_Cert_Print_Mismatch",
  "IoT_Cert_Expired",
  "IoT_Expired_SAS_Token",
  "IoT_Invalid_SAS_Token",
  "IoT_CertificateSuccessfullyAddedToHub",
  "IoT_CertificateSuccessfullyDeletedFromHub",
  "Hub_CertificateFailedToBeAddedToHub",
  "IoT.Hub_CertificateFailedToBeDeletedFromHub",
  "IoT_DiagnosticSettingAddedOrEditedOnHub",
  "IoT_DiagnosticSettingDeletedFromHub",
];
/** Ids of the original; those it never named have ours. */
const originalRecommendations = [
  "IoT_OpenPorts",
  "IoT_PermissiveFirewallPolicy",
  "IoT_PermissiveInputFirewallRules",
  "IoT_PermissiveOutputFirewallRules",
  "IoT_Baseline",
  "IoT_CISBenchmarks",
  "IoT_AgentSendsUnutilizedMessages",
  "IoT_InstallAgent",
  "IoT_SharedCredentials",
  "IoT_PrivilegedDockerOptions",
  "IoT_ACRAuthentication",
  "IoT_VulnerableTLSCipherSuite",
  "IoT_IPFilter_DenyAll",
  "IoT_IPFilter_PermissiveRule",
  "IoT_RecommendedIpRulesByBaseLine",
  "IoT_InconsistentModuleSettings",
  "IoT_EdgeHubMemOptimize",
  "IoT_EdgeLoggingOptions",
  "IoT_TwinConfigurationNotOptimal",
  "IoT_TwinConfigurationConflict",
  "IoT_EnableDiagnosticLogs",
];

const NOW = Date.parse("2026-06-01T00:00:00Z");
const hub: HubSnapshot = {
  hubName: "hub",
  hostNames: ["hub.example.net"],
  tls: { minVersion: "TLSv1.3", subject: "CN=hub", notAfter: "2030-01-01T00:00:00Z" },
  certificates: [],
  policies: [],
  ipFilter: [],
  diagnosticSettings: [],
  tier: "S1",
  units: 1,
  enrolments: 0,
  enrolmentGroups: 0,
};
const identity: DeviceSnapshot = {
  deviceId: "gateway-1",
  moduleId: "$edgeAgent",
  status: "enabled",
  authType: "sas",
  generationId: "1",
  connectionState: "Connected",
  createdTime: "2026-01-01T00:00:00Z",
  sdkVersion: "",
  tags: {},
  desired: {},
  reported: {},
  desiredVersion: 1,
  reportedVersion: 1,
};

/** Whom a case of a recommendation finds something about, and whom it should. */
function verdicts(
  recommendation: Recommendation,
): readonly (readonly [name: string, found: unknown, meant: unknown])[] {
  switch (recommendation.kind) {
    case "snapshot":
    case "rolling":
      return recommendation.cases.map(({ name, items, active }) => [
        name,
        recommendation.evaluate(items.map((item) => ({ ...item }))) !== undefined,
        active,
      ]);
    case "twin":
      return recommendation.cases.map(({ name, desired, active }) => [
        name,
        recommendation.evaluate({ ...identity, desired }) !== undefined,
        active,
      ]);
    case "hub":
      return recommendation.cases.map(({ name, hub: changed, active }) => [
        name,
        recommendation.evaluate({ ...hub, ...changed }, NOW) !== undefined,
        active,
      ]);
    case "fleet":
      return recommendation.cases.map(({ name, fleet, active }) => [
        name,
        [...recommendation.evaluate(fleet, NOW).keys()].sort(),
        [...active].sort(),
      ]);
    case "family":
      return [];
  }
}

describe.each(recommendations.filter(({ kind }) => kind !== "family"))("$id", (recommendation) => {
  test.each(verdicts(recommendation))("%s", (_, found, meant) => {
    expect(found).toEqual(meant);
  });
});

test("each failed check of the benchmark is a recommendation of its own", () => {
  const family = recommendations.find((each) => each.kind === "family");
  const found = family?.evaluate([
    {
      CceId: "CIS-debian-12-1.1.2",
      Description: "Ensure /tmp is separate",
      Result: "Fail",
      Error: "it is not",
    },
    { CceId: "CIS-debian-12-1.1.3", Description: "Ensure nodev on /tmp", Result: "Pass", Error: "" },
    { CceId: "CCE-1", Description: "another list", Result: "Fail", Error: "" },
  ]);
  expect([...(found?.keys() ?? [])]).toEqual(["CIS-debian-12-1.1.2"]);
});

test("every alert and every recommendation of the original is there", () => {
  const types = new Set(rules.map(({ alertType }) => alertType));
  expect(originalAlerts.filter((type) => !types.has(type))).toEqual([]);
  const ids = new Set(recommendations.map(({ id }) => id));
  expect(originalRecommendations.filter((id) => !ids.has(id))).toEqual([]);
});
