import {
  type DeviceFacts,
  type FleetFacts,
  type FleetRecommendation,
  type Found,
  listed,
  recommendation,
} from "../recommendation.js";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-06-01T00:00:00Z");
const STALE_DAYS = 90;
const GRACE_MS = DAY_MS;
const MOST_NETWORKS = 256;

const facts = (given: Partial<DeviceFacts> = {}): DeviceFacts => ({
  status: "enabled",
  authType: "sas",
  group: "default",
  prints: [],
  modules: new Map(),
  hasAgent: true,
  createdAt: NOW - 300 * DAY_MS,
  activeAt: NOW - 1_000,
  ...given,
});
const fleetOf = (
  devices: Readonly<Record<string, Partial<DeviceFacts>>>,
  rest: Partial<FleetFacts> = {},
): FleetFacts => ({
  devices: new Map(Object.entries(devices).map(([id, given]) => [id, facts(given)])),
  networks: new Map(),
  hub: undefined,
  ...rest,
});
const fleetRecommendation = (definition: Omit<FleetRecommendation, "kind">): FleetRecommendation =>
  recommendation({ kind: "fleet", ...definition });

/** Two devices with one key cannot be told apart, and whoever takes one is the other as well. */
export const sharedCredentials = fleetRecommendation({
  id: "IoT_SharedCredentials",
  name: "Same authentication credentials used by multiple devices",
  severity: "High",
  about:
    "Several devices hold the same key or certificate: they cannot be told apart, and whoever takes one is the others as well.",
  remediation:
    "Give each device a key or certificate of its own, and make new ones for those in the evidence.",
  evaluate: ({ devices }) => {
    const holders = new Map<string, string[]>();
    for (const [deviceId, { prints, status }] of devices)
      for (const print of status === "deleted" ? [] : new Set(prints))
        holders.set(print, [...(holders.get(print) ?? []), deviceId]);
    const found = new Map<string, Found>();
    for (const sharing of [...holders.values()].filter((some) => some.length > 1))
      for (const deviceId of sharing) {
        const others = sharing.filter((other) => other !== deviceId);
        found.set(deviceId, {
          description: `${deviceId} has the same credentials as ${listed(others)}.`,
          evidence: { Devices: sharing.slice(0, 100) },
        });
      }
    return found;
  },
  cases: [
    {
      name: "two share a key",
      fleet: fleetOf({ a: { prints: ["1"] }, b: { prints: ["1"] }, c: { prints: ["2"] } }),
      active: ["a", "b"],
    },
    { name: "each has its own", fleet: fleetOf({ a: { prints: ["1"] }, b: { prints: ["2"] } }), active: [] },
    {
      name: "both keys of one device are the same",
      fleet: fleetOf({ a: { prints: ["1", "1"] } }),
      active: [],
    },
  ],
});

/** A device without an agent is one that nobody sees. */
export const agentMissing = fleetRecommendation({
  id: "IoT_InstallAgent",
  name: "Install the Azure Security of Things Agent",
  severity: "Low",
  about: "A device is registered and active and sends no security messages: nobody sees what happens on it.",
  remediation: "Install the agent on the device; Devices in the console shows the one command for it.",
  mending: () => ({
    fix: "curl -fsSL https://HUB/install.sh | sudo sh   # the console prints it with the device's own key",
    undo: "sudo apt-get remove picket-agent",
    check: "systemctl is-active --quiet picket-agent",
  }),
  evaluate: ({ devices }, now) =>
    new Map(
      [...devices]
        .filter(
          ([, { status, hasAgent, createdAt, activeAt }]) =>
            status === "enabled" && !hasAgent && now - createdAt > GRACE_MS && activeAt > 0,
        )
        .map(([deviceId, { createdAt }]) => [
          deviceId,
          {
            description: `${deviceId} has sent no security message since it was registered on ${new Date(createdAt).toISOString().slice(0, 10)}.`,
            evidence: { Registered: new Date(createdAt).toISOString() },
          },
        ]),
    ),
  cases: [
    { name: "active without an agent", fleet: fleetOf({ a: { hasAgent: false }, b: {} }), active: ["a"] },
    {
      name: "just registered",
      fleet: fleetOf({ a: { hasAgent: false, createdAt: NOW - 1_000 } }),
      active: [],
    },
    { name: "never active", fleet: fleetOf({ a: { hasAgent: false, activeAt: 0 } }), active: [] },
  ],
});

