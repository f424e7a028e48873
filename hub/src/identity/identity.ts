import { randomBytes } from "node:crypto";
import { hubErrors } from "../errors.js";
import type { Properties, Stamps } from "../twins/properties.js";

/** How an identity proves who it is. */
export type AuthType = "sas" | "selfSigned" | "certificateAuthority" | "none";

/** A device or module as the registry keeps it, with its twin. */
export interface Identity {
  readonly deviceId: string;
  /** Empty for the device itself. */
  readonly moduleId: string;
  readonly generationId: string;
  readonly etag: string;
  readonly status: "enabled" | "disabled";
  readonly statusReason: string;
  readonly statusUpdatedTime: string;
  readonly authType: AuthType;
  /** Base64 of the sealed keys. */
  readonly primary: string;
  readonly secondary: string;
  /** Hexadecimal in capitals, SHA-1 or SHA-256; empty without one. */
  readonly primaryThumbprint: string;
  readonly secondaryThumbprint: string;
  readonly isEdge: boolean;
  /** Of an Edge device its own scope, of a device behind one its parent's. */
  readonly deviceScope: string;
  readonly parentScopes: readonly string[];
  readonly managedBy: string;
  readonly createdTime: string;
  readonly sdkVersion: string;
  readonly tags: Properties;
  readonly desired: Properties;
  readonly desiredVersion: number;
  readonly desiredStamps: Stamps;
  readonly reported: Properties;
  readonly reportedVersion: number;
  readonly reportedStamps: Stamps;
  readonly twinEtag: string;
  readonly twinVersion: number;
  readonly desiredUpdatedTime: string;
  readonly reportedUpdatedTime: string;
  /** What the automatic configurations that target it came to. */
  readonly configurations: Readonly<Record<string, { readonly status: "Targeted" | "Applied" }>>;
}

/** Whether an identity is connected, kept in memory. */
export interface Presence {
  readonly isConnected: boolean;
  readonly changedAt: number;
  readonly lastActivityAt: number;
}

/** What may be given when an identity is made or changed. */
export interface IdentityDraft {
  readonly status?: "enabled" | "disabled";
  readonly statusReason?: string;
  readonly authType?: AuthType;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
  readonly primaryThumbprint?: string;
  readonly secondaryThumbprint?: string;
  readonly isEdge?: boolean;
  readonly deviceScope?: string;
  readonly parentScopes?: readonly string[];
  readonly managedBy?: string;
  readonly tags?: object;
  readonly desired?: object;
}

/** Limits of IoT Hub. */
export const registryLimits = { modules: 50, identities: 1_000_000, keyBytes: [16, 64] } as const;

const DEVICE_ID = /^[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,128}$/;

/** Whether a text can be the id of a device or module. */
export const isId = (id: string): boolean => DEVICE_ID.test(id);

/** The key an identity is kept under. */
export const keyOf = (deviceId: string, moduleId: string): string => `identity/${deviceId}|${moduleId}`;

/** How a sentence names an identity. */
export const named = (deviceId: string, moduleId: string): string =>
  moduleId === "" ? `The device ${deviceId}` : `The module ${moduleId} of ${deviceId}`;

/** A new ETag. */
export const newEtag = (): string => randomBytes(6).toString("base64url");

/** Refuses ids that IoT Hub refuses. */
export function checkIds(deviceId: string, moduleId: string): void {
  const check = (what: string, id: string): void => {
    if (!isId(id))
      throw hubErrors.argumentInvalid({
        what,
        why: "it needs 1 to 128 letters, digits or - : . + % _ # * ? ! ( ) , = @ ; $ '",
      });
  };
  check("The device id", deviceId);
  if (moduleId !== "") check("The module id", moduleId);
}

/** A thumbprint as it is kept: capitals, without colons. */
export function thumbprintOf(given: string): string {
  const plain = given.replaceAll(":", "").toUpperCase();
  if (plain === "" || /^([0-9A-F]{40}|[0-9A-F]{64})$/.test(plain)) return plain;
  throw hubErrors.argumentInvalid({
    what: "The thumbprint",
    why: "it must be the SHA-1 or SHA-256 of the certificate in hexadecimal",
  });
}

/** Refuses when an ETag given is not the present one; `*` fits always. */
export function matchEtag(id: string, ifMatch: string, present: string): void {
  const given = ifMatch.replace(/^W\//, "").replaceAll('"', "");
  if (given !== "*" && given !== present) throw hubErrors.preconditionFailed({ id });
}
