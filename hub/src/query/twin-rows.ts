import { twinJson } from "../https/wire.js";
import { type Identity, keyOf } from "../identity/identity.js";
import type { Registry } from "../identity/registry.js";
import { metadataOf, type Properties } from "../twins/properties.js";
import type { QuerySource } from "./engine.js";
import type { Row } from "./evaluate.js";

/** Twins as rows; the parts that a query does not look at are not made. */
export function twinRows(registry: Registry, kind: "devices" | "modules"): QuerySource {
  return {
    page: (after, limit) => {
      const { identities, next } = registry.page({ after, limit, kind });
      const rows = identities.map((identity) => twinRow(registry, identity));
      return next === undefined ? { rows } : { rows, next };
    },
    of: (deviceIds) =>
      deviceIds.flatMap((deviceId) => {
        const device = kind === "devices" ? registry.find(deviceId) : undefined;
        const identities = kind === "modules" ? registry.modules(deviceId) : device ? [device] : [];
        return identities.map((identity) => twinRow(registry, identity));
      }),
  };
}

/** One twin as a row. */
export const twinRow = (registry: Registry, identity: Identity): Row => new TwinRow(registry, identity);

/** Properties that only the whole twin knows. */
const rare = new Set([
  "etag",
  "deviceEtag",
  "connectionState",
  "lastActivityTime",
  "statusUpdateTime",
  "x509Thumbprint",
  "parentScopes",
  "cloudToDeviceMessageCount",
]);

class TwinRow implements Row {
  readonly key: string;
  readonly #registry: Registry;
  readonly #identity: Identity;

  constructor(registry: Registry, identity: Identity) {
    this.#registry = registry;
    this.#identity = identity;
    this.key = keyOf(identity.deviceId, identity.moduleId);
  }

  whole(): object {
    const { deviceId, moduleId } = this.#identity;
    return twinJson(this.#identity, this.#registry.presence(deviceId, moduleId));
  }

  root(name: string): unknown {
    const identity = this.#identity;
    switch (name) {
      case "deviceId":
        return identity.deviceId;
      case "moduleId":
        return identity.moduleId || undefined;
      case "tags":
        return identity.tags;
      case "properties":
        return this.#properties();
      case "status":
        return identity.status;
      case "version":
        return identity.twinVersion;
      case "configurations":
        return identity.configurations;
      case "capabilities":
        return { iotEdge: identity.isEdge };
      case "authenticationType":
        return identity.authType;
      case "deviceScope":
        return identity.deviceScope || undefined;
      default:
        return rare.has(name) ? Reflect.get(this.whole(), name) : undefined;
    }
  }

  #properties(): object {
    const { desired, desiredVersion, desiredStamps, reported, reportedVersion, reportedStamps } =
      this.#identity;
    return {
      desired: withMeta(desired, desiredVersion, () => metadataOf(desiredStamps, true)),
      reported: withMeta(reported, reportedVersion, () => metadataOf(reportedStamps, false)),
    };
  }
}

/** Properties with what the hub adds; the metadata is made when it is looked at. */
function withMeta(properties: Properties, version: number, metadata: () => object): object {
  return {
    ...properties,
    $version: version,
    get $metadata() {
      return metadata();
    },
  };
}
