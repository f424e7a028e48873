import { createHmac, webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo, createServer as createTcp, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTls } from "node:tls";
import { handClock, silent } from "@picket/kit";
import { Aedes } from "aedes";
import { afterAll, afterEach, expect, test } from "vitest";
import { Deliveries, type DeliveryStore } from "./deliveries.js";
import { type Alert, type DeliveryRoute, readRoute, takes } from "./delivery-route.js";
import { printAlert, printCef } from "./print-alert.js";
import { syslogMessage } from "./senders.js";

const require = createRequire(import.meta.url);
const START = Date.parse("2026-03-01T10:00:00Z");
const home = mkdtempSync(join(tmpdir(), "picket-deliver-"));
const servers: Server[] = [];
afterAll(() => rmSync(home, { recursive: true, force: true }));
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const alert: Alert = {
  SystemAlertId: "a-1",
  AlertType: "IoT_CryptoMiner",
  AlertName: "Miner",
  DisplayName: "root started a miner on pump-7 | now",
  AlertSeverity: "High",
  Reason: "It says xmrig=1\nand more.",
  Description: "A miner.",
  Status: "New",
  DeviceId: "pump-7",
  RuleId: "crypto-miner-started",
  RemediationSteps: "Stop it.",
  Tactics: "Impact",
  Techniques: "T1496, T1059",
  EventCount: 2,
  StartTime: "2026-03-01T09:59:00.000Z",
  EndTime: "2026-03-01T10:00:00.000Z",
  ProcessingEndTime: "2026-03-01T10:00:00.000Z",
  TimeGenerated: "2026-03-01T10:00:00.000Z",
};

/** A store in memory with the shape of the real one. */
function memory(): DeliveryStore {
  const values = new Map<string, Uint8Array>();
  return {
    get: (key) => values.get(key),
    range: ({ prefix, limit }) =>
      [...values]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .slice(0, limit)
        .map(([key, value]) => ({ key, value })),
    write: async (changes) => {
      for (const change of changes) {
        if ("remove" in change) values.delete(change.key);
        else values.set(change.key, change.value);
      }
    },
  };
}

const route = (given: Record<string, unknown>): DeliveryRoute =>
  readRoute("r", { minSeverity: "Low", ...given });
function desk(store = memory()): {
  deliveries: Deliveries;
  clock: ReturnType<typeof handClock>;
  store: DeliveryStore;
} {
  const clock = handClock(START);
  const options = {
    store,
    clock,
    recorder: silent,
    directory: home,
    hostName: "hub",
    unseal: (each: DeliveryRoute) => each,
  };
  return { deliveries: new Deliveries(options), clock, store };
}
const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    servers.push(server);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

test("a webhook gets the alert once, signed, and after failures it is tried again", async () => {
  const got: { body: string; signature: string }[] = [];
  let failures = 2;
  const server = createHttp((request, reply) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      failures -= 1;
      if (failures >= 0) return reply.writeHead(503).end();
      got.push({ body, signature: String(request.headers["x-picket-signature"]) });
      return reply.writeHead(204).end();
    });
  });
  const port = await listening(server);
  const { deliveries, clock } = desk();
  await deliveries.setRoute(
    route({ kind: "webhook", target: `http://127.0.0.1:${port}/hook`, secret: "s3cret" }),
  );
  await deliveries.offer([alert]);
  await deliveries.settled();
  expect(deliveries.log(9)).toMatchObject([{ state: "waiting", attempts: 1, problem: "It answered 503." }]);
  for (let pass = 0; pass < 3; pass += 1) {
    clock.move(60_000);
    await deliveries.offer([alert]);
    await deliveries.settled();
  }
  expect(got).toHaveLength(1);
  expect(deliveries.log(9)).toMatchObject([{ state: "sent", attempts: 3 }]);
  const [, seconds, hash] = /^t=(\d+),v1=(\w+)$/.exec(got[0]?.signature ?? "") ?? [];
  expect(hash).toBe(createHmac("sha256", "s3cret").update(`${seconds}.${got[0]?.body}`).digest("hex"));
  expect(JSON.parse(got[0]?.body ?? "{}")).toMatchObject({ SystemAlertId: "a-1" });
});

test("what cannot be delivered for a day is set aside with the reason, and can be tried again", async () => {
  const { deliveries, clock } = desk();
  await deliveries.setRoute(route({ kind: "webhook", target: "http://127.0.0.1:1/" }));
  await deliveries.offer([alert]);
  for (let pass = 0; pass < 60; pass += 1) {
    clock.move(31 * 60_000);
    deliveries.run();
    await deliveries.settled();
  }
  const [dead] = deliveries.log(9);
  expect(dead).toMatchObject({ state: "dead", attempts: 54 });
  expect(await deliveries.retry(dead?.id ?? "")).toBe(true);
  await deliveries.settled();
  expect(deliveries.log(9)).toMatchObject([{ state: "waiting", attempts: 1 }]);
});

test("what waits outlives a restart, and what was sent is not sent again", async () => {
  const store = memory();
  const before = desk(store).deliveries;
  await before.setRoute(route({ kind: "file", target: "", format: "cef" }));
  await before.close();
  await before.offer([alert]);
  const after = desk(store).deliveries;
  after.run();
  await after.settled();
  await after.offer([alert, { ...alert, SystemAlertId: "a-2" }]);
  await after.settled();
  const lines = readFileSync(join(home, "r.log"), "utf8").trim().split("\n");
  expect(lines.map((line) => /externalId=(\S+)/.exec(line)?.[1])).toEqual(["a-1", "a-2"]);
});

