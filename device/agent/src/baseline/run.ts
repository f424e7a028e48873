import { messageOf } from "../errors.js";
import type { Host } from "../host.js";
import { type About, type Check, type Finding, remembering } from "./check.js";

/** What is left out of a run, by settings. */
export interface Switched {
  /** Names of groups, in any case. */
  readonly groupsDisabled: readonly string[];
  readonly checksDisabled: readonly string[];
}

/** How one check ended. */
export interface Result extends About {
  readonly result: "Pass" | "Fail" | "Skip" | "Error";
  /** What was found, or why it was skipped or could not be made; empty when it passed. */
  readonly evidence: string;
  readonly remediation: string;
  readonly undo: string;
}

const MOST_EVIDENCE = 1_000;
const AT_ONCE = 16;
const CHECK_MS = 2_000;

/** Runs checks on a host; one that fails or hangs keeps no other from being made. */
export async function runChecks(host: Host, all: readonly Check[], switched: Switched): Promise<Result[]> {
  const once = remembering(host);
  const results: Result[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE)
    results.push(
      ...(await Promise.all(all.slice(at, at + AT_ONCE).map((check) => runOne(once, check, switched)))),
    );
  return results;
}

async function runOne(host: Host, check: Check, switched: Switched): Promise<Result> {
  if (isOff(check, switched)) return ended(check, { skipped: "it is switched off by a setting" });
  try {
    return ended(check, await withinTime(check.look(host)));
  } catch (error) {
    return { ...told(check), result: "Error", evidence: messageOf(error).slice(0, MOST_EVIDENCE) };
  }
}

function isOff({ id, group }: Check, { groupsDisabled, checksDisabled }: Switched): boolean {
  const isNamed = (names: readonly string[], name: string): boolean =>
    names.some((each) => each.trim().toLowerCase() === name.toLowerCase());
  return isNamed(groupsDisabled, group) || isNamed(checksDisabled, id);
}

function withinTime(look: Promise<Finding>): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${CHECK_MS / 1000} seconds`)), CHECK_MS);
  });
  return Promise.race([look, late]).finally(() => clearTimeout(timer));
}

const told = ({ id, group, severity, expects, why, remediation, undo }: Check) => ({
  id,
  group,
  severity,
  expects,
  why,
  remediation,
  undo,
});

function ended(check: Check, found: Finding): Result {
  if ("passes" in found) return { ...told(check), result: "Pass", evidence: "" };
  if ("skipped" in found) return { ...told(check), result: "Skip", evidence: found.skipped };
  return { ...told(check), result: "Fail", evidence: found.fails.slice(0, MOST_EVIDENCE) };
}
