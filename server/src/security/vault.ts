import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Vault } from "@picket/hub";

const NONCE = 12;
const TAG = 16;

/** Seals with AES-256-GCM under a key that is kept in a file of mode 0600, made if there is none. */
export function openVault(path: string): Vault {
  const key = secretFile(path, () => randomBytes(32));
  return {
    seal: (plain) => {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    open: (sealed) => {
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE));
      decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
    },
  };
}

/** Reads a secret, or makes and keeps it for the owner's eyes only. */
export function secretFile(path: string, make: () => Buffer): Buffer {
  if (existsSync(path)) return readFileSync(path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const secret = make();
  writeFileSync(path, secret, { mode: 0o600, flag: "wx" });
  return secret;
}
