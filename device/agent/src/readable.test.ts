import { expect, test } from "vitest";
import { canRead, tryToRead } from "./readable.js";

test.each([
  { path: "/proc/self/status", can: true },
  { path: "/proc/self", can: true },
  { path: "/nowhere", can: false },
])("$path can be read: $can", ({ path, can }) => {
  expect(canRead(path)).toBe(can);
});

test("why something cannot be read is said", () => {
  expect(() => tryToRead("/nowhere")).toThrow(/ENOENT/);
});
