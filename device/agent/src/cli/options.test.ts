import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { connectionOf, HELP, outboxBytesOf, reachOf, readCommand } from "./options.js";

const root = mkdtempSync(join(tmpdir(), "picket-options-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(root, name), text);
  return join(root, name);
};

test.each([
  { given: [], verb: "run" },
  { given: ["doctor"], verb: "doctor" },
  { given: ["--doctor"], verb: "doctor" },
  { given: ["version"], verb: "version" },
  { given: ["--help", "--low-latency"], verb: "help" },
  { given: ["-h"], verb: "help" },
  { given: ["sbom"], verb: "sbom" },
] as const)("$given is $verb", ({ given, verb }) => {
  expect(readCommand(given).verb).toBe(verb);
});

test("the command line wins over the file, and the file over what is usual", () => {
  const config = file("config.json", JSON.stringify({ data: "/from/file", "low-latency": true, ca: "/ca" }));
  const { settings } = readCommand(["--config", config, "--data", "/from/line"]);
  expect(settings).toMatchObject({ data: "/from/line", "low-latency": true, ca: "/ca", verbose: false });
  expect(readCommand([]).settings.data).toBe("/var/lib/picket-agent");
});

test.each([
  { name: "no JSON", text: "{", why: /is not JSON/ },
  { name: "a list", text: "[]", why: /not a JSON object/ },
  {
    name: "a word that is not known",
    text: '{"conection": "x"}',
    why: /"conection" is not known; there are .*low-latency/,
  },
  { name: "a value of another kind", text: '{"low-latency": "yes"}', why: /"low-latency" must be a boolean/ },
])("a file with $name says what is wrong", ({ text, why }) => {
  expect(() => readCommand(["--config", file("wrong.json", text)])).toThrow(why);
});

test.each([
  { given: ["--nonsense"], why: /Unknown option.*--help/ },
  { given: ["--config", "/nowhere"], why: /\/nowhere of --config cannot be read/ },
  { given: ["frobnicate"], why: /frobnicate/ },
])("$given is refused with a sentence", ({ given, why }) => {
  expect(() => readCommand(given)).toThrow(why);
});

test("who the device is comes from its file, or is asked for", () => {
  const path = file("connection-string", "HostName=h;DeviceId=d;SharedAccessKey=a2V5\n");
  expect(connectionOf(readCommand(["--connection-string-file", path]).settings)).toMatchObject({
    deviceId: "d",
  });
  expect(() => connectionOf(readCommand([]).settings)).toThrow(/--connection-string-file is missing/);
});

test("the way to the hub: transport, proxy and certificate", () => {
  const [cert, key] = [file("c.pem", "CERT"), file("k.pem", "KEY")];
  const { settings } = readCommand([
    "--transport",
    "websocket",
    "--proxy",
    "http://p:1",
    "--certificate-file",
    cert,
    "--key-file",
    key,
  ]);
  expect(reachOf(settings)).toEqual({
    isWebSocket: true,
    proxy: "http://p:1",
    certificate: { cert: "CERT", key: "KEY" },
  });
  expect(() => reachOf(readCommand(["--certificate-file", cert]).settings)).toThrow(/--key-file is missing/);
  expect(() => reachOf(readCommand(["--transport", "pigeon"]).settings)).toThrow(
    /neither mqtt nor websocket/,
  );
});

test("the micro agent's own names for transport and proxy are understood", () => {
  const config = file(
    "conf.json",
    JSON.stringify({
      IothubModule_TransportProtocol: "MQTT_WebSocket_Protocol",
      IothubModule_ProxyConfig: "10.0.0.1,3128,user,p@ss",
    }),
  );
  expect(reachOf(readCommand(["--config", config]).settings)).toEqual({
    isWebSocket: true,
    proxy: "http://user:p%40ss@10.0.0.1:3128",
  });
});

test.each([
  { text: undefined, bytes: undefined },
  { text: "100000", bytes: 100_000 },
])("room for $text is $bytes", ({ text, bytes }) => {
  expect(outboxBytesOf(readCommand(text ? ["--outbox-bytes", text] : []).settings)).toBe(bytes);
});

test.each(["0", "8191", "1.5", "lots"])("room for %s is refused", (text) => {
  expect(() => outboxBytesOf(readCommand(["--outbox-bytes", text]).settings)).toThrow(
    /whole number of at least 8192/,
  );
});

test("help names every option", () => {
  for (const name of [
    "connection-string-file",
    "enrolment-file",
    "certificate-file",
    "transport",
    "proxy",
    "ca",
    "data",
    "low-latency",
    "outbox-bytes",
    "config",
    "verbose",
    "doctor",
  ])
    expect(HELP).toContain(name);
});
