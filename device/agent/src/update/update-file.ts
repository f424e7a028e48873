import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { agentErrors } from "../errors.js";

const MOST_BYTES = 4_194_304;

/** A new version of the agent's bundle, and who says that it is one. */
export interface Update {
  readonly version: string;
  readonly bundle: Buffer;
}

/** What is signed: the version and the bundle's hash, so that neither can be put beside another. */
const signed = (version: string, bundle: Buffer): Buffer =>
  Buffer.from(`picket-agent update\n${version}\n${createHash("sha256").update(bundle).digest("hex")}\n`);

/** Writes an update file; the key is an Ed25519 private key. */
export const printUpdate = ({ version, bundle }: Update, key: KeyObject): string =>
  JSON.stringify({
    version,
    signature: sign(null, signed(version, bundle), key).toString("base64"),
    bundle: bundle.toString("base64"),
  });

/** Reads an update file; throws when it was not signed with the pinned key. */
export function readUpdate(text: string, pinnedKey: string): Update {
  if (text.length > MOST_BYTES) throw refused(`it has ${text.length} bytes, more than ${MOST_BYTES}`);
  const { version, signature, bundle } = objectOf(text);
  if (typeof version !== "string" || !/^\d{1,5}\.\d{1,5}\.\d{1,5}$/.test(version))
    throw refused("it names no version");
  if (typeof signature !== "string" || typeof bundle !== "string")
    throw refused("it holds no bundle, or no signature");
  const bytes = Buffer.from(bundle, "base64");
  if (!isSigned(signed(version, bytes), Buffer.from(signature, "base64"), pinnedKey))
    throw refused("its signature is not of the key that this device was enrolled with");
  return { version, bundle: bytes };
}

function isSigned(content: Buffer, signature: Buffer, pem: string): boolean {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw refused("the key of this device is not an Ed25519 key");
  return verify(null, content, key, signature);
}

/** Whether a version is newer than another. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(".").map(Number));
  for (const index of [0, 1, 2]) {
    const [left = 0, right = 0] = [a?.[index], b?.[index]];
    if (left !== right) return left > right;
  }
  return false;
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const values: unknown = JSON.parse(text);
    if (typeof values === "object" && values !== null && !Array.isArray(values)) return { ...values };
  } catch {
    // Said below.
  }
  throw refused("it is not a JSON object");
}

const refused = (why: string): Error => agentErrors.updateRefused({ why });
