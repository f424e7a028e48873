import { type Found, recommendation } from "../recommendation.js";

const MOST = 300;
const slug = (id: string): string => id.replaceAll(/[^A-Za-z0-9._-]+/g, "_").slice(0, 80);

/** Each check of the CIS benchmark that a device fails, on its own, so that it can be mended and excepted on its own. */
export const cisBenchmarks = recommendation({
  kind: "family",
  id: "IoT_CISBenchmarks",
  name: "CIS benchmark check failed",
  severity: "Low",
  about: "A check of the CIS benchmark for the operating system failed.",
  remediation: "Change the setting as the check says; the next snapshot shows whether it passes.",
  reads: "OSBaseline",
  evaluate: (items) => {
    const found = new Map<string, Found & { name: string }>();
    for (const item of items) {
      const id = String(item["CceId"] ?? "");
      if (!/^CIS/i.test(id) || !/^(?:fail|err)/i.test(String(item["Result"])) || found.size >= MOST) continue;
      const description = `${String(item["Description"] ?? id)}: ${String(item["Error"] ?? "the check failed")}`;
      found.set(slug(id), {
        name: `CIS benchmark: ${String(item["Description"] ?? id)}`,
        description,
        evidence: { ...item },
      });
    }
    return found;
  },
});
