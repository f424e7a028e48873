import type { HubSnapshot } from "@picket/schema";
import { type HubRecommendation, listed, recommendation } from "../recommendation.js";

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;
const NOW = Date.parse("2026-06-01T00:00:00Z");
const NEEDED = ["Connections", "DeviceTelemetry", "DeviceIdentityOperations"];

const hubRecommendation = (definition: Omit<HubRecommendation, "kind" | "needs">): HubRecommendation =>
  recommendation({ kind: "hub", needs: "the hub's configuration", ...definition });

const prefixOf = (mask: string): number => Number(mask.split("/")[1] ?? (mask.includes(":") ? 128 : 32));
const isWhole = (mask: string): boolean => prefixOf(mask) === 0;
const isLarge = (mask: string): boolean => prefixOf(mask) < (mask.includes(":") ? 48 : 16);
const rule = (action: "accept" | "reject", mask: string): HubSnapshot["ipFilter"][number] => ({
  name: `${action} ${mask}`,
  action,
  mask,
});
const daysLeft = (time: string, now: number): number => Math.floor((Date.parse(time) - now) / DAY_MS);

/** Without a last rule that rejects, every address of the world may try its luck. */
export const ipFilterDenyAll = hubRecommendation({
  id: "IoT_IPFilter_DenyAll",
  name: "Default IP filter policy should be deny",
  severity: "Medium",
  about:
    "The hub's IP filter does not end with a rule that rejects: every address of the world may try its luck.",
  remediation:
    "List the networks that your devices come from, and add a last rule that rejects 0.0.0.0/0 and ::/0.",
  mending: () => ({
    fix: "picket hub ip-filter add deny-all --reject 0.0.0.0/0",
    undo: "picket hub ip-filter remove deny-all",
    check: "picket hub ip-filter | tail -n 1 | grep -q 'reject 0.0.0.0/0'",
  }),
  evaluate: ({ ipFilter }) => {
    if (ipFilter.some(({ action, mask }) => action === "reject" && isWhole(mask))) return undefined;
    const description =
      ipFilter.length === 0
        ? "The IP filter is empty: every address is let in."
        : `The IP filter has ${ipFilter.length} rules and none that rejects the rest.`;
    return { description, evidence: { Rules: ipFilter } };
  },
  cases: [
    { name: "empty", hub: { ipFilter: [] }, active: true },
    { name: "only admits", hub: { ipFilter: [rule("accept", "10.0.0.0/8")] }, active: true },
    {
      name: "rejects the rest",
      hub: { ipFilter: [rule("accept", "10.0.0.0/8"), rule("reject", "0.0.0.0/0")] },
      active: false,
    },
  ],
});

/** A rule that admits half the world protects from nothing. */
export const ipFilterPermissive = hubRecommendation({
  id: "IoT_IPFilter_PermissiveRule",
  name: "IP filter rule includes a large IP range",
  severity: "Medium",
  about: "A rule of the hub's IP filter admits a very large range of addresses.",
  remediation:
    "Replace the rule by the networks that your devices really come from; the recommendation for learnt rules lists them.",
  evaluate: ({ ipFilter }) => {
    const large = ipFilter.filter(
      ({ action, mask }) => action === "accept" && isLarge(mask) && !/^(?:10\.|fd|fc)/i.test(mask),
    );
    return large.length === 0
      ? undefined
      : {
          description: `These rules admit very large ranges: ${listed(large.map(({ mask }) => mask))}.`,
          evidence: { Rules: large },
        };
  },
  cases: [
    { name: "everything", hub: { ipFilter: [rule("accept", "0.0.0.0/0")] }, active: true },
    { name: "a large range", hub: { ipFilter: [rule("accept", "203.0.0.0/8")] }, active: true },
    { name: "a network", hub: { ipFilter: [rule("accept", "203.0.113.0/24")] }, active: false },
    { name: "a private range", hub: { ipFilter: [rule("accept", "10.0.0.0/8")] }, active: false },
  ],
});

