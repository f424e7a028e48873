import type { Identity, Presence } from "../identity/identity.js";
import { metadataOf } from "../twins/properties.js";

const NEVER = "0001-01-01T00:00:00Z";
const at = (milliseconds: number): string =>
  milliseconds === 0 ? NEVER : new Date(milliseconds).toISOString();

/** An identity as the registry's REST calls give it, with how many commands wait for it; keys only to those who may see them. */
export function identityJson(
  identity: Identity,
  presence: Presence,
  keys: readonly [string, string],
  commands = 0,
): object {
  const { deviceId, moduleId, generationId, etag, status, statusReason, statusUpdatedTime } = identity;
  const isSas = identity.authType === "sas";
  return {
    deviceId,
    ...(moduleId === "" ? {} : { moduleId, managedBy: identity.managedBy || null }),
    generationId,
    etag,
    connectionState: presence.isConnected ? "Connected" : "Disconnected",
    status,
    statusReason: statusReason || null,
    connectionStateUpdatedTime: at(presence.changedAt),
    statusUpdatedTime,
    lastActivityTime: at(presence.lastActivityAt),
    cloudToDeviceMessageCount: commands,
    authentication: {
      symmetricKey: isSas
        ? { primaryKey: keys[0], secondaryKey: keys[1] }
        : { primaryKey: null, secondaryKey: null },
      x509Thumbprint: thumbprints(identity),
      type: identity.authType,
    },
    ...(moduleId === "" ? { capabilities: { iotEdge: identity.isEdge } } : {}),
    ...(identity.deviceScope === "" ? {} : { deviceScope: identity.deviceScope }),
    ...(identity.parentScopes.length === 0 ? {} : { parentScopes: identity.parentScopes }),
  };
}

const thumbprints = ({ primaryThumbprint, secondaryThumbprint }: Identity): object => ({
  primaryThumbprint: primaryThumbprint || null,
  secondaryThumbprint: secondaryThumbprint || null,
});

/** A twin as the REST calls give it. */
export function twinJson(identity: Identity, presence: Presence, commands = 0): object {
  const { deviceId, moduleId, etag, status, statusUpdatedTime, twinVersion, tags } = identity;
  return {
    deviceId,
    ...(moduleId === "" ? {} : { moduleId }),
    etag: twinEtag(identity),
    deviceEtag: etag,
    status,
    statusUpdateTime: statusUpdatedTime,
    connectionState: presence.isConnected ? "Connected" : "Disconnected",
    lastActivityTime: at(presence.lastActivityAt),
    cloudToDeviceMessageCount: commands,
    authenticationType: identity.authType,
    x509Thumbprint: thumbprints(identity),
    version: twinVersion,
    tags,
    properties: {
      desired: {
        ...identity.desired,
        $metadata: metadataOf(identity.desiredStamps, true),
        $version: identity.desiredVersion,
      },
      reported: {
        ...identity.reported,
        $metadata: metadataOf(identity.reportedStamps, false),
        $version: identity.reportedVersion,
      },
    },
    ...(Object.keys(identity.configurations).length === 0 ? {} : { configurations: identity.configurations }),
    capabilities: { iotEdge: identity.isEdge },
    ...(identity.deviceScope === "" ? {} : { deviceScope: identity.deviceScope }),
    ...(identity.parentScopes.length === 0 ? {} : { parentScopes: identity.parentScopes }),
  };
}

/** The ETag of a twin as clients see it. */
export const twinEtag = (identity: Identity): string => Buffer.from(identity.twinEtag).toString("base64");

/** Clients send twin ETags back as they got them. */
export const twinEtagOf = (header: string): string => {
  const given = header.replace(/^W\//, "").replaceAll('"', "");
  return given === "*" || given === "" ? "*" : Buffer.from(given, "base64").toString("utf8");
};
