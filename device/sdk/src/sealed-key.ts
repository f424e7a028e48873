import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { ClientError } from "./errors.js";

const VERSION = "v1";
const SALT = "picket-key-rotation";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Whose key it is: a seal of one device opens nothing of another. */
export interface KeyOwner {
  readonly deviceId: string;
  readonly moduleId?: string;
}

/** Seals a device's next key with its present one, so that it can lie in a twin. Keys are Base64. */
export function sealKey(owner: KeyOwner, presentKey: string, nextKey: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", secretOf(owner, presentKey), iv);
  const sealed = Buffer.concat([iv, cipher.update(nextKey, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${sealed.toString("base64url")}`;
}

/** Opens such a seal; throws when it was made with another key or for another device. */
export function openSealedKey(owner: KeyOwner, presentKey: string, sealed: string): string {
  const [version, text = ""] = sealed.split(".");
  const bytes = Buffer.from(text, "base64url");
  if (version !== VERSION || bytes.length <= IV_BYTES + TAG_BYTES) throw unfit("it is not of the form v1.…");
  try {
    const decipher = createDecipheriv(
      "aes-256-gcm",
      secretOf(owner, presentKey),
      bytes.subarray(0, IV_BYTES),
    );
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const key = Buffer.concat([
      decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]).toString("utf8");
    if (!/^[A-Za-z0-9+/]{16,}={0,2}$/.test(key)) throw unfit("what is in it is no key");
    return key;
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw unfit("it was sealed with another key, or for another device");
  }
}

const secretOf = ({ deviceId, moduleId = "" }: KeyOwner, key: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", Buffer.from(key, "base64"), SALT, `${deviceId}\0${moduleId}`, 32));

const unfit = (why: string): ClientError =>
  new ClientError("CLIENT_SEALED_KEY", `The new key cannot be used: ${why}.`);
