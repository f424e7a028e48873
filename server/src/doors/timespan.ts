import { serverErrors } from "../errors.js";

const DURATION =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000] as const;

/** A span of time, in milliseconds since 1970. */
export interface Span {
  readonly from?: number;
  readonly to?: number;
}

/** Reads an ISO 8601 interval: `PT1H`, `start/end`, `start/PT1H` or `PT1H/end`; a duration alone ends now. */
export function parseTimespan(text: string | undefined, now: number): Span {
  if (text === undefined || text === "") return {};
  const [first = "", second, ...more] = text.split("/");
  if (more.length > 0) throw wrong(text);
  if (second === undefined) return { from: now - durationOf(first, text) };
  if (first.startsWith("P")) {
    const to = instantOf(second, text);
    return { from: to - durationOf(first, text), to };
  }
  const from = instantOf(first, text);
  return { from, to: second.startsWith("P") ? from + durationOf(second, text) : instantOf(second, text) };
}

function durationOf(text: string, whole: string): number {
  const parts = DURATION.exec(text);
  if (!parts || text.length < 3 || text.endsWith("T")) throw wrong(whole);
  return UNITS_MS.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0);
}

function instantOf(text: string, whole: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw wrong(whole);
  return at;
}

const wrong = (text: string): Error =>
  serverErrors.badRequest({
    why: `the timespan ${JSON.stringify(text.slice(0, 100))} is no ISO 8601 interval, such as PT1H or 2026-01-01T00:00:00Z/P1D`,
  });
