import { expect, test } from "vitest";
import { catalogue, isKnown } from "./errors.js";

const hubErrors = catalogue("HUB", {
  deviceUnknown: {
    status: 404,
    retry: "never",
    message: (d: { device: string }) => `Device ${d.device} is unknown.`,
  },
  quotaSpent: {
    status: 429,
    retry: "later",
    message: (d: { device: string; perMinute: number }) =>
      `${d.device} sent more than ${d.perMinute} a minute.`,
  },
});

test("an entry makes an error with a stable code and keeps its cause and details", () => {
  const cause = new Error("row not found");
  const error = hubErrors.deviceUnknown({ device: "pump-7" }, { cause });
  expect(error).toMatchObject({
    code: "HUB_DEVICE_UNKNOWN",
    status: 404,
    retry: "never",
    cause,
    message: "Device pump-7 is unknown.",
    details: { device: "pump-7" },
  });
  expect(isKnown(error)).toBe(true);
  // @ts-expect-error perMinute is required by the message
  hubErrors.quotaSpent({ device: "pump-7" });
});

test("a catalogue lists its codes for the documentation", () => {
  expect(hubErrors.codes).toEqual(["HUB_DEVICE_UNKNOWN", "HUB_QUOTA_SPENT"]);
});

test("an error of the runtime is not a known one", () => {
  expect(isKnown(new TypeError("x is undefined"))).toBe(false);
});
