import type { Reply, Routes } from "@picket/api";

type Stored = Reply<Routes["GET /detection/security-groups/{name}"]>;

/** Fires when something happens too seldom or too often within a window. */
export interface WindowRule {
  readonly ruleType: string;
  readonly displayName: string;
  readonly isEnabled: boolean;
  readonly minThreshold: number;
  readonly maxThreshold: number;
  /** ISO 8601 duration. */
  readonly timeWindowSize: string;
}

/** Fires on what is missing from a list, or on what is in it. */
export interface ListRule {
  readonly ruleType: string;
  readonly displayName: string;
  readonly isEnabled: boolean;
  readonly kind: "allow" | "deny";
  readonly valueType: string;
  readonly values: readonly string[];
}

/** The custom alerts of one group of devices. */
export interface Group {
  readonly windows: readonly WindowRule[];
  readonly lists: readonly ListRule[];
}

/** Windows that can be chosen, and how they are said. */
export const windows = [
  { value: "PT5M", label: "5 minutes" },
  { value: "PT10M", label: "10 minutes" },
  { value: "PT15M", label: "15 minutes" },
  { value: "PT30M", label: "30 minutes" },
  { value: "PT1H", label: "an hour" },
  { value: "PT24H", label: "a day" },
] as const;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const headOf = (rule: Readonly<Record<string, unknown>>) => ({
  ruleType: textOf(rule["ruleType"]),
  displayName: textOf(rule["displayName"]),
  isEnabled: rule["isEnabled"] === true,
});

/** Reads a group as the server keeps it. */
export const readGroup = ({ timeWindowRules, allowlistRules, denylistRules }: Stored): Group => ({
  windows: timeWindowRules.map((rule) => ({
    ...headOf(rule),
    minThreshold: numberOf(rule["minThreshold"]),
    maxThreshold: numberOf(rule["maxThreshold"]),
    timeWindowSize: textOf(rule["timeWindowSize"]),
  })),
  lists: [
    ...allowlistRules.map(
      (rule): ListRule => ({
        ...headOf(rule),
        kind: "allow",
        valueType: textOf(rule["valueType"]),
        values: listOf(rule["allowlistValues"]),
      }),
    ),
    ...denylistRules.map(
      (rule): ListRule => ({
        ...headOf(rule),
        kind: "deny",
        valueType: textOf(rule["valueType"]),
        values: listOf(rule["denylistValues"]),
      }),
    ),
  ],
});

/** A group as the server takes it: what is switched on. */
export const writeGroup = ({ windows: some, lists }: Group) => {
  const on = lists.filter(({ isEnabled }) => isEnabled);
  return {
    timeWindowRules: some
      .filter(({ isEnabled }) => isEnabled)
      .map(({ ruleType, minThreshold, maxThreshold, timeWindowSize }) => ({
        ruleType,
        isEnabled: true,
        minThreshold,
        maxThreshold,
        timeWindowSize,
      })),
    allowlistRules: on
      .filter(({ kind }) => kind === "allow")
      .map(({ ruleType, values }) => ({ ruleType, isEnabled: true, allowlistValues: values })),
    denylistRules: on
      .filter(({ kind }) => kind === "deny")
      .map(({ ruleType, values }) => ({ ruleType, isEnabled: true, denylistValues: values })),
  };
};

/** What a window counts, in the words between "Number of" and "is not in allowed range". */
export const countedThing = ({ displayName }: WindowRule): string =>
  displayName.replace(/^Number of /i, "").replace(/ is not in (?:the )?allowed range$/i, "");

/** How many alerts of a group are switched on. */
export const switchedOn = ({ windows: some, lists }: Group): number =>
  [...some, ...lists].filter(({ isEnabled }) => isEnabled).length;

/** What keeps a group from being tried: a range that is none, a list that is empty. */
export function faultsOf({ windows: some, lists }: Group): string[] {
  return [
    ...some
      .filter(({ isEnabled, minThreshold, maxThreshold }) => isEnabled && minThreshold > maxThreshold)
      .map((rule) => `${countedThing(rule)}: the smallest number allowed is larger than the largest.`),
    ...lists
      .filter(({ isEnabled, values }) => isEnabled && values.length === 0)
      .map(({ displayName }) => `${displayName}: the list is empty.`),
  ];
}
