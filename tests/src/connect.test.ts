import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Aedes } from "aedes";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type Picket, startPicket } from "./picket.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
let picket: Picket;
let env: Record<string, string>;
let brokerUrl: string;
const closing: (() => unknown)[] = [];

/** The code block of a page that carries a name behind its language. */
function block(page: string, name: string): string {
  const text = readFileSync(join(root, "docs/connect", page), "utf8");
  const found = new RegExp(`^\`\`\`\\w+ ${name}\\n([\\s\\S]*?)^\`\`\``, "m").exec(text)?.[1];
  if (found === undefined) throw new Error(`${page} has no block ${name}`);
  return found;
}

const node = (...given: string[]): Promise<string> =>
  new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      given,
      { cwd: root, env: { ...process.env, ...env, NODE_NO_WARNINGS: "1" }, timeout: 60_000 },
      (error, out, problems) => (error ? reject(new Error(`${problems}\n${out}`)) : resolve(out)),
    ),
  );
const run = (page: string, name: string): Promise<string> =>
  node("--input-type=module", "-e", block(page, name));

/** A real broker for the connector: the settings of the page, with its address. */
async function broker(): Promise<string> {
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () => aedes.close(),
    () => server.close(),
  );
  const address = server.address();
  return `mqtt://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

beforeAll(async () => {
  brokerUrl = await broker();
  const data = mkdtempSync(join(tmpdir(), "picket-connect-"));
  const connectors = block("connectors.md", "connectors").replace(
    "mqtt://broker.example:1883",
    // This broker knows MQTT 3.1.1 only.
    `${brokerUrl}\n    protocolVersion: 4`,
  );
  writeFileSync(join(data, "picket.yaml"), `${block("event-hubs.md", "events")}${connectors}`);
  picket = await startPicket({ data });
  const ca = join(data, "certificates", "ca.pem");
  const added = await picket.run("device", "add", "pump-7");
  const stringOf = (which: string): string => new RegExp(`${which} +(HostName=\\S+)`).exec(added)?.[1] ?? "";
  const overAmqp = (text: string): string =>
    text.replace(/HostName=([^;:]+)[^;]*/, `HostName=$1:${picket.amqpPort}`);
  const service = (await picket.run("hub", "policy", "connection", "service")).trim();
  env = {
    CA: ca,
    NODE_EXTRA_CA_CERTS: ca,
    DEVICE_ID: "pump-7",
    CONNECTION: stringOf("security module"),
    DEVICE_CONNECTION: overAmqp(stringOf("device")),
    SERVICE_CONNECTION: overAmqp(service),
    EVENT_HUB_CONNECTION: (await picket.run("hub", "policy", "connection", "service", "--event-hub")).trim(),
  };
});
afterAll(async () => {
  await picket?.stop();
  for (const close of closing.reverse()) await close();
});

describe("the pages on how to connect", () => {
  test("a device sends over AMQP as docs/connect/amqp.md shows", async () => {
    expect(await run("amqp.md", "device")).toContain("desired 1");
  });

  test("a service application sends to it as docs/connect/amqp.md shows", async () => {
    expect(await run("amqp.md", "service")).toContain("queued");
  });

  test("a reader finds what devices sent as docs/connect/event-hubs.md shows", async () => {
    expect(await run("event-hubs.md", "reader")).toContain("pump-7");
  });

  test("a broker's messages come in as docs/connect/connectors.md shows, and the health of the house says so", async () => {
    const client = await mqtt.connectAsync(brokerUrl);
    await client.publishAsync("plants/press-3/security", readFileSync(sample(), "utf8"), { qos: 1 });
    await client.endAsync();
    const rows = await eventually(async () => {
      const found = await picket.kql(
        'SecurityIoTRawEvent | where DeviceId == "press-3" | summarize count() by RawEventName',
      );
      expect(found).not.toEqual([]);
      return found;
    });
    expect(JSON.stringify(rows)).toContain("ProcessCreate");
    const answer = await fetch(`${picket.origin}/api/v1/health`, {
      headers: { authorization: `Bearer ${picket.token}` },
    });
    expect(await answer.json()).toMatchObject({
      connectors: [{ name: "plant", kind: "mqtt", state: "running", messages: 1, refused: 0 }],
    });
  });
});

const sample = (): string => join(root, "schema/src/validate/fixtures/published-1.0/ProcessCreate.json");

describe("the examples", () => {
  test.each(readdirSync(join(root, "examples")).filter((name) => name.endsWith(".mjs")))(
    "%s runs",
    async (name) => {
      expect(await node(join("examples", name))).toContain("on the hub's disk");
    },
  );

  test("picket lint explains a message", async () => {
    expect(await node("server/bin/picket.mjs", "lint", sample())).toContain("good by schema 1.0");
  });
});
