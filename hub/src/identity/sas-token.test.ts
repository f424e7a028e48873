import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sasToken } from "../testing.js";
import { checkSasToken, parseSasToken } from "./sas-token.js";

const key = randomBytes(32).toString("base64");
const other = randomBytes(32).toString("base64");
const now = 1_700_000_000_000;
const expiresAt = now / 1_000 + 600;
const expectation = {
  hostNames: ["hub.example", "old.azure-devices.net"],
  path: "/devices/pump-1",
  keys: [other, key],
  now,
};

const check = (token: string, more: object = {}): string => {
  const parsed = parseSasToken(token);
  return parsed ? checkSasToken(parsed, { ...expectation, ...more }) : "unreadable";
};

test.each([
  { name: "for the device", token: sasToken("hub.example/devices/pump-1", key, { expiresAt }), cause: "" },
  { name: "for the whole hub", token: sasToken("hub.example", key, { expiresAt }), cause: "" },
  {
    name: "for an alias",
    token: sasToken("old.azure-devices.net/devices/pump-1", key, { expiresAt }),
    cause: "",
  },
  { name: "in capitals", token: sasToken("HUB.example/Devices/PUMP-1", key, { expiresAt }), cause: "" },
  { name: "with a port", token: sasToken("hub.example:8883/devices/pump-1", key, { expiresAt }), cause: "" },
  {
    name: "with an early client's API version",
    token: sasToken("hub.example/devices/pump-1/api-version=2016-11-14", key, { expiresAt }),
    cause: "",
  },
  {
    name: "for another device",
    token: sasToken("hub.example/devices/pump-2", key, { expiresAt }),
    cause: "wrongAudience",
  },
  {
    name: "for a device whose id is longer",
    token: sasToken("hub.example/devices/pump-10", key, { expiresAt }),
    cause: "wrongAudience",
  },
  {
    name: "for a device whose id is shorter",
    token: sasToken("hub.example/devices/pump", key, { expiresAt }),
    cause: "wrongAudience",
  },
  {
    name: "for a module of the device",
    token: sasToken("hub.example/devices/pump-1/modules/a", key, { expiresAt }),
    cause: "wrongAudience",
  },
  {
    name: "for another hub",
    token: sasToken("other.example/devices/pump-1", key, { expiresAt }),
    cause: "wrongAudience",
  },
  {
    name: "for a hub whose name begins the same",
    token: sasToken("hub.example.evil/devices/pump-1", key, { expiresAt }),
    cause: "wrongAudience",
  },
  {
    name: "signed by a stranger",
    token: sasToken("hub.example/devices/pump-1", randomBytes(32).toString("base64"), { expiresAt }),
    cause: "invalidSignature",
  },
  {
    name: "that ended four minutes ago, as clocks go wrong",
    token: sasToken("hub.example/devices/pump-1", key, { expiresAt: now / 1_000 - 240 }),
    cause: "",
  },
  {
    name: "that ended six minutes ago",
    token: sasToken("hub.example/devices/pump-1", key, { expiresAt: now / 1_000 - 360 }),
    cause: "expiredToken",
  },
])("a token $name: $cause", ({ token, cause }) => {
  expect(check(token)).toBe(cause);
});

test("a token of before stays refused after the keys were made anew", () => {
  const token = sasToken("hub.example/devices/pump-1", key, { expiresAt });
  expect(check(token, { keys: [other, randomBytes(32).toString("base64")] })).toBe("invalidSignature");
});

test("no byte of a token may be another", () => {
  const token = sasToken("hub.example/devices/pump-1", key, { expiresAt });
  fc.assert(
    fc.property(
      fc.nat(token.length - 1),
      fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }),
      (at, by) => {
        const changed = token.slice(0, at) + by + token.slice(at + 1);
        if (
          parseSasToken(changed)?.signature.equals(parseSasToken(token)!.signature) &&
          changed.includes(`se=${expiresAt}`) &&
          changed.includes("hub.example%2Fdevices%2Fpump-1&")
        )
          return;
        expect([changed, check(changed)]).not.toEqual([changed, ""]);
      },
    ),
    { numRuns: 500 },
  );
});

test("whatever the text, reading it does not throw", () => {
  const prefixed = fc
    .string({ unit: "binary", maxLength: 300 })
    .map((rest) => `SharedAccessSignature ${rest}`);
  const fields = fc
    .dictionary(fc.constantFrom("sr", "sig", "se", "skn", "x"), fc.string({ unit: "binary", maxLength: 50 }))
    .map(
      (each) =>
        `SharedAccessSignature ${Object.entries(each)
          .map(([name, value]) => `${name}=${value}`)
          .join("&")}`,
    );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), prefixed, fields), (text) => {
      expect(check(text)).not.toBe("");
    }),
    { numRuns: 300 },
  );
  expect(parseSasToken(`SharedAccessSignature sr=${"a".repeat(5_000)}&sig=a&se=1`)).toBeUndefined();
});