test("a mail server gets a mail that names severity, device and what to do", async () => {
  let mail = "";
  const server = createTcp((socket) => {
    let isData = false;
    socket.write("220 test\r\n");
    socket.on("data", (bytes) => {
      const text = bytes.toString();
      if (isData) {
        mail += text;
        if (!mail.endsWith("\r\n.\r\n")) return;
        isData = false;
        socket.write("250 kept\r\n");
      } else if (text.startsWith("EHLO")) socket.write("250 test\r\n");
      else if (text.startsWith("DATA")) {
        isData = true;
        socket.write("354 go on\r\n");
      } else if (text.startsWith("QUIT")) socket.end("221 bye\r\n");
      else socket.write("250 ok\r\n");
    });
  });
  const port = await listening(server);
  const { deliveries } = desk();
  await deliveries.test(
    route({ kind: "email", target: `smtp://127.0.0.1:${port}`, to: "soc@example.net" }),
    alert,
  );
  expect(mail).toContain("To: soc@example.net");
  expect(mail).toMatch(/Subject: \[High\] root started a miner/);
  expect(mail).toContain("What to do  Stop it.");
});

/** A certificate of one's own for the loopback address. */
async function certificate(): Promise<{ key: string; cert: string }> {
  require("reflect-metadata");
  const x509 = require("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=127.0.0.1",
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }]),
      new x509.BasicConstraintsExtension(true),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`,
    cert: made.toString("pem"),
  };
}

test("syslog goes over TLS, framed, and not to a server whose certificate is not trusted", async () => {
  const { key, cert } = await certificate();
  let got = "";
  const server = createTls({ key, cert }, (socket) => {
    socket.on("data", (bytes) => {
      got += bytes.toString();
    });
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  const port = await listening(server);
  const { deliveries } = desk();
  const given = { kind: "syslog", target: `syslog+tls://127.0.0.1:${port}`, format: "cef" };
  await expect(deliveries.test(route(given), alert)).rejects.toThrow(/self-signed|certificate/);
  await deliveries.test(route({ ...given, ca: cert }), alert);
  await expect.poll(() => got).toContain("externalId=a-1");
  const [, length, rest = ""] = /^(\d+) (.*)$/s.exec(got) ?? [];
  expect(Buffer.byteLength(rest)).toBe(Number(length));
  expect(rest).toMatch(
    /^<162>1 2026-03-01T10:00:00\.000Z hub picket - IoT_CryptoMiner \[picket@32473 id="a-1"/,
  );
});

test("a broker gets the alert with an acknowledgement", async () => {
  const broker = await Aedes.createBroker();
  const got: string[] = [];
  broker.on("publish", (packet: { topic: string; payload: Buffer | string }) => {
    if (packet.topic === "soc/alerts") got.push(packet.payload.toString());
  });
  const port = await listening(createTcp(broker.handle));
  const { deliveries } = desk();
  await deliveries.test(
    route({ kind: "mqtt", target: `mqtt://127.0.0.1:${port}`, to: "soc/alerts", format: "ocsf" }),
    alert,
  );
  expect(JSON.parse(got[0] ?? "{}")).toMatchObject({
    class_uid: 2004,
    type_uid: 200401,
    severity_id: 4,
    finding_info: { uid: "a-1" },
  });
  broker.close();
});

test("the common event format escapes what it must", () => {
  expect(printCef(alert)).toContain("|IoT_CryptoMiner|root started a miner on pump-7 \\| now|9|");
  expect(printCef(alert)).toContain("msg=It says xmrig\\=1\\nand more.");
  expect(printAlert(alert, "cef")).not.toContain("\n");
});

test("a syslog message keeps one line and its data apart whatever a device is called", () => {
  const odd = { ...alert, DeviceId: 'a"]\n<1>', AlertType: "has blank" };
  const message = syslogMessage(
    odd,
    route({ kind: "syslog", target: "syslog+tcp://h", format: "text" }),
    "h o st",
  );
  expect(message.split("\n")[0]).toContain('device="a\\"\\]');
  expect(message).toContain(" h_o_st picket - has_blank ");
});

test.each([
  {
    name: "a lower severity",
    given: { minSeverity: "High" },
    alert: { AlertSeverity: "Medium" },
    takes: false,
  },
  { name: "the same severity", given: { minSeverity: "High" }, alert: {}, takes: true },
  { name: "another device", given: { device: "valve-*" }, alert: {}, takes: false },
  { name: "a rule by its beginning", given: { rule: "crypto-*" }, alert: {}, takes: true },
  {
    name: "what is suppressed",
    given: { closedToo: true },
    alert: { Status: "Closed", StatusReason: "suppressed: x" },
    takes: false,
  },
  { name: "what is closed", given: {}, alert: { Status: "Closed" }, takes: false },
  {
    name: "what is closed, if asked for",
    given: { closedToo: true },
    alert: { Status: "Closed" },
    takes: true,
  },
  {
    name: "what is older than the route",
    given: { since: "2026-03-01T11:00:00.000Z" },
    alert: {},
    takes: false,
  },
])("a route with $given and $name: $takes", ({ given, alert: more, takes: expected }) => {
  expect(takes(route({ kind: "file", target: "", ...given }), { ...alert, ...more })).toBe(expected);
});

test.each([
  { given: { kind: "pigeon" }, why: "kind" },
  { given: { kind: "webhook", target: "ftp://x" }, why: "target" },
  { given: { kind: "webhook", target: "not a url" }, why: "target" },
  { given: { kind: "email", target: "smtp://x" }, why: "to" },
  { given: { kind: "file", target: "/etc/passwd" }, why: "target" },
  { given: { kind: "file", target: "", format: "xml" }, why: "format" },
])("a route $given is refused at $why", ({ given, why }) => {
  expect(() => readRoute("r", given)).toThrow(why);
});
