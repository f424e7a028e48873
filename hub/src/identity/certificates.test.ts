import { X509Certificate } from "node:crypto";
import { handClock } from "@picket/kit";
import { beforeEach, expect, test } from "vitest";
import type { KeyValueStore } from "../slots.js";
import { memoryStore } from "../testing.js";
import { Certificates } from "./certificates.js";
import { issue } from "./testing.js";

const root = issue("Fleet root", { isAuthority: true });
const other = issue("Other root", { isAuthority: true });

const clock = handClock(Date.now());
let store: KeyValueStore;
let certificates: Certificates;
beforeEach(() => {
  store = memoryStore();
  certificates = new Certificates({ store, clock });
});

const verdict = (deviceId: string, cert: string): string => {
  const found = certificates.check(deviceId, new X509Certificate(cert));
  return "cause" in found ? found.cause : "good";
};

test("an authority counts when somebody proved to hold its key, and not before", async () => {
  const leaf = issue("pump-1", { issuer: root });
  const uploaded = await certificates.put("fleet", { certificate: root.cert });
  expect(uploaded).toMatchObject({ name: "fleet", subject: "CN=Fleet root", isVerified: false });
  expect(uploaded.thumbprint).toMatch(/^[0-9A-F]{40}$/);
  expect(verdict("pump-1", leaf.cert)).toBe("certificateMismatch");
  const { verificationCode, etag } = await certificates.askForProof("fleet", uploaded.etag);
  const proof = issue(verificationCode, { issuer: root });
  const verified = await certificates.verify("fleet", proof.cert, etag);
  expect(verified.isVerified).toBe(true);
  expect(verdict("pump-1", leaf.cert)).toBe("good");
  expect(new Certificates({ store, clock }).check("pump-1", new X509Certificate(leaf.cert))).toHaveProperty(
    "validTo",
  );
  await certificates.remove("fleet");
  expect(verdict("pump-1", leaf.cert)).toBe("certificateMismatch");
});

test.each([
  {
    name: "signed by another authority",
    proof: (code: string) => issue(code, { issuer: other }).cert,
    why: /not signed by/,
  },
  { name: "with another common name", proof: () => issue("1234", { issuer: root }).cert, why: /common name/ },
  { name: "that is no certificate", proof: () => "hello", why: /must be one X.509/ },
])("a proof $name is refused", async ({ proof, why }) => {
  await certificates.put("fleet", { certificate: root.cert });
  const { verificationCode } = await certificates.askForProof("fleet");
  expect(() => certificates.verify("fleet", proof(verificationCode))).toThrow(why);
  expect(certificates.get("fleet").isVerified).toBe(false);
});

test("a proof without a code asked for is refused", async () => {
  await certificates.put("fleet", { certificate: root.cert });
  expect(() => certificates.verify("fleet", root.cert)).toThrow(/no verification code/);
});

test.each([
  { name: "is PEM", text: () => root.cert, isGood: true },
  {
    name: "is DER in base64",
    text: () => new X509Certificate(root.cert).raw.toString("base64"),
    isGood: true,
  },
  { name: "is PEM in base64", text: () => Buffer.from(root.cert).toString("base64"), isGood: true },
  { name: "is a device's own", text: () => issue("pump-1").cert, isGood: false },
  { name: "is cut", text: () => root.cert.slice(0, 200), isGood: false },
  { name: "is huge", text: () => "A".repeat(1_000_000), isGood: false },
])("an upload that $name: taken $isGood", async ({ text, isGood }) => {
  const put = certificates.put("fleet", { certificate: text(), isVerified: true });
  if (isGood) await expect(put).resolves.toMatchObject({ isVerified: true });
  else await expect(put).rejects.toMatchObject({ code: "HUB_ARGUMENT_INVALID" });
});

test("an authority is changed and removed with its present ETag only", async () => {
  const { etag } = await certificates.put("fleet", { certificate: root.cert });
  await certificates.put("fleet", { certificate: other.cert }, etag);
  await expect(certificates.put("fleet", { certificate: root.cert }, etag)).rejects.toMatchObject({
    status: 412,
  });
  await expect(certificates.remove("fleet", etag)).rejects.toMatchObject({ status: 412 });
  expect(() => certificates.askForProof("fleet", etag)).toThrow(/changed meanwhile/);
});

test.each(["../policy/iothubowner", "", "a/b", "x".repeat(65)])(
  "no certificate has the name %j",
  async (name) => {
    await expect(certificates.put(name, { certificate: root.cert })).rejects.toMatchObject({ status: 400 });
    expect(() => certificates.get(name)).toThrow(/no certificate/);
  },
);

test("those who watch are told of each change", async () => {
  let told = 0;
  const stop = certificates.watch(() => {
    told += 1;
  });
  await certificates.put("fleet", { certificate: root.cert });
  await certificates.askForProof("fleet");
  await certificates.remove("fleet");
  stop();
  await certificates.put("fleet", { certificate: root.cert });
  expect(told).toBe(3);
});
