import { execFileSync, spawnSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isNewer, printUpdate, readUpdate } from "./update-file.js";
import { Versions } from "./versions.js";

const root = mkdtempSync(join(tmpdir(), "picket-update-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, "case-"));
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const pem = String(publicKey.export({ type: "spki", format: "pem" }));
const other = generateKeyPairSync("ed25519");
const otherPem = String(other.publicKey.export({ type: "spki", format: "pem" }));
const update = (version: string, code = "console.log('new')"): string =>
  printUpdate({ version, bundle: Buffer.from(code) }, privateKey);

test("an update that was signed is read back whole", () => {
  expect(readUpdate(update("1.2.3"), pem)).toEqual({
    version: "1.2.3",
    bundle: Buffer.from("console.log('new')"),
  });
  expect(createPublicKey(pem).asymmetricKeyType).toBe("ed25519");
});

test.each([
  {
    name: "another key",
    text: () => printUpdate({ version: "1.0.0", bundle: Buffer.from("x") }, other.privateKey),
    why: /signature/,
  },
  { name: "another version", text: () => update("1.0.0").replace("1.0.0", "9.0.0"), why: /signature/ },
  {
    name: "another bundle",
    text: () =>
      JSON.stringify({ ...JSON.parse(update("1.0.0")), bundle: Buffer.from("evil").toString("base64") }),
    why: /signature/,
  },
  {
    name: "no signature",
    text: () => JSON.stringify({ version: "1.0.0", bundle: "" }),
    why: /no bundle, or no signature/,
  },
  {
    name: "a path for a version",
    text: () => JSON.stringify({ version: "../1", bundle: "", signature: "" }),
    why: /names no version/,
  },
  { name: "no JSON", text: () => "{", why: /not a JSON object/ },
  { name: "five megabytes", text: () => "x".repeat(5_000_000), why: /more than/ },
])("an update with $name is refused", ({ text, why }) => {
  expect(() => readUpdate(text(), pem)).toThrow(why);
});

test.each([
  { a: "1.0.1", b: "1.0.0", newer: true },
  { a: "1.10.0", b: "1.9.9", newer: true },
  { a: "1.0.0", b: "1.0.0", newer: false },
  { a: "0.9.9", b: "1.0.0", newer: false },
])("$a is newer than $b: $newer", ({ a, b, newer }) => {
  expect(isNewer(a, b)).toBe(newer);
});

test("an update is run until it proves itself, and then for good", () => {
  const versions = new Versions(folder(), "0.1.0", pem);
  expect(versions.choose("/x/picket-agent.mjs")).toBeUndefined();
  expect(versions.stage(update("0.2.0"))).toBe("0.2.0");
  expect(readFileSync(versions.choose("/x/picket-agent.mjs") ?? "", "utf8")).toBe("console.log('new')");
  versions.confirm("0.2.0");
  for (let start = 0; start < 10; start += 1) expect(versions.choose("/x/picket-agent.mjs")).toBeDefined();
});

test("an update that does not prove itself in three starts is given up and not taken again", () => {
  const versions = new Versions(folder(), "0.1.0", pem);
  versions.stage(update("0.2.0"));
  for (let start = 0; start < 3; start += 1) expect(versions.choose("/x/a.mjs")).toBeDefined();
  expect(versions.choose("/x/a.mjs")).toBeUndefined();
  expect(versions.refused).toEqual(["0.2.0"]);
  expect(() => versions.stage(update("0.2.0"))).toThrow(/did not prove itself/);
  expect(versions.stage(update("0.2.1"))).toBe("0.2.1");
});

test("an older version is not taken, one that was changed on disk is not run, and a package that is newer ends it", () => {
  const path = folder();
  const versions = new Versions(path, "0.5.0", pem);
  expect(() => versions.stage(update("0.4.9"))).toThrow(/not newer than 0.5.0/);
  versions.stage(update("0.6.0"));
  expect(() => versions.stage(update("0.5.5"))).toThrow(/not newer than 0.6.0/);
  const file = join(path, "update/update.json");
  writeFileSync(file, readFileSync(file, "utf8").replace(/"bundle":"./, '"bundle":"A'));
  expect(() => versions.choose("/x/a.mjs")).toThrow(/signature/);
  expect(new Versions(path, "0.7.0", pem).choose("/x/a.mjs")).toBeUndefined();
});

test("the key is pinned the first time, and without one nothing is taken", () => {
  const path = folder();
  expect(() => new Versions(path, "0.1.0", undefined).stage(update("0.2.0"))).toThrow(
    /without --update-key-file/,
  );
  new Versions(path, "0.1.0", pem).stage(update("0.2.0"));
  const signed = printUpdate({ version: "0.3.0", bundle: Buffer.from("x") }, other.privateKey);
  expect(() => new Versions(path, "0.1.0", otherPem).stage(signed)).toThrow(/not the one that was pinned/);
});

test("a state file of anything never lets something run", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const path = folder();
      const versions = new Versions(path, "0.1.0", pem);
      versions.stage(update("0.2.0"));
      rmSync(join(path, "update/update.json"));
      writeFileSync(join(path, "update/state.json"), text);
      expect(() => versions.choose("/x/a.mjs") === undefined || expect.unreachable()).not.toThrow(
        /unreachable/,
      );
    }),
    { numRuns: 50 },
  );
});

let program = "";
beforeAll(async () => {
  program = join(root, "installed.mjs");
  const here = fileURLToPath(new URL(".", import.meta.url));
  const contents = `import { Versions } from "${here}versions.ts"; import { launched } from "${here}launch.ts"; import { readFileSync } from "node:fs";
    const versions = new Versions(process.argv[2], "0.1.0", readFileSync(process.argv[3], "utf8"));
    if (!(await launched(versions, process.argv[1], (error) => console.log("failed", error.message)))) console.log("installed");`;
  await build({
    stdin: { contents, resolveDir: here, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["picket:source"],
    outfile: program,
  });
  writeFileSync(join(root, "key.pem"), pem);
});

test("a program that was installed runs an update, and itself again when the update fails to start three times", () => {
  const data = folder();
  const run = (): string =>
    spawnSync(process.execPath, [program, data, join(root, "key.pem")], { encoding: "utf8" }).stdout.trim();
  expect(run()).toBe("installed");
  new Versions(data, "0.1.0", pem).stage(
    update("0.2.0", "console.log('update', process.env.PICKET_AGENT_UPDATE)"),
  );
  expect(
    execFileSync(process.execPath, [program, data, join(root, "key.pem")], { encoding: "utf8" }).trim(),
  ).toBe("update 1");
  new Versions(data, "0.1.0", pem).stage(update("0.3.0", "throw new Error('broken')"));
  expect([run(), run(), run(), run()].map((line) => line.split("\n").at(-1))).toEqual([
    "installed",
    "installed",
    "installed",
    "installed",
  ]);
  expect(new Versions(data, "0.1.0", pem).refused).toEqual(["0.3.0"]);
});
