import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestHub, type TestHub } from "./testing.js";

const address = "127.23.0.5";
const root = fileURLToPath(new URL("../../", import.meta.url));
let house: TestHub;
beforeAll(async () => {
  house = await openTestHub(undefined, address);
});
afterAll(() => house.hub.close());

const has = (program: string): boolean => spawnSync("which", [program]).status === 0;
const blocksOf = (page: string, language: string): string[] => {
  const text = readFileSync(join(root, "docs/connect", page), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, block = ""]) => block,
  );
};

/** Runs a script as a reader would who set the variables of the page. */
function run(program: string, given: readonly string[], deviceId: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "picket-docs-"));
  const ca = join(home, "ca.pem");
  writeFileSync(ca, house.ca);
  const [key] = house.hub.registry.keys(house.hub.registry.get(deviceId));
  const { primaryKey } = house.hub.authenticator.policies().find(({ name }) => name === "registryReadWrite")!;
  const env = { ...process.env, HUB: address, CA: ca, DEVICE: deviceId, KEY: key, POLICY_KEY: primaryKey };
  return new Promise((resolve, reject) =>
    execFile(program, given, { env, cwd: home, timeout: 25_000 }, (error, out, problems) =>
      error ? reject(new Error(`${problems}\n${out}`, { cause: error })) : resolve(out),
    ),
  );
}

const bodiesOf = (deviceId: string): string[] =>
  house.records
    .filter((record) => record.deviceId === deviceId && (record.kind === 1 || record.kind === 7))
    .map(({ kind, body }) => `${kind} ${Buffer.from(body).toString().slice(0, 20)}`);

test.each([
  {
    page: "mqtt.md",
    programs: ["mosquitto_pub", "mosquitto_sub", "openssl", "curl"],
    kept: ['7 {"temperature":21.5}', '1 {"AgentVersion":"1.0'],
  },
  {
    page: "https.md",
    programs: ["openssl", "curl"],
    kept: ['7 {"temperature":21.5}', '1 {"AgentVersion":"1.0', "7 21.5", "7 21.6"],
  },
])("the commands of docs/connect/$page do what the page says", async ({ page, programs, kept }) => {
  if (house.mqttPort !== 8883 || house.httpsPort !== 443 || !programs.every(has)) return;
  const deviceId = `reader-${page.slice(0, -3)}`;
  await house.hub.registry.create(deviceId);
  const command = { body: Buffer.from("open the valve"), messageId: "1" };
  await house.hub.commands.send(deviceId, command, { protocol: "Amqp", ipAddress: "" });
  const out = await run("bash", ["-euo", "pipefail", "-c", blocksOf(page, "sh").join("\n")], deviceId);
  expect(out).toContain("open the valve");
  expect(bodiesOf(deviceId)).toEqual(kept);
  expect(house.hub.commands.pending(deviceId)).toBe(0);
  if (page === "mqtt.md") expect(bodiesOf(`${deviceId}-x509`)).toEqual(['7 {"temperature":21.5}']);
});

test("the program of docs/connect/mqtt.md reads the twin, reports and sends", async () => {
  if (house.mqttPort !== 8883) return;
  await house.hub.registry.create("reader-js", "", { desired: { pace: 3 } });
  const [program = ""] = blocksOf("mqtt.md", "js");
  // Beside the house's packages, so that it finds its own.
  const file = join(root, "hub", `.docs-${process.pid}.mjs`);
  writeFileSync(file, program);
  try {
    expect(await run(process.execPath, [file], "reader-js")).toContain("pace: 3");
  } finally {
    rmSync(file);
  }
  expect(bodiesOf("reader-js")).toEqual(['7 {"temperature":21.5}']);
  expect(house.hub.registry.get("reader-js").reported).toMatchObject({ firmware: "1.4.2" });
});
