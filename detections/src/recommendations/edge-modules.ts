import type { DeviceSnapshot } from "@picket/schema";
import { type Found, listed, recommendation, type TwinRecommendation } from "../recommendation.js";

interface EdgeModule {
  readonly name: string;
  readonly image: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, unknown>>;
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

/** Create options stand as text, and the hub cuts long ones into pieces. */
function optionsOf(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const pieces = ["", ...Array.from({ length: 9 }, (_, place) => `0${place + 1}`)].map(
    (end) => settings[`createOptions${end}`] ?? "",
  );
  if (typeof settings["createOptions"] === "object") return record(settings["createOptions"]);
  try {
    return record(JSON.parse(pieces.join("") || "{}"));
  } catch {
    return {};
  }
}

/** Modules that a deployment asks of the agent for modules. */
export function modulesOf({ desired }: DeviceSnapshot): EdgeModule[] {
  return [
    ...Object.entries(record(desired["modules"])),
    ...Object.entries(record(desired["systemModules"])),
  ].map(([name, value]) => {
    const settings = record(record(value)["settings"]);
    return {
      name,
      image: String(settings["image"] ?? ""),
      options: optionsOf(settings),
      env: record(record(value)["env"]),
    };
  });
}

const deployment = (options: object, image = "docker.example/app:1", registries: object = {}): object => ({
  runtime: { settings: { registryCredentials: registries } },
  modules: { app: { settings: { image, createOptions: JSON.stringify(options) } } },
});

const twinOf = (
  definition: Omit<TwinRecommendation, "kind" | "moduleId">,
  moduleId = "$edgeAgent",
): TwinRecommendation => recommendation({ kind: "twin", moduleId, ...definition });

const found = (names: readonly string[], sentence: (names: string) => string): Found | undefined =>
  names.length === 0 ? undefined : { description: sentence(listed(names)), evidence: { Modules: names } };

const EXTENSIVE =
  /^(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|SYS_RAWIO|DAC_READ_SEARCH|DAC_OVERRIDE|NET_ADMIN|BPF)$/i;

function isPrivileged({ options }: EdgeModule): boolean {
  const host = record(options["HostConfig"]);
  const added = Array.isArray(host["CapAdd"]) ? host["CapAdd"].map(String) : [];
  return (
    host["Privileged"] === true ||
    host["NetworkMode"] === "host" ||
    host["PidMode"] === "host" ||
    added.some((name) => EXTENSIVE.test(name))
  );
}

/** A module that asks for the rights of the host can take the gateway over. */
export const privilegedEdgeModule = twinOf({
  id: "IoT_PrivilegedDockerOptions",
  name: "High level permissions configured in IoT Edge model twin for IoT Edge module",
  severity: "High",
  about:
    "A deployment asks for a module with the host's rights: privileged, with far-reaching capabilities, or in the host's network.",
  remediation:
    "Give the module only the capabilities and ports that it needs, in the create options of the deployment.",
  evaluate: (snapshot) =>
    found(
      modulesOf(snapshot)
        .filter(isPrivileged)
        .map(({ name }) => name),
      (names) => `These modules get the rights of the host: ${names}.`,
    ),
  cases: [
    { name: "privileged", desired: { ...deployment({ HostConfig: { Privileged: true } }) }, active: true },
    {
      name: "in the host's network",
      desired: { ...deployment({ HostConfig: { NetworkMode: "host" } }) },
      active: true,
    },
    { name: "a port", desired: { ...deployment({ HostConfig: { PortBindings: {} } }) }, active: false },
    {
      name: "options that are no JSON",
      desired: { modules: { a: { settings: { createOptions: "{" } } } },
      active: false,
    },
  ],
});

/** Images that anybody may fetch, or whose registry is opened with an administrator's password. */
export const registryWithoutPrincipal = twinOf({
  id: "IoT_ACRAuthentication",
  name: "Service principal not used with ACR repository",
  severity: "Medium",
  about:
    "A module comes from a private registry that the deployment opens with the registry's own account, which may do everything, instead of one that may only read.",
  remediation:
    "Make an account or principal that may only read, and put it into the deployment's registryCredentials.",
  evaluate: (snapshot) => {
    const registries = Object.entries(
      record(record(record(snapshot.desired["runtime"])["settings"])["registryCredentials"]),
    ).map(([, value]) => record(value));
    const isPrincipal = (user: unknown): boolean =>
      /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$|^(?:pull|read|robot|token)\W|\+pull$/i.test(
        String(user),
      );
    const own = registries.filter(
      ({ address, username }) => /\.azurecr\.io$|:\d+$|\./.test(String(address)) && !isPrincipal(username),
    );
    return found(
      own.map(({ address }) => String(address)),
      (names) => `These registries are opened with an account that may do more than read: ${names}.`,
    );
  },
  cases: [
    {
      name: "the registry's own account",
      desired: {
        ...deployment({}, "acr.azurecr.io/a", {
          a: { address: "acr.azurecr.io", username: "acr", password: "x" },
        }),
      },
      active: true,
    },
    {
      name: "a principal",
      desired: {
        ...deployment({}, "acr.azurecr.io/a", {
          a: { address: "acr.azurecr.io", username: "0f8fad5b-d9cb-469f-a165-70867728950e" },
        }),
      },
      active: false,
    },
    { name: "no private registry", desired: { ...deployment({}) }, active: false },
  ],
});

/** A module whose output nobody keeps cannot be investigated. */
export const edgeModuleWithoutLog = twinOf({
  id: "IoT_EdgeLoggingOptions",
  name: "No logging configured for IoT Edge module",
  severity: "Low",
  about: "A deployment switches a module's log off, so that nothing is left to look at.",
  remediation:
    "Set the log driver of the module to json-file or journald, with limits, in its create options.",
  evaluate: (snapshot) =>
    found(
      modulesOf(snapshot)
        .filter(({ options }) => record(record(options["HostConfig"])["LogConfig"])["Type"] === "none")
        .map(({ name }) => name),
      (names) => `The log of these modules is switched off: ${names}.`,
    ),
  cases: [
    {
      name: "switched off",
      desired: { ...deployment({ HostConfig: { LogConfig: { Type: "none" } } }) },
      active: true,
    },
    {
      name: "to the journal",
      desired: { ...deployment({ HostConfig: { LogConfig: { Type: "journald" } } }) },
      active: false,
    },
    { name: "not said", desired: { ...deployment({}) }, active: false },
  ],
});

const HEADS = ["amqpSettings__enabled", "mqttSettings__enabled", "httpSettings__enabled"];

/** Protocols of the gateway's hub that no module uses take memory and are a way in. */
export const edgeHubMemory = twinOf({
  id: "IoT_EdgeHubMemOptimize",
  name: "IoT Edge Hub memory can be optimized",
  severity: "Low",
  about:
    "The gateway's hub serves all of its protocols although its modules use one: each takes memory and is a way in.",
  remediation:
    "Switch off the protocol heads that nobody uses, by amqpSettings__enabled, mqttSettings__enabled or httpSettings__enabled in the environment of edgeHub.",
  evaluate: (snapshot) => {
    const hub = modulesOf(snapshot).find(({ name }) => name === "edgeHub");
    if (!hub) return undefined;
    const isOff = (head: string): boolean =>
      /^false$/i.test(String(record(hub.env[head])["value"] ?? hub.env[head] ?? ""));
    const open = HEADS.filter((head) => !isOff(head));
    return open.length < HEADS.length
      ? undefined
      : {
          description: "edgeHub serves MQTT, AMQP and HTTPS; none of them is switched off.",
          evidence: { Heads: open },
        };
  },
  cases: [
    {
      name: "all are served",
      desired: { systemModules: { edgeHub: { settings: { image: "hub" } } } },
      active: true,
    },
    {
      name: "one is switched off",
      desired: {
        systemModules: {
          edgeHub: { settings: { image: "hub" }, env: { amqpSettings__enabled: { value: "false" } } },
        },
      },
      active: false,
    },
    { name: "no gateway", desired: {}, active: false },
  ],
});
