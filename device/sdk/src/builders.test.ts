import { checkStrict } from "@picket/schema";
import { expect, test } from "vitest";
import { assertGood, packMessages, securityEvent, securityMessage } from "./builders.js";
import { formatConnectionString, parseConnectionString, sharedAccessSignature } from "./connection-string.js";

const sender = { agentId: "0d8e7c4a-61f9-4b5e-8f3a-2c1b0a998877", agentVersion: "1.0.0" };
const start = {
  Executable: "/bin/tar",
  ProcessId: 7,
  ParentProcessId: 1,
  UserId: "0",
  CommandLine: "tar czf x",
};
const printed = (text: string) => ({ text, bytes: Buffer.byteLength(text) });

test("what the builders make is good by the published schema", () => {
  const message = securityMessage(sender, [
    securityEvent("ProcessCreate", [start]),
    securityEvent("ListeningPorts", []),
  ]);
  expect(checkStrict(JSON.parse(JSON.stringify(message)))).toEqual([]);
  assertGood(message);
});

test("a message that breaks the schema is refused with the field before it is sent", () => {
  const broken = { ...securityEvent("ProcessCreate", [start]), Category: "Periodic" as const };
  expect(() => assertGood(securityMessage(sender, [broken]))).toThrow(
    /\/Events\/0\/Category: .*must be "Triggered" or "Aggregated"/,
  );
});

test("packing fills messages up to the limit, in order, and answers what can never fit", () => {
  const events = Array.from({ length: 100 }, (_, index) =>
    printed(JSON.stringify({ index, pad: "é".repeat(40) })),
  );
  const huge = printed("x".repeat(5_000));
  const { bodies, tooLarge } = packMessages(
    sender,
    [...events.slice(0, 50), huge, ...events.slice(50)],
    2_000,
  );
  expect(tooLarge).toEqual([huge]);
  expect(Math.max(...bodies.map((body) => Buffer.byteLength(body)))).toBeLessThanOrEqual(2_000);
  expect(
    bodies.flatMap((body) => JSON.parse(body).Events.map(({ index }: { index: number }) => index)),
  ).toEqual(events.map((_, index) => index));
});

test("a connection string is read and written alike, with port and gateway", () => {
  const text =
    "HostName=hub.local:18883;DeviceId=pump-7;ModuleId=azureiotsecurity;SharedAccessKey=a2V5PQ==;GatewayHostName=10.0.0.1";
  expect(formatConnectionString(parseConnectionString(text))).toBe(text);
  expect(parseConnectionString(text)).toMatchObject({
    hostName: "hub.local",
    port: 18883,
    sharedAccessKey: "a2V5PQ==",
  });
});

test.each([
  { text: "HostName=h;DeviceId=d", problem: /no SharedAccessKey/ },
  { text: "HostName=h:x;DeviceId=d;SharedAccessKey=k", problem: /port x/ },
  { text: "", problem: /no HostName/ },
])("a bad connection string ($text) says which part", ({ text, problem }) => {
  expect(() => parseConnectionString(text)).toThrow(problem);
});

test("a token is signed over the encoded resource and its expiry", () => {
  const token = sharedAccessSignature({ resource: "h/devices/d", key: "a2V5", expiresAt: 1_700_000_000 });
  expect(token).toMatch(/^SharedAccessSignature sr=h%2Fdevices%2Fd&sig=[^&]+&se=1700000000$/);
});
