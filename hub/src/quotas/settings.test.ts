import { expect, test } from "vitest";
import { readHubSettings } from "../settings.js";

const read = (value: object) => readHubSettings(value, () => undefined);

test("aliases and quotas are read from the file of settings", () => {
  const quotas = {
    tier: "S2",
    units: 3,
    rates: { telemetry: { perSecond: 500, burst: 900 } },
    deviceRates: { connections: { perSecond: 0.5 } },
    deviceDailyMessages: 10_000,
  };
  expect(read({ aliases: ["Fleet.azure-devices.net"], quotas })).toEqual({
    aliases: ["fleet.azure-devices.net"],
    quotas: { ...quotas, deviceRates: { connections: { perSecond: 0.5, burst: 5 } } },
    events: {},
    connectors: [],
  });
});

test.each([
  {
    name: "an alias with a path",
    value: { aliases: ["hub.example/x"] },
    says: "aliases: hub.example/x is no host name",
  },
  { name: "aliases that are no list", value: { aliases: "hub.example" }, says: "aliases: must be a list" },
  { name: "a tier that there is not", value: { quotas: { tier: "S9" } }, says: "quotas.tier: must be" },
  {
    name: "a throttle that there is not",
    value: { quotas: { rates: { publishes: { perSecond: 1 } } } },
    says: "quotas.rates.publishes: is unknown here",
  },
  {
    name: "a rate of nothing",
    value: { quotas: { rates: { telemetry: { perSecond: 0 } } } },
    says: "quotas.rates.telemetry.perSecond: must be a number",
  },
  {
    name: "a burst without a rate",
    value: { quotas: { deviceRates: { methods: { burst: 3 } } } },
    says: "quotas.deviceRates.methods.perSecond: is missing",
  },
])("$name is told with its place", ({ value, says }) => {
  expect(() => read(value)).toThrow(says);
});
