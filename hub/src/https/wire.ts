import type { Identity, Presence } from "../identity/registry.js";

const NEVER = "0001-01-01T00:00:00Z";
const at = (milliseconds: number): string =>
  milliseconds === 0 ? NEVER : new Date(milliseconds).toISOString();

/** An identity as the registry's REST calls give it; keys only to those who may see them. */
export function identityJson(
  identity: Identity,
  presence: Presence,
  keys: readonly [string, string],
): object {
  const { deviceId, moduleId, generationId, etag, status, statusReason, statusUpdatedTime } = identity;
  return {
    deviceId,
    ...(moduleId === "" ? {} : { moduleId, managedBy: null }),
    generationId,
    etag,
    connectionState: presence.isConnected ? "Connected" : "Disconnected",
    status,
    statusReason: statusReason || null,
    connectionStateUpdatedTime: at(presence.changedAt),
    statusUpdatedTime,
    lastActivityTime: at(presence.lastActivityAt),
    cloudToDeviceMessageCount: 0,
    authentication: {
      symmetricKey: { primaryKey: keys[0], secondaryKey: keys[1] },
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
      type: "sas",
    },
    ...(moduleId === "" ? { capabilities: { iotEdge: false } } : {}),
  };
}

/** A twin as the REST calls give it. */
export function twinJson(identity: Identity, presence: Presence): object {
  const { deviceId, moduleId, twinEtag, etag, status, statusUpdatedTime, twinVersion, tags } = identity;
  return {
    deviceId,
    ...(moduleId === "" ? {} : { moduleId }),
    etag: Buffer.from(twinEtag).toString("base64"),
    deviceEtag: etag,
    status,
    statusUpdateTime: statusUpdatedTime,
    connectionState: presence.isConnected ? "Connected" : "Disconnected",
    lastActivityTime: at(presence.lastActivityAt),
    cloudToDeviceMessageCount: 0,
    authenticationType: "sas",
    x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
    version: twinVersion,
    tags,
    properties: {
      desired: {
        ...identity.desired,
        $metadata: { $lastUpdated: identity.desiredUpdatedTime },
        $version: identity.desiredVersion,
      },
      reported: {
        ...identity.reported,
        $metadata: { $lastUpdated: identity.reportedUpdatedTime },
        $version: identity.reportedVersion,
      },
    },
    capabilities: { iotEdge: false },
  };
}

/** Clients send twin ETags back as they got them. */
export const twinEtagOf = (header: string): string => {
  const given = header.replace(/^W\//, "").replaceAll('"', "");
  return given === "*" || given === "" ? "*" : Buffer.from(given, "base64").toString("utf8");
};
