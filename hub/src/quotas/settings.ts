import type { Fields } from "../connectors/fields.js";
import { type QuotaConfig, type Rate, type Rates, type ThrottleName, throttleNames, tiers } from "./tiers.js";

const ENDLESS = 1e12;

/** Reads what a person set about quotas. */
export function quotasOf(fields: Fields): QuotaConfig {
  const whole = (name: "dailyMessages" | "deviceDailyMessages"): Partial<QuotaConfig> =>
    fields.has(name) ? { [name]: fields.number(name, { least: 1, most: ENDLESS, usual: ENDLESS }) } : {};
  const rates = fields.object("rates");
  const ofDevices = fields.object("deviceRates");
  const read: QuotaConfig = {
    tier: fields.choice("tier", tiers, "unlimited"),
    units: fields.number("units", { least: 1, most: 1_000, usual: 1 }),
    ...(rates ? { rates: ratesOf(rates) } : {}),
    ...(ofDevices ? { deviceRates: ratesOf(ofDevices) } : {}),
    ...whole("dailyMessages"),
    ...whole("deviceDailyMessages"),
  };
  fields.nothingElse();
  return read;
}

function ratesOf(fields: Fields): Rates {
  const read: Partial<Record<ThrottleName, Rate>> = {};
  for (const name of throttleNames) {
    const rate = fields.object(name);
    if (!rate) continue;
    const perSecond = rate.number("perSecond", { least: 0.001, most: ENDLESS, usual: 0 });
    const burst = rate.number("burst", { least: 1, most: ENDLESS, usual: Math.max(1, perSecond * 10) });
    if (!rate.has("perSecond")) rate.problem("perSecond", "is missing");
    rate.nothingElse();
    read[name] = { perSecond, burst };
  }
  fields.nothingElse();
  return read;
}
