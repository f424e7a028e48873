import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates, SmallHub, type TestCertificates } from "@picket/sdk/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enrolled, parseEnrolment } from "./enrolment.js";

const root = mkdtempSync(join(tmpdir(), "picket-enrolment-"));
let certificates: TestCertificates;
let hub: SmallHub;
beforeAll(async () => {
  certificates = makeCertificates();
  hub = await new SmallHub(certificates).listen();
});
afterAll(async () => {
  await hub.close();
  rmSync(root, { recursive: true, force: true });
});

const good = { hostName: "localhost", idScope: "0ne1", registrationId: "pump-7", groupKey: "Z3JvdXA=" };
const reach = () => ({ ca: certificates.ca, address: "127.0.0.1", userAgent: "test/1" });
const assigned = {
  status: 200,
  body: { status: "assigned", registrationState: { assignedHub: "hub.example", deviceId: "pump-7" } },
};

test("a device is enrolled once, and knows where it belongs after a restart without asking", async () => {
  const folder = mkdtempSync(join(root, "case-"));
  hub.enrolments = [assigned];
  const file = { ...parseEnrolment(JSON.stringify(good)), port: hub.port };
  const first = await enrolled(folder, file, reach());
  expect(first).toMatchObject({ hostName: "hub.example", deviceId: "pump-7" });
  hub.enrolments = [{ status: 401, body: {} }];
  expect(await enrolled(folder, file, reach())).toEqual(first);
  expect(statSync(join(folder, "connection-string")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, "connection-string"), "utf8")).not.toContain("Z3JvdXA=");
});

test("a device that its hub refuses may ask again, and is assigned to another", async () => {
  const folder = mkdtempSync(join(root, "case-"));
  const file = {
    ...parseEnrolment(JSON.stringify({ ...good, moduleId: "azureiotsecurity" })),
    port: hub.port,
  };
  hub.enrolments = [assigned];
  await enrolled(folder, file, reach());
  hub.enrolments = [
    {
      status: 200,
      body: { status: "assigned", registrationState: { assignedHub: "other.example", deviceId: "pump-7" } },
    },
  ];
  expect(await enrolled(folder, file, reach(), true)).toMatchObject({
    hostName: "other.example",
    moduleId: "azureiotsecurity",
  });
});

test.each([
  { name: "no JSON", text: "{", why: /not a JSON object/ },
  { name: "a list", text: "[]", why: /not a JSON object/ },
  { name: "no id scope", text: JSON.stringify({ ...good, idScope: undefined }), why: /"idScope" is missing/ },
  { name: "a port of text", text: JSON.stringify({ ...good, port: "8883" }), why: /"port" must be a number/ },
  {
    name: "a word that is not known",
    text: JSON.stringify({ ...good, scope: "x" }),
    why: /"scope" is not known/,
  },
  {
    name: "a key of numbers",
    text: JSON.stringify({ ...good, groupKey: 5 }),
    why: /"groupKey" must be text/,
  },
])("a file with $name says what is wrong", ({ text, why }) => {
  expect(() => parseEnrolment(text)).toThrow(why);
});

test("a file without any secret says what is missing", async () => {
  const { groupKey: _, ...file } = parseEnrolment(JSON.stringify(good));
  await expect(enrolled(mkdtempSync(join(root, "case-")), file, reach())).rejects.toThrow(
    /neither "key" nor "groupKey"/,
  );
});
