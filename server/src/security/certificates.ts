import { webcrypto, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";

/** The hub's certificate with its key, and the authority that signed it. */
export interface HubTls {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
  readonly caPath: string;
  /** SHA-256 of the authority's certificate. */
  readonly fingerprint: string;
  readonly validTo: string;
}

const DAY_MS = 86_400_000;
const RENEW_BEFORE_MS = 30 * DAY_MS;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Opens the certificates in a folder; makes the authority at first, and the hub's certificate whenever names or time ask for it. */
export async function openCertificates(directory: string, hostNames: readonly string[]): Promise<HubTls> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = (name: string): string => join(directory, name);
  const files = {
    ca: path("ca.pem"),
    caKey: path("ca-key.pem"),
    cert: path("hub.pem"),
    key: path("hub-key.pem"),
  };
  if (!existsSync(files.ca) || !isGood(files.cert, hostNames)) await issue(files, hostNames);
  const ca = readFileSync(files.ca, "utf8");
  const cert = readFileSync(files.cert, "utf8");
  return {
    key: readFileSync(files.key, "utf8"),
    cert: cert + ca,
    ca,
    caPath: files.ca,
    fingerprint: new X509Certificate(ca).fingerprint256,
    validTo: new Date(new X509Certificate(cert).validTo).toISOString(),
  };
}

/** Addresses of this machine that others can reach, and its own. */
export function localAddresses(): string[] {
  const found = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return [...new Set(["127.0.0.1", "::1", ...found.map(({ address }) => address.split("%")[0] ?? address)])];
}

function isGood(path: string, hostNames: readonly string[]): boolean {
  if (!existsSync(path)) return false;
  const certificate = new X509Certificate(readFileSync(path));
  const isFresh = Date.parse(certificate.validTo) - Date.now() > RENEW_BEFORE_MS;
  return (
    isFresh &&
    hostNames.every(
      (name) => certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined,
    )
  );
}

/** The library takes a tenth of a second to load, so it is loaded only when a certificate is made. */
async function issue(
  files: { ca: string; caKey: string; cert: string; key: string },
  hostNames: readonly string[],
): Promise<void> {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(globalThis.crypto);
  const subtle = webcrypto.subtle;
  const pem = async (key: webcrypto.CryptoKey): Promise<string> =>
    x509.PemConverter.encode(await subtle.exportKey("pkcs8", key), "PRIVATE KEY");
  const generate = (): Promise<webcrypto.CryptoKeyPair> =>
    subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
  const now = Date.now();
  if (!existsSync(files.ca)) {
    const keys = await generate();
    const ca = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: "CN=Picket hub authority",
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + 3_650 * DAY_MS),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    writeFileSync(files.caKey, await pem(keys.privateKey), { mode: 0o600 });
    writeFileSync(files.ca, `${ca.toString("pem")}\n`, { mode: 0o644 });
  }
  const signer = await subtle.importKey(
    "pkcs8",
    x509.PemConverter.decodeFirst(readFileSync(files.caKey, "utf8")),
    algorithm,
    false,
    ["sign"],
  );
  const issuer = new x509.X509Certificate(readFileSync(files.ca, "utf8"));
  const keys = await generate();
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${hostNames[0]}`,
    issuer: issuer.subject,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + 397 * DAY_MS),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: signer,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hostNames.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? "ip" : "dns", value })),
      ),
    ],
  });
  writeFileSync(files.key, await pem(keys.privateKey), { mode: 0o600 });
  writeFileSync(files.cert, `${cert.toString("pem")}\n`, { mode: 0o644 });
}

const serial = (): string => `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString("hex")}`;
