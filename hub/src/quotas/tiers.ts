/** What is throttled. */
export const throttleNames = [
  "connections",
  "telemetry",
  "twinReads",
  "twinUpdates",
  "methods",
  "commands",
  "commandReceives",
  "registry",
  "queries",
] as const;

/** One of what is throttled. */
export type ThrottleName = (typeof throttleNames)[number];

/** How often something may be done. */
export interface Rate {
  readonly perSecond: number;
  /** How much may come at once after a rest; ten seconds' worth when left out. */
  readonly burst?: number;
}

/** Rates by what they are for; what is left out is not throttled. */
export type Rates = Readonly<Partial<Record<ThrottleName, Rate>>>;

/** Which quotas a hub keeps: those of a tier of the original, of its own, or none. */
export interface QuotaConfig {
  /** `unlimited` when left out: the machine is the limit. */
  readonly tier?: Tier;
  readonly units?: number;
  /** Of the whole hub; over the tier's. */
  readonly rates?: Rates;
  /** Of each device. */
  readonly deviceRates?: Rates;
  /** Messages a day in steps of 4 KB, of the whole hub and of each device; unlimited when left out. */
  readonly dailyMessages?: number;
  readonly deviceDailyMessages?: number;
}

/** Tiers of the original, and none. */
export const tiers = ["unlimited", "F1", "S1", "S2", "S3"] as const;

/** One of the tiers. */
export type Tier = (typeof tiers)[number];

interface Quotas {
  readonly rates: Rates;
  readonly dailyMessages: number;
}

/** What a tier allows with so many units. */
export function tierQuotas(tier: Tier, units: number): Quotas {
  const each = (unit: number, least = 0): Rate => ({ perSecond: Math.max(least, unit * units) });
  const common = {
    commands: each(100 / 60),
    commandReceives: each(1_000 / 60),
    registry: each(100 / 60),
    queries: each(20 / 60),
  };
  switch (tier) {
    case "unlimited":
      return { rates: {}, dailyMessages: Number.POSITIVE_INFINITY };
    case "F1":
    case "S1":
      return {
        dailyMessages: tier === "F1" ? 8_000 : 400_000 * units,
        rates: {
          ...common,
          connections: each(12, 100),
          telemetry: each(12, 100),
          twinReads: each(0, 100),
          twinUpdates: each(0, 50),
          methods: each(40),
        },
      };
    case "S2":
      return {
        dailyMessages: 6_000_000 * units,
        rates: {
          ...common,
          connections: each(120),
          telemetry: each(120),
          twinReads: each(10, 100),
          twinUpdates: each(5, 50),
          methods: each(120),
        },
      };
    case "S3":
      return {
        dailyMessages: 300_000_000 * units,
        rates: {
          connections: each(6_000),
          telemetry: each(6_000),
          twinReads: each(500),
          twinUpdates: each(250),
          methods: each(6_000),
          commands: each(5_000 / 60),
          commandReceives: each(50_000 / 60),
          registry: each(5_000 / 60),
          queries: each(1_000 / 60),
        },
      };
  }
}

/** A device that connects again and again is slowed, whatever the tier. */
export const deviceRates: Rates = { connections: { perSecond: 2, burst: 60 } };
