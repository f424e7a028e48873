import { recommendation } from "../recommendation.js";

const failed = (item: Readonly<Record<string, unknown>>): boolean =>
  /^(?:fail|err)/i.test(String(item.Result));

type Item = Readonly<Record<string, unknown>>;

const detailOf = (item: Item, name: string): string => {
  const details = item.ExtraDetails;
  const found: unknown =
    typeof details === "object" && details !== null ? Reflect.get(details, name) : undefined;
  return typeof found === "string" ? found : "";
};

/** A check as people read it: what is right, what was found, and the scripts where the agent sends them. */
const shown = (item: Item) => ({
  Check: item.CceId,
  Title: item.Description,
  Severity: item.Severity,
  Result: item.Result,
  Evidence: item.Error,
  ...Object.fromEntries(
    ["Group", "Why", "Remediation", "Undo"].flatMap((name) => {
      const text = detailOf(item, name);
      return text === "" ? [] : [[name, text]];
    }),
  ),
});

const isImportant = (item: Item): boolean => /^(?:critical|important)$/i.test(String(item.Severity));

/** The first checks in words, so that the list already says what is wrong. */
function firstOf(open: readonly Item[]): string {
  const told = [...open.filter(isImportant), ...open.filter((item) => !isImportant(item))]
    .filter((item) => item.Description !== undefined)
    .slice(0, 3)
    .map((item) => `${String(item.Description).replace(/\.$/, "")} (${String(item.Error ?? "no evidence")})`);
  return told.length === 0 ? "" : ` First: ${told.join("; ")}.`;
}

/** The counts as the original names them, its slip of the pen included; it sends them as texts. */
function countsOf(open: readonly Readonly<Record<string, unknown>>[]): Readonly<Record<string, string>> {
  const count = (pattern: RegExp): string =>
    String(open.filter(({ Severity }) => pattern.test(String(Severity))).length);
  return {
    TotalFailedRules: String(open.length),
    TotalRulesFailedDuoToError: String(open.filter(({ Result }) => /^err/i.test(String(Result))).length),
    TotalInformationalFailedRules: count(/^informational$/i),
    TotalCriticalFailedRules: count(/^(?:critical|important)$/i),
    TotalWarningFailedRules: count(/^warning$/i),
  };
}

/** Settings of the operating system that make an intruder's work easier. */
export const baselineFailed = recommendation({
  kind: "snapshot",
  id: "IoT_Baseline",
  name: "Operation system baseline validation has failed",
  severity: "Medium",
  about: "Settings of the operating system that make an intruder's work easier.",
  remediation:
    "Mend the settings in the evidence, the critical ones first: each has a script that mends it and one that puts it back. The next snapshot shows what is left.",
  reads: "OSBaseline",
  evaluate: (items) => {
    const open = items.filter(failed);
    if (open.length === 0) return undefined;
    const critical = open.filter(isImportant).length;
    const description = `${open.length} check${open.length === 1 ? "" : "s"} of the operating system failed, ${critical} of them important.${firstOf(open)}`;
    return { description, evidence: { ...countsOf(open), Checks: open.slice(0, 200).map(shown) } };
  },
  cases: [
    {
      name: "a check failed",
      items: [{ CceId: "CCE-1", Result: "FAIL", Severity: "Important" }],
      active: true,
    },
    {
      name: "a check of the agent with its scripts",
      items: [
        {
          Description: "Addresses in memory are chosen at random for every program.",
          CceId: "PICKET-KRN-01",
          Result: "Fail",
          Error: "kernel.randomize_va_space is 0, expected 2",
          Severity: "Important",
          ExtraDetails: { Group: "Kernel", Remediation: "sysctl -w kernel.randomize_va_space=2" },
        },
      ],
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