/** Without its log nobody can say afterwards who connected. */
export const diagnosticsOff = hubRecommendation({
  id: "IoT_EnableDiagnosticLogs",
  name: "Enable diagnostics logs in IoT Hub",
  severity: "Low",
  about:
    "Categories of the hub's operation log are not kept, without which nobody can say afterwards who did what.",
  remediation: "Add a diagnostic setting with all categories and keep them for up to a year.",
  evaluate: ({ diagnosticSettings }) => {
    const kept = new Set(
      diagnosticSettings.filter(({ isEnabled }) => isEnabled).flatMap(({ categories }) => categories),
    );
    const missing =
      kept.has("*") || kept.has("AllLogs") ? [] : NEEDED.filter((category) => !kept.has(category));
    return missing.length === 0
      ? undefined
      : {
          description: `These categories of the operation log are not kept: ${missing.join(", ")}.`,
          evidence: { Missing: missing },
        };
  },
  cases: [
    { name: "nothing is kept", hub: { diagnosticSettings: [] }, active: true },
    {
      name: "switched off",
      hub: {
        diagnosticSettings: [{ name: "a", categories: NEEDED, isEnabled: false, masksAddresses: false }],
      },
      active: true,
    },
    {
      name: "all is kept",
      hub: {
        diagnosticSettings: [{ name: "a", categories: NEEDED, isEnabled: true, masksAddresses: false }],
      },
      active: false,
    },
  ],
});

const authority = (notAfter: string, isVerified = true): HubSnapshot["certificates"][number] => ({
  name: "factory",
  subject: "CN=factory",
  thumbprint: "A1",
  notBefore: "2024-01-01T00:00:00Z",
  notAfter,
  isVerified,
});

/** An authority that ends takes all of its devices with it. */
export const authorityExpiring = hubRecommendation({
  id: "Picket_CaCertificateExpiring",
  name: "Certificate authority expires soon",
  severity: "High",
  about:
    "A certificate authority of the hub ends soon or has ended: all devices whose certificates it signed are locked out then.",
  remediation:
    "Add the next authority now, give devices certificates of it, and delete the old one when none is left.",
  evaluate: ({ certificates }, now) => {
    const ending = certificates.filter(({ notAfter }) => daysLeft(notAfter, now) < SOON_DAYS);
    return ending.length === 0
      ? undefined
      : {
          description: `${listed(ending.map(({ name, notAfter }) => `${name} (${daysLeft(notAfter, now)} days)`))} of the certificate authorities end within ${SOON_DAYS} days.`,
          evidence: { Certificates: ending },
        };
  },
  cases: [
    {
      name: "in a week",
      hub: { certificates: [authority(new Date(NOW + 7 * DAY_MS).toISOString())] },
      active: true,
    },
    {
      name: "it has ended",
      hub: { certificates: [authority(new Date(NOW - DAY_MS).toISOString())] },
      active: true,
    },
    {
      name: "in a year",
      hub: { certificates: [authority(new Date(NOW + 365 * DAY_MS).toISOString())] },
      active: false,
    },
  ],
});

/** An authority that nobody proved to own. */
export const authorityUnverified = hubRecommendation({
  id: "Picket_CaCertificateUnverified",
  name: "Certificate authority was never verified",
  severity: "Low",
  about:
    "A certificate authority was added and nobody proved to have its private key; devices cannot use it.",
  remediation: "Verify it with a certificate over the hub's code, or delete it.",
  evaluate: ({ certificates }) => {
    const open = certificates.filter(({ isVerified }) => !isVerified).map(({ name }) => name);
    return open.length === 0
      ? undefined
      : { description: `Not verified: ${listed(open)}.`, evidence: { Certificates: open } };
  },
  cases: [
    { name: "not verified", hub: { certificates: [authority("2030-01-01T00:00:00Z", false)] }, active: true },
    { name: "verified", hub: { certificates: [authority("2030-01-01T00:00:00Z")] }, active: false },
  ],
});

/** The hub's own certificate ends soon. */
export const serverCertificateExpiring = hubRecommendation({
  id: "Picket_ServerCertificateExpiring",
  name: "Certificate of the hub expires soon",
  severity: "High",
  about: "The hub's own certificate ends soon: devices refuse to connect then.",
  remediation: "Renew the hub's certificate with the same authority that devices trust.",
  evaluate: ({ tls }, now) => {
    const days = daysLeft(tls.notAfter, now);
    return days >= SOON_DAYS
      ? undefined
      : {
          description: `The hub's certificate ${tls.subject} ends in ${days} days.`,
          evidence: { Subject: tls.subject, NotAfter: tls.notAfter },
        };
  },
  cases: [
    {
      name: "in a week",
      hub: {
        tls: { minVersion: "TLSv1.2", subject: "CN=hub", notAfter: new Date(NOW + 7 * DAY_MS).toISOString() },
      },
      active: true,
    },
    {
      name: "in a year",
      hub: {
        tls: {
          minVersion: "TLSv1.2",
          subject: "CN=hub",
          notAfter: new Date(NOW + 365 * DAY_MS).toISOString(),
        },
      },
      active: false,
    },
  ],
});

