import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { openSealedKey, sealKey } from "./sealed-key.js";

const owner = { deviceId: "pump-7", moduleId: "azureiotsecurity" };
const present = randomBytes(32).toString("base64");
const next = randomBytes(32).toString("base64");

test("a sealed key is opened by who has the present one, and does not show", () => {
  const sealed = sealKey(owner, present, next);
  expect(openSealedKey(owner, present, sealed)).toBe(next);
  expect(sealed).not.toContain(next);
  expect(sealKey(owner, present, next)).not.toBe(sealed);
});

test.each([
  { name: "another key", open: () => openSealedKey(owner, next, sealKey(owner, present, next)) },
  {
    name: "another device",
    open: () => openSealedKey({ deviceId: "pump-8" }, present, sealKey(owner, present, next)),
  },
  {
    name: "a changed byte",
    open: () =>
      openSealedKey(
        owner,
        present,
        sealKey(owner, present, next).replace(/.$/, (last) => (last === "A" ? "B" : "A")),
      ),
  },
  { name: "nonsense", open: () => openSealedKey(owner, present, "v1.AAAA") },
  {
    name: "another version",
    open: () => openSealedKey(owner, present, sealKey(owner, present, next).replace("v1", "v2")),
  },
  {
    name: "something that is no key",
    open: () => openSealedKey(owner, present, sealKey(owner, present, "hello")),
  },
])("$name does not open it", ({ open }) => {
  expect(open).toThrow(/cannot be used/);
});
