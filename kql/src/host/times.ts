import { type HostFunctions, textAt } from "./function.js";

const DAY = 864_000_000_000n;
const EPOCH_TICKS = 621_355_968_000_000_000n;
const padded = (value: number | bigint, width: number): string => String(value).padStart(width, "0");

/** The parts of a time or span that formats can show. */
interface Parts {
  readonly [token: string]: ((width: number) => string) | undefined;
}

const fraction =
  (ticks: bigint, isShort: boolean) =>
  (width: number): string => {
    const digits = padded(ticks % 10_000_000n, 7).slice(0, width);
    return isShort ? digits.replace(/0+$/, "") : digits;
  };

/** Puts parts into the places of a format; undefined when it has a token that is none. */
function formatted(format: string, parts: Parts): string | undefined {
  let made = "";
  for (const [run] of format.matchAll(/([A-Za-z])\1*|[^A-Za-z]/g)) {
    const [letter = ""] = run;
    if (!/[A-Za-z]/.test(letter)) {
      if (!/[/\-:,._[\] ]/.test(letter)) return undefined;
      made += letter;
      continue;
    }
    const part = parts[letter];
    if (!part) return undefined;
    made += part(run.length);
  }
  return made;
}

/** A time as `format_datetime` writes it; undefined for formats it does not know. */
export function formatTime(ticks: bigint, format: string): string | undefined {
  const date = new Date(Number((ticks - EPOCH_TICKS) / 10_000n));
  const hours = date.getUTCHours();
  const half = hours % 12 === 0 ? 12 : hours % 12;
  const number = (value: number) => (width: number) => padded(value, Math.min(width, 2));
  return formatted(format, {
    y: (width) =>
      width <= 2 ? padded(date.getUTCFullYear() % 100, width) : padded(date.getUTCFullYear(), width),
    M: number(date.getUTCMonth() + 1),
    d: number(date.getUTCDate()),
    H: number(hours),
    h: number(half),
    m: number(date.getUTCMinutes()),
    s: number(date.getUTCSeconds()),
    f: fraction(ticks, false),
    F: fraction(ticks, true),
    t: (width) => (hours < 12 ? "AM" : "PM").slice(0, width),
  });
}

/** A span as `format_timespan` writes it. */
export function formatSpan(ticks: bigint, format: string): string | undefined {
  const size = ticks < 0n ? -ticks : ticks;
  const part = (length: bigint, cycle: bigint) => (width: number) => padded((size / length) % cycle, width);
  const hours = part(DAY / 24n, 24n);
  return formatted(format, {
    d: (width) => padded(size / DAY, width),
    H: hours,
    h: hours,
    m: part(DAY / 1440n, 60n),
    s: part(10_000_000n, 60n),
    f: fraction(size, false),
    F: fraction(size, true),
  });
}

/** A time as the wire has it. */
export const timeText = (ticks: bigint): string => {
  const date = new Date(Number((ticks - EPOCH_TICKS) / 10_000n));
  return `${date.toISOString().slice(0, 19)}.${padded(ticks % 10_000_000n, 7)}Z`;
};

/** A span as the wire has it. */
export const spanText = (ticks: bigint): string => {
  const size = ticks < 0n ? -ticks : ticks;
  const clock = formatSpan(size, "hh:mm:ss") ?? "";
  const days = size >= DAY ? `${size / DAY}.` : "";
  const rest = size % 10_000_000n;
  return `${ticks < 0n ? "-" : ""}${days}${clock}${rest === 0n ? "" : `.${padded(rest, 7)}`}`;
};

const ofTicks =
  (format: (ticks: bigint, format: string) => string | undefined): HostFunctions[string] =>
  (args) =>
    typeof args[0] === "bigint" ? (format(args[0], textAt(args, 1)) ?? "") : "";

/** Functions of times and spans. */
export const timeFunctions: HostFunctions = {
  format_datetime: ofTicks(formatTime),
  format_timespan: ofTicks(formatSpan),
};
