import { pipelineErrors } from "../errors.js";
import type { InForce } from "../settings/setting-book.js";

/** How soon somebody must look at an alert, and how soon it must be closed, in minutes; 0 for whenever. */
export interface AlertClock {
  readonly acknowledgeMinutes: number;
  readonly closeMinutes: number;
}

const severities = ["High", "Medium", "Low", "Informational"];

/** Reads the clock of a severity; throws with what is wrong. */
export function readClock(severity: string, value: unknown): AlertClock {
  if (!severities.includes(severity))
    throw pipelineErrors.badSetting({ where: severity, why: `is no severity; ${severities.join(", ")} are` });
  const minutes = (name: string): number => {
    const given: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
    if (typeof given === "number" && Number.isInteger(given) && given >= 0 && given <= 525_600) return given;
    throw pipelineErrors.badSetting({ where: name, why: "is no whole number of minutes, at most a year" });
  };
  return { acknowledgeMinutes: minutes("acknowledgeMinutes"), closeMinutes: minutes("closeMinutes") };
}

/** The clocks by severity. */
export const clocksOf = (settings: readonly InForce[]): ReadonlyMap<string, AlertClock> =>
  new Map(settings.map(({ name, value }) => [name, readClock(name, value)]));

/** What an alert is late with, if anything. */
export function lateness(
  clock: AlertClock | undefined,
  { status, createdAt, now }: { status: string; createdAt: number; now: number },
): "acknowledge" | "close" | undefined {
  if (!clock || status === "Closed") return undefined;
  const minutes = (now - createdAt) / 60_000;
  if (clock.closeMinutes > 0 && minutes >= clock.closeMinutes) return "close";
  return status === "New" && clock.acknowledgeMinutes > 0 && minutes >= clock.acknowledgeMinutes
    ? "acknowledge"
    : undefined;
}
