import { recommendation } from "../recommendation.js";

const failed = (item: Readonly<Record<string, unknown>>): boolean =>
  /^(?:fail|err)/i.test(String(item.Result));

/** Settings of the operating system that make an intruder's work easier. */
export const baselineFailed = recommendation({
  id: "IoT_Baseline",
  name: "Operation system baseline validation has failed",
  severity: "Medium",
  about: "Settings of the operating system that make an intruder's work easier.",
  remediation:
    "Mend the settings in the evidence, the critical ones first; the next snapshot shows what is left.",
  reads: "OSBaseline",
  evaluate: (items) => {
    const open = items.filter(failed);
    if (open.length === 0) return undefined;
    const critical = open.filter((item) => /^(?:critical|important)$/i.test(String(item.Severity))).length;
    const description = `${open.length} check${open.length === 1 ? "" : "s"} of the operating system failed, ${critical} of them important.`;
    return { description, evidence: { Checks: open.slice(0, 200) } };
  },
  cases: [
    {
      name: "a check failed",
      items: [{ CceId: "CCE-1", Result: "FAIL", Severity: "Important" }],
      active: true,
    },
    {
      name: "a check was skipped",
      items: [{ CceId: "CCE-1", Result: "SKIP", Severity: "Important" }],
      active: false,
    },
    { name: "all is well", items: [], active: false },
  ],
});
