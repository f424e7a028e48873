import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates, SmallHub, type TestCertificates } from "@picket/sdk/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doctor } from "./doctor.js";
import { capabilitiesOf, clock, hubFindings, ownFindings } from "./doctor-hub.js";

const data = mkdtempSync(join(tmpdir(), "picket-doctor-test-"));
let certificates: TestCertificates;
let hub: SmallHub;
beforeAll(async () => {
  certificates = makeCertificates();
  hub = await new SmallHub(certificates).listen();
});
afterAll(async () => {
  await hub.close();
  rmSync(data, { recursive: true, force: true });
});

const options = () => ({
  connection: { hostName: "localhost", port: hub.port, deviceId: "pump-7", sharedAccessKey: "a2V5" },
  ca: certificates.ca,
  address: "127.0.0.1",
});

test("a device that its hub lets in has nothing to mend", async () => {
  const findings = await hubFindings(options(), data);
  expect(findings.map(({ problem }) => problem)).toEqual(["", ""]);
  expect(findings[1]?.found).toBe("localhost lets this device in");
});

test.each([
  {
    name: "a key that the hub refuses",
    change: () => ({}),
    code: 4,
    what: "key",
    mend: /Compare the connection string/,
  },
  {
    name: "a certificate nobody trusts",
    change: () => ({ ca: makeCertificates().ca }),
    code: 0,
    what: "TLS",
    mend: /--ca/,
  },
  {
    name: "a port that is closed",
    change: () => ({ connection: { ...options().connection, port: 1 } }),
    code: 0,
    what: "network",
    mend: /--transport websocket/,
  },
  {
    name: "a name that nobody knows",
    change: () => ({ address: "no-such-host.invalid" }),
    code: 0,
    what: "DNS",
    mend: /resolv.conf/,
  },
])("$name is found, with how to mend it", async ({ change, code, what, mend }) => {
  hub.answer = () => code;
  const found = (await hubFindings({ ...options(), ...change() }, data)).find(
    ({ problem }) => problem !== "",
  );
  hub.answer = () => 0;
  expect(found).toMatchObject({ what, mend: expect.stringMatching(mend) });
});

test("the hub is not tried while the agent runs: it would be thrown out", async () => {
  const folder = mkdtempSync(join(data, "run-"));
  const marked = process.ppid;
  writeFileSync(join(folder, "agent.pid"), String(marked));
  const isAgent = readFileSync(`/proc/${marked}/cmdline`, "utf8").includes("picket-agent");
  const [, second] = await hubFindings(options(), folder);
  expect(second?.found?.startsWith("not tried")).toBe(isAgent);
});

test("a clock from before the program was written is wrong", () => {
  expect(clock(0).problem).toMatch(/1970-01-01/);
  expect(clock(Date.now()).problem).toBe("");
});

test("capabilities that are missing are named", () => {
  expect(capabilitiesOf("CapEff:\t0000000000000000\n")).toContain("BPF");
  expect(capabilitiesOf("CapEff:\t000001ffffffffff\n")).toEqual([]);
});

test("a data folder that others can read is told", () => {
  const folder = mkdtempSync(join(data, "open-"));
  expect(ownFindings(folder).find(({ what }) => what === "data folder")?.problem).toBe("");
  expect(ownFindings("/nowhere/at/all").find(({ what }) => what === "data folder")?.mend).toContain(
    "install -d",
  );
});

test("the page names every finding, its mending, and every source", async () => {
  const page = await doctor([{ what: "key", problem: "it is wrong", mend: "Make it right." }]);
  expect(page).toMatch(/no +key +it is wrong\n +→ Make it right\./);
  for (const source of ["sock_diag", "/etc/passwd", "polling"]) expect(page).toContain(source);
});
