#!/usr/bin/env node
// Makes a signed update of the agent from its bundle, and a key pair when there is none.
// node packaging/sign-update.mjs --key update-key.pem --version 0.2.0 [--bundle FILE] > picket-agent-0.2.0.update
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    key: { type: "string" },
    version: { type: "string" },
    bundle: {
      type: "string",
      default: fileURLToPath(new URL("../device/agent/dist/picket-agent.mjs", import.meta.url)),
    },
  },
});
const { key: keyFile, version, bundle: file } = values;
if (!keyFile || !/^\d+\.\d+\.\d+$/.test(version ?? "")) {
  console.error("Give --key FILE and --version such as 0.2.0.");
  process.exit(1);
}
if (!existsSync(keyFile)) {
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(keyFile, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
  console.error(`Made ${keyFile}; keep it off line.`);
}
const key = createPrivateKey(readFileSync(keyFile));
const publicFile = `${keyFile}.pub`;
if (!existsSync(publicFile)) {
  writeFileSync(publicFile, createPublicKey(key).export({ type: "spki", format: "pem" }));
  console.error(`Put ${publicFile} on each device as --update-key-file when it is enrolled.`);
}
const bundle = readFileSync(file);
const hash = createHash("sha256").update(bundle).digest("hex");
// The same text as device/agent/src/update/update-file.ts signs.
const signature = sign(null, Buffer.from(`picket-agent update\n${version}\n${hash}\n`), key).toString(
  "base64",
);
process.stdout.write(JSON.stringify({ version, signature, bundle: bundle.toString("base64") }));
