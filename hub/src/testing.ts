import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, silent, systemClock } from "@picket/kit";
import { decodeRecords, recordKind, type StreamRecord } from "@picket/schema";
import { type Hub, openHub } from "./hub.js";
import type { KeyValueStore } from "./slots.js";

/** State in memory, for tests. */
export function memoryStore(): KeyValueStore {
  const entries = new Map<string, Uint8Array>();
  return {
    get: (key) => entries.get(key),
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

/** A key and a self-signed certificate for localhost, made by openssl. */
export function testCertificate(): { key: string; cert: string } {
  const home = mkdtempSync(join(tmpdir(), "picket-cert-"));
  const [key, cert] = [join(home, "key.pem"), join(home, "cert.pem")];
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
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
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** A hub on free ports, with what it sent to the stream. */
export interface TestHub {
  readonly hub: Hub;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly ca: string;
  readonly records: StreamRecord[];
  /** Set to make the stream refuse. */
  outlet: { isFull: boolean };
  /** Bodies of the records of one kind, parsed. */
  told(kind: keyof typeof recordKind): Record<string, unknown>[];
}

/** Opens a hub for tests. */
export async function openTestHub(clock: Clock = systemClock): Promise<TestHub> {
  const { key, cert } = testCertificate();
  const [mqttPort, httpsPort] = [await freePort(), (await isFree(443)) ? 443 : await freePort()];
  const records: StreamRecord[] = [];
  const outlet = { isFull: false };
  const hub = await openHub(
    {
      hostNames: ["localhost", "old.azure-devices.net"],
      bind: "127.0.0.1",
      mqttPort,
      httpsPort,
      tls: { key, cert },
    },
    {
      store: memoryStore(),
      vault: {
        seal: (plain) => plain.map((byte) => byte ^ 0x5a),
        open: (sealed) => sealed.map((byte) => byte ^ 0x5a),
      },
      recorder: silent,
      clock,
      outlet: {
        append: async (batch) => {
          if (outlet.isFull) throw new Error("full");
          for (const record of decodeRecords(batch))
            records.push({
              ...record,
              body: Uint8Array.from(record.body),
              ...(record.properties ? { properties: Uint8Array.from(record.properties) } : {}),
            });
          return records.length;
        },
      },
    },
  );
  const told = (kind: keyof typeof recordKind): Record<string, unknown>[] =>
    records
      .filter((record) => record.kind === recordKind[kind])
      .map(({ body }) => JSON.parse(Buffer.from(body).toString()));
  return { hub, mqttPort, httpsPort, ca: cert, records, outlet, told };
}