/** One device of a group whose settings differ was forgotten or tampered with. */
export const inconsistentModules = fleetRecommendation({
  id: "IoT_InconsistentModuleSettings",
  name: "SecurityGroup has inconsistent module settings",
  severity: "Medium",
  about:
    "A few devices of a security group have other settings of a module than the rest of the group: they were forgotten, or tampered with.",
  remediation: "Compare the settings with those of the group, and deploy the group's to the device.",
  evaluate: ({ devices }) => {
    const found = new Map<string, Found>();
    for (const [place, bySettings] of groupedSettings(devices)) {
      const sizes = [...bySettings].sort(([, one], [, other]) => other.length - one.length);
      const total = sizes.reduce((sum, [, some]) => sum + some.length, 0);
      const [most] = sizes;
      // A minority speaks only where there is a clear majority.
      if (!most || total < 4 || most[1].length * 4 < total * 3) continue;
      const [group = "", module = ""] = place.split("\n");
      for (const [, some] of sizes.slice(1))
        for (const deviceId of some)
          found.set(deviceId, {
            description: `${deviceId} has other settings of ${module} than ${most[1].length} of ${total} devices of the group ${group}.`,
            evidence: { Group: group, Module: module, Devices: total, Alike: most[1].length },
          });
    }
    return found;
  },
  cases: [
    {
      name: "one of five differs",
      fleet: fleetOf(
        Object.fromEntries(
          ["a", "b", "c", "d", "e"].map((id) => [
            id,
            { modules: new Map([["app", id === "e" ? "2" : "1"]]) },
          ]),
        ),
      ),
      active: ["e"],
    },
    {
      name: "all are alike",
      fleet: fleetOf(
        Object.fromEntries(["a", "b", "c", "d"].map((id) => [id, { modules: new Map([["app", "1"]]) }])),
      ),
      active: [],
    },
    {
      name: "half and half",
      fleet: fleetOf(
        Object.fromEntries(
          ["a", "b", "c", "d"].map((id) => [id, { modules: new Map([["app", id < "c" ? "1" : "2"]]) }]),
        ),
      ),
      active: [],
    },
    {
      name: "another group",
      fleet: fleetOf(
        Object.fromEntries(
          ["a", "b", "c", "d", "e"].map((id) => [
            id,
            { group: id === "e" ? "lab" : "default", modules: new Map([["app", id === "e" ? "2" : "1"]]) },
          ]),
        ),
      ),
      active: [],
    },
  ],
});

function groupedSettings(devices: FleetFacts["devices"]): ReadonlyMap<string, ReadonlyMap<string, string[]>> {
  const places = new Map<string, Map<string, string[]>>();
  for (const [deviceId, { group, modules, status }] of devices) {
    if (status !== "enabled") continue;
    for (const [module, settings] of modules) {
      const place = `${group}\n${module}`;
      const bySettings = places.get(place) ?? new Map<string, string[]>();
      places.set(place, bySettings);
      bySettings.set(settings, [...(bySettings.get(settings) ?? []), deviceId]);
    }
  }
  return places;
}

