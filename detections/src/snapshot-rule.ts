import type { Difference, RuleSource, Severity, SnapshotRule } from "./rule.js";

type Item = Readonly<Record<string, unknown>>;

/** What a snapshot rule watches for. */
export type SnapshotChange = "appears" | "vanishes" | "changes";

/** A rule over one kind of difference between two snapshots. */
export interface DifferenceRule {
  readonly id: string;
  readonly alertType: string;
  readonly name: string;
  readonly severity: Severity;
  readonly about: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly remediation: string;
  readonly falsePositives: readonly string[];
  readonly needs?: string;
  readonly reads: RuleSource;
  readonly on: SnapshotChange;
  /** What is remembered of an item: a key and a value; undefined for items that do not matter. */
  remember(item: Item): readonly [key: string, value: string] | undefined;
  title(key: string, deviceId: string): string;
  reason(key: string, value: string, before: string): string;
  readonly cases: SnapshotRule["cases"];
}

const NOTHING = "";

/** Makes a rule of what is particular to a difference. */
export function snapshotRule({ on, remember, title, reason, ...about }: DifferenceRule): SnapshotRule {
  return {
    ...about,
    kind: "snapshot",
    remember: (item) => remember(item) ?? [NOTHING, NOTHING],
    compare: (deviceId, before, after) =>
      differing(on, before, after).map(
        ([key, value, was]): Difference => ({
          entity: key,
          title: title(key, deviceId),
          reason: reason(key, value, was),
        }),
      ),
  };
}

function differing(
  on: SnapshotChange,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly (readonly [key: string, value: string, before: string])[] {
  const [from, other] = on === "vanishes" ? [before, after] : [after, before];
  return [...from].flatMap(([key, value]) => {
    const was = other.get(key);
    const isMeant = on === "changes" ? was !== undefined && was !== value : was === undefined;
    return key === NOTHING || !isMeant ? [] : [[key, value, was ?? ""] as const];
  });
}

/** A field of an item as text. */
export const fieldOf = (item: Item, field: string): string => {
  const value = item[field];
  return value === undefined || value === null ? "" : String(value);
};

/** A field that the agent put beside the ones of the schema. */
export function extraOf(item: Item, field: string): string {
  const details = item["ExtraDetails"];
  return typeof details === "object" && details !== null ? fieldOf({ ...details }, field) : "";
}
