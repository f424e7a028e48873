import { string } from "@picket/kit";
import type { Payload } from "@picket/schema";
import type { Check } from "../baseline/check.js";
import { checks } from "../baseline/checks.js";
import { customChecks } from "../baseline/custom-checks.js";
import { type Result, runChecks, type Switched } from "../baseline/run.js";
import { messageOf } from "../errors.js";
import type { Host } from "../host.js";
import { type Collector, collector } from "./collector.js";

/** What of the baseline is wanted, as settings say it. */
export interface BaselineSettings extends Switched {
  /** The file of custom checks with its SHA-256; absent when there is none. */
  readonly custom?: { readonly path: string; readonly sha256: string };
}

const everything: BaselineSettings = { groupsDisabled: [], checksDisabled: [] };
const MOST_SKIPPED = 8_000;
const order = ["Critical", "Important", "Warning", "Informational"];
/** What matters most first, should there be no room for all. */
const bySeverity = (a: Result, b: Result): number => order.indexOf(a.severity) - order.indexOf(b.severity);

/** Runs the checks once and answers both what did not pass and how all of them ended. */
export class Baseline {
  readonly #settings: () => BaselineSettings;
  #last: { readonly results: readonly Result[]; readonly milliseconds: number } | undefined;

  constructor(settings: () => BaselineSettings = () => everything) {
    this.#settings = settings;
  }

  /** How every check ended. */
  async run(host: Host): Promise<readonly Result[]> {
    const since = performance.now();
    const { custom, ...switched } = this.#settings();
    const own = custom ? await ownChecks(host, custom) : [];
    const results = await runChecks(host, [...checks, ...own], switched);
    this.#last = { results, milliseconds: performance.now() - since };
    return results;
  }

  /** Checks that did not pass; like the original's, only those are told one by one. */
  readonly failed: Collector<"OSBaseline"> = collector({
    name: "OSBaseline",
    about: "Checks of the operating system's configuration that did not pass.",
    details: {
      Group: string("Group of checks it belongs to, by which a setting switches it off."),
      Why: string("What somebody could do otherwise."),
      Remediation: string("Shell script that mends it and remembers how it was."),
      Undo: string("Shell script that puts it back."),
    },
    collect: async (host) => (await this.run(host)).toSorted(bySeverity).flatMap(itemOf),
  });

  /** How all of them ended, of the run before. */
  readonly summary: Collector<"BaselineSummary"> = collector({
    name: "BaselineSummary",
    about: "How many checks passed, failed, were skipped and why, and could not be made.",
    details: {},
    collect: async (host) => {
      const results = this.#last?.results ?? (await this.run(host));
      return [summaryOf(results, this.#last?.milliseconds ?? 0)];
    },
  });
}

/** Custom checks whose file is not the right one are one check that could not be made. */
async function ownChecks(
  host: Host,
  { path, sha256 }: { readonly path: string; readonly sha256: string },
): Promise<Check[]> {
  try {
    return await customChecks(host, path, sha256);
  } catch (error) {
    return [
      {
        id: "PICKET-CUSTOM",
        group: "Custom",
        severity: "Important",
        expects: "The file of custom checks can be read and is the one that the twin names.",
        why: "What was to be checked is not.",
        remediation: "# Put the file in place and its SHA-256 into baselineCustomChecksFileHash.",
        undo: "# Set baselineCustomChecksEnabled to false.",
        look: () => Promise.reject(new Error(messageOf(error), { cause: error })),
      },
    ];
  }
}

function itemOf(result: Result): Payload<"OSBaseline">[] {
  if (result.result !== "Fail" && result.result !== "Error") return [];
  return [
    {
      Description: result.expects,
      CceId: result.id,
      Result: result.result === "Fail" ? "Fail" : "Err",
      Error: result.evidence,
      Severity: result.severity,
      ExtraDetails: {
        Group: result.group,
        Why: result.why,
        Remediation: result.remediation,
        Undo: result.undo,
      },
    },
  ];
}

/** Counts, and why some were skipped: those with the same reason together. */
export function summaryOf(results: readonly Result[], milliseconds: number): Payload<"BaselineSummary"> {
  const count = (wanted: Result["result"]): number =>
    results.filter(({ result }) => result === wanted).length;
  const reasons = new Map<string, string[]>();
  for (const { id, evidence } of results.filter(({ result }) => result === "Skip"))
    reasons.set(evidence, [...(reasons.get(evidence) ?? []), id]);
  return {
    Checks: results.length,
    Passed: count("Pass"),
    Failed: count("Fail"),
    Skipped: count("Skip"),
    Errors: count("Error"),
    DurationMs: Math.round(milliseconds),
    SkippedChecks: [...reasons]
      .map(([why, ids]) => `${ids.join(", ")}: ${why}`)
      .join("; ")
      .slice(0, MOST_SKIPPED),
  };
}