/** The networks that devices come from are known after some days; nobody else needs to reach the hub. */
export const learntIpRules = fleetRecommendation({
  id: "IoT_RecommendedIpRulesByBaseLine",
  name: "Recommended Rules for ip filter",
  severity: "Medium",
  about:
    "Devices come from few networks, which are known by now; the hub's IP filter could admit those and reject the rest.",
  remediation:
    "Take over the rules in the evidence, and reject the rest at the end. Look at them first: a device that was away is missing.",
  needs: "the hub's configuration and a week of connections",
  mending: ({ evidence }) => {
    const networks = Array.isArray(evidence["Rules"]) ? evidence["Rules"].map(String) : [];
    return {
      fix: [
        ...networks.map((mask, place) => `picket hub ip-filter add learnt-${place + 1} --accept ${mask}`),
        "picket hub ip-filter add deny-all --reject 0.0.0.0/0",
      ].join("\n"),
      undo: [
        "picket hub ip-filter remove deny-all",
        ...networks.map((_, place) => `picket hub ip-filter remove learnt-${place + 1}`),
      ].join("\n"),
      check: "picket hub ip-filter | tail -n 1 | grep -q 'reject 0.0.0.0/0'",
    };
  },
  evaluate: ({ networks, hub }, now) => {
    const isClosed =
      hub?.ipFilter.some(({ action, mask }) => action === "reject" && /\/0$/.test(mask)) ?? false;
    const seen = [...networks].filter(([, { times }]) => times >= 3);
    const first = Math.min(...seen.map(([, network]) => network.first));
    if (!hub || isClosed || seen.length === 0 || seen.length > MOST_NETWORKS || now - first < 7 * DAY_MS)
      return new Map();
    const rules = seen.map(([mask]) => mask).sort();
    return new Map([
      [
        "",
        {
          description: `Devices connected from ${rules.length === 1 ? "one network" : `${rules.length} networks`} in the last days: ${listed(rules)}.`,
          evidence: { Rules: rules },
        },
      ],
    ]);
  },
  cases: [
    {
      name: "a week from one network",
      fleet: fleetOf(
        {},
        {
          hub: hubWith([]),
          networks: new Map([["203.0.113.0/24", { times: 90, first: NOW - 8 * DAY_MS, last: NOW }]]),
        },
      ),
      active: [""],
    },
    {
      name: "a day only",
      fleet: fleetOf(
        {},
        {
          hub: hubWith([]),
          networks: new Map([["203.0.113.0/24", { times: 90, first: NOW - DAY_MS, last: NOW }]]),
        },
      ),
      active: [],
    },
    {
      name: "the rest is rejected already",
      fleet: fleetOf(
        {},
        {
          hub: hubWith([{ name: "x", action: "reject", mask: "0.0.0.0/0" }]),
          networks: new Map([["203.0.113.0/24", { times: 90, first: NOW - 8 * DAY_MS, last: NOW }]]),
        },
      ),
      active: [],
    },
  ],
});

function hubWith(ipFilter: NonNullable<FleetFacts["hub"]>["ipFilter"]): NonNullable<FleetFacts["hub"]> {
  return {
    hubName: "hub",
    hostNames: [],
    tls: { minVersion: "TLSv1.2", subject: "CN=hub", notAfter: "2030-01-01T00:00:00Z" },
    certificates: [],
    policies: [],
    ipFilter,
    diagnosticSettings: [],
    tier: "S1",
    units: 1,
    enrolments: 0,
    enrolmentGroups: 0,
  };
}

/** An identity that nobody uses is one that nobody misses when it is stolen. */
export const staleIdentity = fleetRecommendation({
  id: "Picket_StaleIdentity",
  name: "Device identity is not used any more",
  severity: "Low",
  about: `A device has not been active for ${STALE_DAYS} days and may still connect: nobody would miss its key.`,
  remediation: "Disable the device, and delete it when nobody asks for it.",
  evaluate: ({ devices }, now) =>
    new Map(
      [...devices]
        .filter(
          ([, { status, activeAt, createdAt }]) =>
            status === "enabled" && now - Math.max(activeAt, createdAt) > STALE_DAYS * DAY_MS,
        )
        .map(([deviceId, { activeAt }]) => [
          deviceId,
          {
            description:
              activeAt > 0
                ? `${deviceId} was active last on ${new Date(activeAt).toISOString().slice(0, 10)}.`
                : `${deviceId} was never active.`,
            evidence: { LastActive: activeAt > 0 ? new Date(activeAt).toISOString() : "" },
          },
        ]),
    ),
  cases: [
    {
      name: "silent for half a year",
      fleet: fleetOf({ a: { activeAt: NOW - 180 * DAY_MS }, b: {} }),
      active: ["a"],
    },
    { name: "never used", fleet: fleetOf({ a: { activeAt: 0 } }), active: ["a"] },
    { name: "disabled", fleet: fleetOf({ a: { activeAt: 0, status: "disabled" } }), active: [] },
  ],
});
