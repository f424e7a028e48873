import type { DeviceFacts, FleetFacts } from "@picket/detections";
import type { DeviceSnapshot, HubSnapshot, Operation } from "@picket/schema";

const DAY_MS = 86_400_000;
const MOST_NETWORKS = 4_096;
const KEPT_DAYS = 30;
/** Modules of the product and of the gateway itself differ by design. */
const UNCOMPARED = new Set(["", "$edgeHub", "azureiotsecurity", "DefenderIotMicroAgent"]);

interface Network {
  readonly times: number;
  readonly first: number;
  readonly last: number;
}

/** What is kept in a snapshot. */
export interface SavedFacts {
  readonly devices: readonly (readonly [
    id: string,
    facts: Omit<DeviceFacts, "modules">,
    modules: readonly (readonly [string, string])[],
  ])[];
  readonly networks: readonly (readonly [string, Network])[];
  readonly hub?: HubSnapshot;
}

/** What is known of all devices and of where they come from; recommendations about the fleet look at it. */
export class FleetBook implements FleetFacts {
  readonly #devices = new Map<string, DeviceFacts>();
  readonly #networks = new Map<string, Network>();
  #hub: HubSnapshot | undefined;

  get devices(): ReadonlyMap<string, DeviceFacts> {
    return this.#devices;
  }

  get networks(): ReadonlyMap<string, Network> {
    return this.#networks;
  }

  get hub(): HubSnapshot | undefined {
    return this.#hub;
  }

  /** Takes an identity or twin as it is now. */
  device(snapshot: DeviceSnapshot): void {
    const { deviceId, moduleId } = snapshot;
    const before = this.#devices.get(deviceId);
    if (moduleId === "") {
      if (snapshot.status === "deleted") this.#devices.delete(deviceId);
      else this.#devices.set(deviceId, factsOf(snapshot, before));
    } else if (before)
      this.#devices.set(deviceId, { ...before, modules: modulesWith(before.modules, snapshot) });
  }

  /** A device sent a security message. */
  spoke(deviceId: string, at: number): void {
    const before = this.#devices.get(deviceId);
    if (!before || (before.hasAgent && at - before.activeAt < 3_600_000)) return;
    this.#devices.set(deviceId, { ...before, hasAgent: true, activeAt: Math.max(at, before.activeAt) });
  }

  hubIs(hub: HubSnapshot): void {
    this.#hub = hub;
  }

  /** Learns the networks that devices connect from. */
  operation({ operationName, resultType, ipAddress, deviceId }: Operation, at: number): void {
    if (operationName !== "deviceConnect" || resultType !== "" || deviceId === "") return;
    const network = networkOf(ipAddress);
    if (network === undefined) return;
    const before = this.#networks.get(network);
    if (!before && this.#networks.size >= MOST_NETWORKS) return;
    this.#networks.set(network, {
      times: (before?.times ?? 0) + 1,
      first: before?.first ?? at,
      last: at,
    });
  }

  /** Forgets networks that nobody came from for long. */
  forget(now: number): void {
    for (const [network, { last }] of this.#networks)
      if (now - last > KEPT_DAYS * DAY_MS) this.#networks.delete(network);
  }

  save(): SavedFacts {
    return {
      devices: [...this.#devices].map(([id, { modules, ...facts }]) => [id, facts, [...modules]]),
      networks: [...this.#networks],
      ...(this.#hub ? { hub: this.#hub } : {}),
    };
  }

  restore({ devices, networks, hub }: SavedFacts): void {
    for (const [id, facts, modules] of devices)
      this.#devices.set(id, { ...facts, modules: new Map(modules) });
    for (const [network, seen] of networks) this.#networks.set(network, seen);
    this.#hub = hub;
  }
}

function factsOf(snapshot: DeviceSnapshot, before: DeviceFacts | undefined): DeviceFacts {
  const group = snapshot.tags["SecurityGroup"] ?? snapshot.tags["securityGroup"];
  const active = Date.parse(snapshot.lastActivityTime ?? "");
  return {
    status: snapshot.status,
    authType: snapshot.authType,
    group: typeof group === "string" ? group : "default",
    prints: snapshot.credentialPrints ?? before?.prints ?? [],
    modules: before?.modules ?? new Map(),
    hasAgent: before?.hasAgent ?? false,
    createdAt: Date.parse(snapshot.createdTime) || 0,
    activeAt: Math.max(Number.isNaN(active) ? 0 : active, before?.activeAt ?? 0),
  };
}

/** The settings of a deployment's modules, or of one module's own twin. */
function modulesWith(
  before: DeviceFacts["modules"],
  { moduleId, desired, status }: DeviceSnapshot,
): DeviceFacts["modules"] {
  const modules = new Map(before);
  if (UNCOMPARED.has(moduleId)) return modules;
  if (status === "deleted") modules.delete(moduleId);
  else modules.set(moduleId, shortOf(desired));
  return modules;
}

/** Settings as a text to compare, without what the hub adds; a long one by its digest. */
function shortOf(desired: DeviceSnapshot["desired"]): string {
  const { $metadata: _, $version: __, ...settings } = desired;
  const text = JSON.stringify(settings, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
  if (text.length <= 64) return text;
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `${text.length}:${(hash >>> 0).toString(16)}`;
}

/** The network of 256 addresses, or of an IPv6 site, that an address lies in; loopback is no network. */
export function networkOf(address: string): string | undefined {
  const four = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address)?.[1];
  if (four !== undefined) return four.startsWith("127.") ? undefined : `${four}.0/24`;
  const parts = address.split(":");
  return parts.length >= 4 && parts.slice(0, 3).every((part) => /^[0-9a-f]{1,4}$/i.test(part))
    ? `${parts.slice(0, 3).join(":")}::/48`
    : undefined;
}
