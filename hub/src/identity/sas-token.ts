import { createHmac, timingSafeEqual } from "node:crypto";
import type { OperationCause } from "@picket/schema";

/** A shared access signature taken apart. */
export interface SasToken {
  /** As written, still encoded: the signature is over this text. */
  readonly encodedResource: string;
  /** Decoded and in lower case. */
  readonly resource: string;
  readonly signature: Buffer;
  readonly expiry: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly policy?: string;
}

const PREFIX = "SharedAccessSignature ";
const MAX_LENGTH = 4_096;
/** Clocks of devices go wrong by minutes. */
const SKEW_SECONDS = 300;

/** Reads a token; undefined when it is none. */
export function parseSasToken(text: string): SasToken | undefined {
  if (text.length > MAX_LENGTH || !text.startsWith(PREFIX)) return undefined;
  const fields = new Map(
    text
      .slice(PREFIX.length)
      .split("&")
      .map((part): [string, string] => {
        const at = part.indexOf("=");
        return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
      }),
  );
  const encodedResource = fields.get("sr");
  const signature = fields.get("sig");
  const expiry = fields.get("se");
  const policy = fields.get("skn");
  if (!encodedResource || !signature || !expiry || !/^\d{1,12}$/.test(expiry)) return undefined;
  try {
    return {
      encodedResource,
      resource: decodeURIComponent(encodedResource).toLowerCase(),
      signature: Buffer.from(decodeURIComponent(signature), "base64"),
      expiry,
      expiresAt: Number(expiry),
      ...(policy ? { policy: decodeURIComponent(policy) } : {}),
    };
  } catch {
    return undefined;
  }
}

/** What a token is checked against. */
export interface SasExpectation {
  /** The hub's names; a token may be for any of them. */
  readonly hostNames: readonly string[];
  /** What it must allow, such as `/devices/pump-7`; a token for something above it does too. */
  readonly path: string;
  /** Base64 keys, any of which may have signed. */
  readonly keys: readonly string[];
  /** Event Hubs clients sign with the text of the key, not with what it encodes. */
  readonly signsWith?: "key" | "text";
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why a token is not good; empty when it is. All keys are tried, whatever the first says, so that time tells nothing. */
export function checkSasToken(
  token: SasToken,
  { hostNames, path, keys, now, signsWith = "key" }: SasExpectation,
): OperationCause {
  const signed = Buffer.from(`${token.encodedResource}\n${token.expiry}`);
  let isGood = false;
  for (const key of keys) {
    const expected = createHmac("sha256", Buffer.from(key, signsWith === "key" ? "base64" : "utf8"))
      .update(signed)
      .digest();
    const same = expected.length === token.signature.length && timingSafeEqual(expected, token.signature);
    isGood = isGood || same;
  }
  if (!isGood) return "invalidSignature";
  if (token.expiresAt + SKEW_SECONDS < now / 1000) return "expiredToken";
  return hostNames.some((host) => covers(token.resource, `${host}${path}`.toLowerCase()))
    ? ""
    : "wrongAudience";
}

/** Old clients add the API version to the resource; a host with a port is the same host. */
function covers(resource: string, wanted: string): boolean {
  const given = resource
    .replace(/^sb:\/\//, "")
    .replace(/\/(?:api-version=.*)?$/, "")
    .replace(/^([^/]+?):\d+(?=\/|$)/, "$1");
  return wanted === given || wanted.startsWith(`${given}/`);
}
