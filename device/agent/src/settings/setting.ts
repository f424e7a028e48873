import { type Priority, parseDuration } from "@picket/schema";

/** A value in force. Lists are kept as the twin writes them, with commas. */
export type SettingValue = string | number | boolean;

/** One thing the twin can say. */
export interface Setting {
  readonly kind: keyof typeof kinds;
  readonly fallback: SettingValue;
  readonly about: string;
  readonly unit?: string;
  readonly least?: number;
  readonly most?: number;
  readonly choices?: readonly string[];
}

interface Kind {
  /** As a sentence says it: "must be …". */
  readonly says: (setting: Setting) => string;
  /** The value in its one form; undefined when it is none. */
  readonly read: (given: unknown, setting: Setting) => SettingValue | undefined;
}

const MOST_TEXT = 4_096;
const priorities: Readonly<Record<string, Priority>> = { off: "Off", low: "Low", high: "High" };

const isWithin = (value: number, { least = 1, most = Number.MAX_SAFE_INTEGER }: Setting): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most;
const range = ({ least = 1, most, unit }: Setting): string =>
  `a whole number ${most === undefined ? `of at least ${least}` : `from ${least} to ${most}`}${unit ? ` (${unit})` : ""}`;
const text = (given: unknown): string | undefined =>
  typeof given === "string" && given.length <= MOST_TEXT ? given.trim() : undefined;
const chosen = (given: unknown, choices: readonly string[]): string | undefined =>
  choices.find((each) => each.toLowerCase() === String(given).toLowerCase());

const kinds = {
  duration: {
    says: () => "an ISO 8601 duration of more than nothing and at most a year, such as PT30M",
    read: (given) => {
      const parsed = typeof given === "string" ? (parseDuration(given) ?? 0) : 0;
      return parsed > 0 && parsed <= 31_622_400_000 ? String(given) : undefined;
    },
  },
  bytes: { says: range, read: (given, setting) => numberOf(given, setting) },
  count: { says: range, read: (given, setting) => numberOf(given, setting) },
  flag: { says: () => "true or false", read: (given) => (typeof given === "boolean" ? given : undefined) },
  priority: {
    says: () => "High, Low or Off",
    read: (given) => (typeof given === "string" ? priorities[given.toLowerCase()] : undefined),
  },
  choice: {
    says: ({ choices = [] }) => `one of ${choices.join(", ")}`,
    read: (given, { choices = [] }) =>
      typeof given === "string" || typeof given === "number" ? chosen(given, choices) : undefined,
  },
  text: { says: () => `text of at most ${MOST_TEXT} characters`, read: text },
  list: {
    says: ({ choices }) =>
      choices ? `a list with commas of ${choices.join(", ")}` : "text, a list with commas",
    read: (given, { choices }) => {
      const names = splitList(text(given) ?? "\0");
      if (names.some((name) => name.includes("\0"))) return undefined;
      const known = choices ? names.map((name) => chosen(name, choices)) : names;
      return known.includes(undefined) ? undefined : known.join(",");
    },
  },
  intervals: {
    says: () =>
      "three whole numbers of minutes with commas for High, Medium and Low, none shorter than the one before",
    read: (given) => {
      const numbers = splitList(text(given) ?? "").map(Number);
      const isGood =
        numbers.length === 3 &&
        numbers.every((each) => Number.isInteger(each) && each > 0 && each <= 527_040);
      return isGood && numbers[0]! <= numbers[1]! && numbers[1]! <= numbers[2]!
        ? numbers.join(",")
        : undefined;
    },
  },
} satisfies Readonly<Record<string, Kind>>;

function numberOf(given: unknown, setting: Setting): number | undefined {
  const value = typeof given === "string" && /^\d{1,15}$/.test(given) ? Number(given) : given;
  return typeof value === "number" && isWithin(value, setting) ? value : undefined;
}

/** The entries of a list with commas. */
export const splitList = (given: string): string[] => given.split(",").flatMap((each) => each.trim() || []);

/** Reads a value as a setting's kind; undefined when it is of another. */
export const readSetting = (setting: Setting, given: unknown): SettingValue | undefined =>
  (kinds[setting.kind] satisfies Kind as Kind).read(given, setting);

/** What a value must be, to be put after "must be". */
export const describeKind = (setting: Setting): string =>
  (kinds[setting.kind] satisfies Kind as Kind).says(setting);
