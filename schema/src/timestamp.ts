const SHAPE = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)?$/;

/**
 * Reads the time stamps that senders really write: `T` or a blank between date and time, any precision, and an offset or
 * none, which means UTC. Milliseconds since 1970; undefined when it is no time stamp.
 */
export function parseTimestamp(text: string): number | undefined {
  if (text.length > 40) return undefined;
  const quick = Date.parse(text);
  if (!Number.isNaN(quick) && text.charCodeAt(text.length - 1) === 90 && text.charCodeAt(10) === 84)
    return quick;
  const parts = SHAPE.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = parts;
  const offset = /[Zz]/.test(zone) ? "Z" : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const at = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${`${fraction}000`.slice(0, 3)}${offset}`,
  );
  return Number.isNaN(at) ? undefined : at;
}

/** Prints an instant as device wall clock: RFC 3339 with the offset from UTC in minutes. */
export function printLocal(at: number, offsetMinutes: number): string {
  if (offsetMinutes === 0) return new Date(at).toISOString();
  const sign = offsetMinutes < 0 ? "-" : "+";
  const size = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  const wall = new Date(at + offsetMinutes * 60_000).toISOString().slice(0, -1);
  return `${wall}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const DURATION =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS = [31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1];

/** Reads an ISO 8601 duration, in milliseconds; a month counts 30 days, a year 365. Undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text);
  if (!parts) return undefined;
  const seconds = UNITS.reduce((total, unit, index) => total + Number(parts[index + 1] ?? 0) * unit, 0);
  return Math.round(seconds * 1000);
}