/** Version 1.2 still admits suites without forward secrecy from clients that ask for them. */
export const tlsUpgrade = hubRecommendation({
  id: "IoT_VulnerableTLSCipherSuite",
  name: "TLS cipher suite upgrade needed",
  severity: "Medium",
  about: "The hub admits older versions of TLS and with them older cipher suites than devices of today need.",
  remediation:
    "Set the hub's least version to TLS 1.3 once all devices speak it; until then keep 1.2 and let an exception end on the day you plan for.",
  mending: () => ({
    fix: "picket hub tls --min-version 1.3",
    undo: "picket hub tls --min-version 1.2",
    check:
      "openssl s_client -tls1_2 -connect localhost:8883 </dev/null 2>&1 | grep -q 'alert protocol version'",
  }),
  evaluate: ({ tls }) =>
    tls.minVersion === "TLSv1.3"
      ? undefined
      : {
          description: `The hub admits ${tls.minVersion} and its cipher suites; ${"TLSv1.3"} has no weak ones.`,
          evidence: { MinVersion: tls.minVersion },
        },
  cases: [
    {
      name: "1.2 is admitted",
      hub: { tls: { minVersion: "TLSv1.2", subject: "CN=hub", notAfter: "2030-01-01T00:00:00Z" } },
      active: true,
    },
    {
      name: "only 1.3",
      hub: { tls: { minVersion: "TLSv1.3", subject: "CN=hub", notAfter: "2030-01-01T00:00:00Z" } },
      active: false,
    },
  ],
});

const ALL_RIGHTS = 4;
const OLD_DAYS = 365;
const policy = (
  name: string,
  rights: readonly string[],
  keysUpdatedTime: string,
  isBuiltIn = false,
): HubSnapshot["policies"][number] => ({ name, rights, isBuiltIn, keysUpdatedTime });

/** A policy of one's own that may do everything. */
export const policyPermissive = hubRecommendation({
  id: "Picket_PolicyPermissive",
  name: "Shared access policy allows everything",
  severity: "Medium",
  about:
    "A shared access policy besides the built-in one has every right: whoever holds its key owns the hub.",
  remediation:
    "Give the policy only the rights that its users need; one that sends to devices needs serviceConnect only.",
  evaluate: ({ policies }) => {
    const wide = policies
      .filter(({ isBuiltIn, rights }) => !isBuiltIn && rights.length >= ALL_RIGHTS)
      .map(({ name }) => name);
    return wide.length === 0
      ? undefined
      : { description: `These policies have every right: ${listed(wide)}.`, evidence: { Policies: wide } };
  },
  cases: [
    {
      name: "every right",
      hub: {
        policies: [
          policy(
            "app",
            ["registryRead", "registryWrite", "serviceConnect", "deviceConnect"],
            "2026-05-01T00:00:00Z",
          ),
        ],
      },
      active: true,
    },
    {
      name: "one right",
      hub: { policies: [policy("app", ["serviceConnect"], "2026-05-01T00:00:00Z")] },
      active: false,
    },
    {
      name: "the built-in one",
      hub: {
        policies: [
          policy(
            "iothubowner",
            ["registryRead", "registryWrite", "serviceConnect", "deviceConnect"],
            "2026-05-01T00:00:00Z",
            true,
          ),
        ],
      },
      active: false,
    },
  ],
});

/** Keys that are old are in more hands than one thinks. */
export const policyKeyOld = hubRecommendation({
  id: "Picket_PolicyKeyOld",
  name: "Key of a shared access policy is old",
  severity: "Low",
  about: `The key of a shared access policy is older than ${OLD_DAYS} days; old keys are in more hands than one thinks.`,
  remediation: "Make a new secondary key, move its users over, then make a new primary key.",
  evaluate: ({ policies }, now) => {
    const old = policies
      .filter(({ keysUpdatedTime }) => -daysLeft(keysUpdatedTime, now) > OLD_DAYS)
      .map(({ name }) => name);
    return old.length === 0
      ? undefined
      : { description: `Keys older than ${OLD_DAYS} days: ${listed(old)}.`, evidence: { Policies: old } };
  },
  cases: [
    {
      name: "two years",
      hub: { policies: [policy("app", ["serviceConnect"], new Date(NOW - 730 * DAY_MS).toISOString())] },
      active: true,
    },
    {
      name: "a month",
      hub: { policies: [policy("app", ["serviceConnect"], new Date(NOW - 30 * DAY_MS).toISOString())] },
      active: false,
    },
  ],
});
