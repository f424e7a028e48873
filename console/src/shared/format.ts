/** Which clock the screens show: everybody's, or the reader's own. */
export type Zone = "UTC" | "mine";

const LOCALE = "en-GB";
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const narrow = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const plural = new Intl.PluralRules("en");

const zoned = (options: Intl.DateTimeFormatOptions) => {
  const formats = {
    UTC: new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" }),
    mine: new Intl.DateTimeFormat(LOCALE, options),
  };
  return (iso: string | number | undefined | null, zone: Zone): string => {
    const time = iso === undefined || iso === null || iso === "" ? Number.NaN : new Date(iso).getTime();
    return Number.isNaN(time) ? "" : formats[zone].format(time);
  };
};

/** Day, time and zone: nothing is left to guess. */
export const exact = zoned({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
/** Day and time without the year, for columns. */
export const moment = zoned({
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
/** Time of day to the second. */
export const clock = zoned({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
/** Hours and minutes, for the ends of an axis. */
export const hourOf = zoned({ hour: "2-digit", minute: "2-digit" });
/** A day of the year, for axes. */
export const dayAndMonth = zoned({ day: "numeric", month: "short" });
/** A day. */
export const dayOf = zoned({ day: "numeric", month: "short", year: "numeric" });

const steps: readonly { readonly below: number; readonly unit: Intl.RelativeTimeFormatUnit; size: number }[] =
  [
    { below: 60, unit: "second", size: 1 },
    { below: 3_600, unit: "minute", size: 60 },
    { below: 86_400, unit: "hour", size: 3_600 },
    { below: Number.POSITIVE_INFINITY, unit: "day", size: 86_400 },
  ];

/** How long ago, in words. */
export function ago(iso: string | undefined | null, now: number, isBrief = false): string {
  if (!iso) return "never";
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  if (Math.abs(seconds) < 5) return "just now";
  const { unit, size } = steps.find(({ below }) => Math.abs(seconds) < below)!;
  return (isBrief ? narrow : relative).format(Math.round(seconds / size), unit);
}

/** How long something took or has lasted: `3 days`, `40 min`, `12 s`. */
export function lasting(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A whole number with its groups apart. */
export const count = (value: number | undefined | null): string => whole.format(value ?? 0);

/** A number in few letters, for axes. */
export const brief = (value: number): string => short.format(value);

/** `1 alert`, `2 alerts`. */
export const counted = (value: number, one: string, more = `${one}s`): string =>
  `${count(value)} ${plural.select(value) === "one" ? one : more}`;

const units = ["B", "KB", "MB", "GB", "TB"];

/** A size in the unit that suits it. */
export function bytes(value: number | undefined | null): string {
  let size = value ?? 0;
  let unit = 0;
  while (size >= 1_000 && unit < units.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

/** The change between two counts, with its sign. */
export function change(now: number, before: number): string {
  const difference = now - before;
  return difference === 0 ? "±0" : `${difference > 0 ? "+" : "−"}${count(Math.abs(difference))}`;
}

const words: Readonly<Record<string, string>> = {
  InProgress: "In progress",
  truePositive: "Real, dealt with",
  benignPositive: "Real, but intended",
  falsePositive: "False alarm",
  duplicate: "Duplicate",
  other: "Something else",
};

/** A stored word as people read it. */
export const worded = (stored: string | undefined | null): string => words[stored ?? ""] ?? stored ?? "";
