import { X509Certificate } from "node:crypto";
import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { collector } from "./collector.js";
import { namesIn } from "./files.js";

type Certificate = Payload<"Certificates">;

/** Where services keep what they show others. Lists of authorities that came with the distribution are left out. */
const folders = [
  "/etc/ssl",
  "/etc/pki",
  "/etc/letsencrypt/live",
  "/etc/nginx",
  "/etc/apache2",
  "/etc/httpd",
  "/etc/mosquitto",
  "/etc/docker",
  "/etc/aziot",
  "/var/lib/aziot",
  "/etc/openvpn",
  "/etc/ipsec.d",
  "/etc/strongswan",
  "/etc/kubernetes/pki",
  "/var/lib/kubelet/pki",
  "/etc/postgresql",
  "/etc/grafana",
  "/etc/picket-agent",
  "/usr/local/share/ca-certificates",
];
const leftOut = new Set([
  "/etc/ssl/certs",
  "/etc/pki/ca-trust",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/pki/rpm-gpg",
]);
const NAME = /\.(?:pem|crt|cer|der|cert)$/i;
const BLOCK =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]{1,20000}?-----END (?:TRUSTED )?CERTIFICATE-----/g;
const MOST_BYTES = 262_144;
const MOST_FILES = 2_000;
const MOST_DEEP = 5;
const MOST_IN_FILE = 20;
const DAY_MS = 86_400_000;

/** The certificates that lie on the device. */
export const certificates = collector({
  name: "Certificates",
  about: "The certificates that lie where services keep theirs, with the day they end.",
  details: {},
  async collect(host) {
    const found: Certificate[] = [];
    const seen = new Set<string>();
    for (const path of await filesOf(host))
      for (const each of certificatesIn(
        await host.bytes(path, MOST_BYTES).catch(() => Buffer.alloc(0)),
        path,
        Date.now(),
      )) {
        // Links and chains hold the same one many times.
        const key = `${each.Fingerprint}\0${path.split("/").slice(0, -1).join("/")}`;
        if (!seen.has(key)) found.push(each);
        seen.add(key);
      }
    return found;
  },
});

/** Reads the certificates of a file: several in text, or one in binary. What is none is passed over. */
export function certificatesIn(bytes: Buffer, path: string, now: number): Certificate[] {
  const blocks =
    bytes.toString("latin1").match(BLOCK)?.slice(0, MOST_IN_FILE) ?? (bytes[0] === 0x30 ? [bytes] : []);
  return blocks.flatMap((block) => certificateOf(block, path, now) ?? []);
}

function certificateOf(block: string | Buffer, path: string, now: number): Certificate | undefined {
  try {
    const made = new X509Certificate(block);
    const until = Date.parse(made.validTo);
    if (!Number.isFinite(until)) return undefined;
    return {
      Path: path,
      Subject: oneLine(made.subject),
      Issuer: oneLine(made.issuer),
      ValidUntil: new Date(until).toISOString(),
      DaysLeft: Math.floor((until - now) / DAY_MS),
      Fingerprint: made.fingerprint256.replaceAll(":", "").toLowerCase(),
      KeyType: keyOf(made),
      IsAuthority: made.ca,
    };
  } catch {
    return undefined;
  }
}

const oneLine = (name: string | undefined): string => (name ?? "").split("\n").join(", ").slice(0, 500);

function keyOf(certificate: X509Certificate): string {
  const { asymmetricKeyType: kind = "unknown", asymmetricKeyDetails: more } = certificate.publicKey;
  const size = more?.modulusLength ?? more?.namedCurve;
  return size === undefined ? kind : `${kind}-${size}`;
}

async function filesOf(host: Host): Promise<string[]> {
  const found: string[] = [];
  const waiting = folders.map((path) => ({ path, depth: 0 }));
  for (let next = waiting.shift(); next && found.length < MOST_FILES; next = waiting.shift()) {
    for (const name of await namesIn(host, next.path)) {
      const path = `${next.path}/${name}`;
      if (leftOut.has(path)) continue;
      const state = await host.state(path);
      if (state?.isDirectory && next.depth < MOST_DEEP) waiting.push({ path, depth: next.depth + 1 });
      else if (state && !state.isDirectory && NAME.test(name) && state.size <= MOST_BYTES) found.push(path);
    }
  }
  return found;
}
