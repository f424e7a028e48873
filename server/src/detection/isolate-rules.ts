import type { House } from "../house.js";
import { set } from "./settings.js";

const SLOW_CALLS = 20;
const ERRORS = 100;

/**
 * Switches off rules of users that are slow or throw again and again. It is a setting like a person's, told through the
 * stream, so that a replay switches them off at the same place.
 */
export async function isolateRules(house: House): Promise<void> {
  for (const { id, form, trouble, isOff } of await house.rooms.analysis.ruleStates()) {
    if (isOff || form === "builtIn" || !trouble) continue;
    const { slowCalls, errors, worstMs, lastError } = trouble;
    if (slowCalls < SLOW_CALLS && errors < ERRORS) continue;
    const reason =
      errors >= ERRORS
        ? `It threw ${errors} times, last: ${lastError}`
        : `It was slow ${slowCalls} times, at worst ${Math.round(worstMs)} ms.`;
    house.rooms.metrics.log("error", "A rule was switched off because it threw or was slow.", {
      rule: id,
      reason,
    });
    await set(house, { area: "ruleState", name: id, value: { isOff: true }, actor: "picket", reason });
  }
}
