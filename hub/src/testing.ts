import { execFile, execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, silent, systemClock } from "@picket/kit";
import { decodeRecords, recordKind, type StreamRecord } from "@picket/schema";
import { type Hub, openHub } from "./hub.js";
import type { EventLog, HubConfig, KeyValueStore } from "./slots.js";

/** State in memory, for tests. */
export function memoryStore(): KeyValueStore {
  const entries = new Map<string, Uint8Array>();
  return {
    get: (key) => {
      if (key === "" || key.includes("\0") || Buffer.byteLength(key) > 1_900)
        throw new Error(`no key: ${key.slice(0, 100)}`);
      return entries.get(key);
    },
    range: ({ prefix, after = "", limit }) =>
      [...entries]
        .filter(([key]) => key.startsWith(prefix) && key > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([key, value]) => ({ key, value })),
    write: async (changes) => {
      for (const change of changes) {
        if ("remove" in change) entries.delete(change.key);
        else entries.set(change.key, change.value);
      }
    },
  };
}

/** A shared access signature, as a client makes it. */
export function sasToken(
  resource: string,
  key: string,
  { expiresAt = Math.floor(Date.now() / 1000) + 3_600, policy }: { expiresAt?: number; policy?: string } = {},
): string {
  const encoded = encodeURIComponent(resource);
  const signature = createHmac("sha256", Buffer.from(key, "base64"))
    .update(`${encoded}\n${expiresAt}`)
    .digest("base64");
  const named = policy === undefined ? "" : `&skn=${policy}`;
  return `SharedAccessSignature sr=${encoded}&sig=${encodeURIComponent(signature)}&se=${expiresAt}${named}`;
}

/** A stream in memory, for readers. */
export const memoryLog = (batches: readonly Uint8Array[]): EventLog => ({
  first: () => 1,
  last: () => batches.length,
  open: () => ({
    read: (after, maxBytes) => {
      const entries: { position: number; bytes: Uint8Array }[] = [];
      for (let at = after, sum = 0; at < batches.length && (sum === 0 || sum < maxBytes); at += 1) {
        sum += batches[at]!.byteLength;
        entries.push({ position: at + 1, bytes: batches[at]! });
      }
      return entries;
    },
    close: () => {},
  }),
});

/** A key and a self-signed certificate for localhost, made by openssl. */
export function testCertificate(address = "127.0.0.1"): { key: string; cert: string } {
  const home = mkdtempSync(join(tmpdir(), "picket-cert-"));
  const [key, cert] = [join(home, "key.pem"), join(home, "cert.pem")];
  const names = `subjectAltName=DNS:localhost,IP:${address}`;
  const subject = ["-subj", "/CN=localhost", "-addext", names, "-days", "2", "-nodes"];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-keyout",
      key,
      "-out",
      cert,
      ...subject,
    ],
    { stdio: "ignore" },
  );
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

/** A port that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** Some clients know port 443 only. */
const isFree = (port: number, bind: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, bind, () => server.close(() => resolve(true)));
  });

/** A hub on free ports, with what it sent to the stream. */
export interface TestHub {
  readonly hub: Hub;
  readonly hostName: string;
  readonly mqttPort: number;
  readonly amqpPort: number;
  readonly httpsPort: number;
  readonly ca: string;
  readonly records: StreamRecord[];
  /** Set to make the stream refuse. */
  outlet: { isFull: boolean };
  /** Bodies of the records of one kind, parsed. */
  told(kind: keyof typeof recordKind): Record<string, unknown>[];
}

/** Opens a hub for tests. On an address of its own it has the usual ports, which some clients insist on. */
export async function openTestHub(
  clock: Clock = systemClock,
  bind = "127.0.0.1",
  store: KeyValueStore = memoryStore(),
  more: Partial<HubConfig> = {},
): Promise<TestHub> {
  const { key, cert } = testCertificate(bind);
  const usual = async (port: number): Promise<number> =>
    (await isFree(port, bind)) ? port : await freePort();
  const [mqttPort, amqpPort, httpsPort] =
    bind === "127.0.0.1"
      ? [await freePort(), await freePort(), await freePort()]
      : [await usual(8883), await usual(5671), await usual(443)];
  const records: StreamRecord[] = [];
  const batches: Uint8Array[] = [];
  const outlet = { isFull: false };
  const hub = await openHub(
    {
      hostNames: bind === "127.0.0.1" ? ["localhost", "old.azure-devices.net"] : [bind],
      bind,
      mqttPort,
      amqpPort,
      httpsPort,
      tls: { key, cert },
      ...more,
    },
    {
      store,
      vault: {
        seal: (plain) => plain.map((byte) => byte ^ 0x5a),
        open: (sealed) => sealed.map((byte) => byte ^ 0x5a),
      },
      recorder: silent,
      clock,
      events: memoryLog(batches),
      outlet: {
        append: async (batch) => {
          if (outlet.isFull) throw new Error("full");
          batches.push(Uint8Array.from(batch));
          for (const record of decodeRecords(batch))
            records.push({
              ...record,
              body: Uint8Array.from(record.body),
              ...(record.properties ? { properties: Uint8Array.from(record.properties) } : {}),
            });
          return batches.length;
        },
      },
    },
  );
  const told = (kind: keyof typeof recordKind): Record<string, unknown>[] =>
    records
      .filter((record) => record.kind === recordKind[kind])
      .map(({ body }) => JSON.parse(Buffer.from(body).toString()));
  const hostName = bind === "127.0.0.1" ? "localhost" : bind;
  return { hub, hostName, mqttPort, amqpPort, httpsPort, ca: cert, records, outlet, told };
}

const require = createRequire(import.meta.url);

/**
 * Runs the body of an async function in a process of its own, as a user of the unmodified clients would: `client` requires
 * their packages, `connection` is the connection string of a policy. Answers what the body returns.
 */
export async function asClient(
  { hub, ca, address }: { readonly hub: Hub; readonly ca: string; readonly address: string },
  body: string,
  policy = "iothubowner",
): Promise<Record<string, unknown>> {
  const { primaryKey } = hub.authenticator.policies().find(({ name }) => name === policy)!;
  const connection = `HostName=${address};SharedAccessKeyName=${policy};SharedAccessKey=${primaryKey}`;
  const home = mkdtempSync(join(tmpdir(), "picket-client-"));
  const [script, authority] = [join(home, "client.cjs"), join(home, "ca.pem")];
  writeFileSync(authority, ca);
  writeFileSync(
    script,
    `const client = (name) => require(require.resolve(name, { paths: [${JSON.stringify(require.resolve("azure-iothub"))}] }));
     const connection = ${JSON.stringify(connection)};
     const nameOf = (error) => error.name;
     (async () => { ${body} })().then(
       (answer) => { console.log("ANSWER" + JSON.stringify(answer)); process.exit(0); },
       (error) => { console.error(error.stack, error.responseBody); process.exit(1); });`,
  );
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: authority, NODE_NO_WARNINGS: "1" };
  return new Promise((resolve, reject) =>
    execFile(process.execPath, [script], { env, maxBuffer: 10_000_000 }, (error, out, problems) => {
      const at = out.lastIndexOf("ANSWER");
      if (error || at < 0) reject(new Error(`${problems}\n${out}`));
      else resolve(JSON.parse(out.slice(at + 6)));
    }),
  );
}
