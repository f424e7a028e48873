import type {
  FamilyRecommendation,
  FleetFacts,
  Found,
  Recommendation,
  RollingRecommendation,
  SnapshotRecommendation,
} from "@picket/detections";
import type { DeviceSnapshot, HubSnapshot, TableRow } from "@picket/schema";

type Row = TableRow<"SecurityRecommendation">;
type Item = Readonly<Record<string, unknown>>;

/** Where a recommendation stands on a device. */
export type SavedPosture = readonly [id: string, row: Row, evidence: string];

/** Items that a rolling recommendation keeps of a device, with their times. */
export type SavedRolling = readonly [key: string, kept: readonly (readonly [at: number, item: Item])[]];

const HOUR_MS = 3_600_000;
/** A device keeps so many items for one rolling recommendation; the oldest go first. */
const KEPT = 500;

/** Opens, updates and clears recommendations by evidence: snapshots, events, twins, the hub's settings, the whole fleet. */
export class PostureBook {
  readonly #bySnapshot = new Map<string, (SnapshotRecommendation | FamilyRecommendation)[]>();
  readonly #rolling = new Map<string, RollingRecommendation[]>();
  readonly #all: readonly Recommendation[];
  readonly #hubName: string;
  readonly #rows = new Map<string, { row: Row; evidence: string }>();
  readonly #changed = new Map<string, Row>();
  readonly #kept = new Map<string, [at: number, item: Item][]>();

  constructor(recommendations: readonly Recommendation[], hubName: string) {
    this.#hubName = hubName;
    this.#all = recommendations;
    for (const each of recommendations) {
      if (each.kind === "snapshot" || each.kind === "family") listIn(this.#bySnapshot, each.reads, each);
      else if (each.kind === "rolling") listIn(this.#rolling, each.reads, each);
    }
  }

  /** Looks at one snapshot of a device. */
  look(
    deviceId: string,
    snapshot: { readonly name: string; readonly at: number; readonly items: readonly Item[] },
  ): void {
    const { name, at, items } = snapshot;
    for (const recommendation of this.#bySnapshot.get(name) ?? []) {
      if (recommendation.kind === "snapshot")
        this.#settle(recommendation, deviceId, recommendation.evaluate(items), at);
      else this.#settleFamily(recommendation, deviceId, recommendation.evaluate(items), at);
    }
  }

  /** Looks at one thing that happened, for recommendations that count within some hours. */
  happened(deviceId: string, name: string, item: Item, at: number): void {
    for (const recommendation of this.#rolling.get(name) ?? []) {
      if (!recommendation.matters(item)) continue;
      const key = `${recommendation.id}|${deviceId}`;
      const kept = this.#kept.get(key) ?? [];
      kept.push([at, item]);
      if (kept.length > KEPT) kept.shift();
      this.#kept.set(key, kept);
      this.#roll(recommendation, deviceId, at);
    }
  }

  /** Looks at an identity and its twin; a newer desired twin empties what complained about the older. */
  twin(snapshot: DeviceSnapshot, isNewer: boolean, at: number): void {
    const { deviceId, moduleId, status } = snapshot;
    for (const recommendation of this.#all) {
      if (recommendation.kind === "twin" && recommendation.moduleId === moduleId)
        this.#settle(
          recommendation,
          deviceId,
          status === "deleted" ? undefined : recommendation.evaluate(snapshot),
          at,
        );
      else if (recommendation.kind === "rolling" && recommendation.clearsOnTwin && isNewer) {
        this.#kept.delete(`${recommendation.id}|${deviceId}`);
        this.#settle(recommendation, deviceId, undefined, at);
      }
    }
    if (status === "deleted" && moduleId === "") this.#clearAll(deviceId, at);
  }

  /** Looks at how the hub is configured now. */
  hub(hub: HubSnapshot, at: number): void {
    for (const recommendation of this.#all)
      if (recommendation.kind === "hub")
        this.#settle(recommendation, "", recommendation.evaluate(hub, at), at);
  }

  /** Looks at all devices together, and lets go what is too old to count; asked every hour. */
  fleet(fleet: FleetFacts, at: number): void {
    for (const recommendation of this.#all) {
      if (recommendation.kind === "fleet") {
        const found = recommendation.evaluate(fleet, at);
        for (const [deviceId, each] of found) this.#settle(recommendation, deviceId, each, at);
        for (const deviceId of this.#openOf(recommendation.id))
          if (!found.has(deviceId)) this.#settle(recommendation, deviceId, undefined, at);
      } else if (recommendation.kind === "rolling")
        for (const deviceId of this.#openOf(recommendation.id)) this.#roll(recommendation, deviceId, at);
    }
    if (fleet.hub) this.hub(fleet.hub, at);
  }

  take(): Row[] {
    const taken = [...this.#changed.values()];
    this.#changed.clear();
    return taken;
  }

  save(): SavedPosture[] {
    return [...this.#rows].map(([id, { row, evidence }]) => [id, row, evidence]);
  }

  saveRolling(): SavedRolling[] {
    return [...this.#kept];
  }

  restore(saved: readonly SavedPosture[], rolling: readonly SavedRolling[] = []): void {
    for (const [id, row, evidence] of saved) this.#rows.set(id, { row, evidence });
    for (const [key, kept] of rolling)
      this.#kept.set(
        key,
        kept.map(([at, item]) => [at, item]),
      );
  }

  #roll(recommendation: RollingRecommendation, deviceId: string, at: number): void {
    const key = `${recommendation.id}|${deviceId}`;
    const since = at - recommendation.hours * HOUR_MS;
    const kept = (this.#kept.get(key) ?? []).filter(([when]) => when >= since);
    if (kept.length === 0) this.#kept.delete(key);
    else this.#kept.set(key, kept);
    this.#settle(recommendation, deviceId, recommendation.evaluate(kept.map(([, item]) => item)), at);
  }

  #settleFamily(
    family: FamilyRecommendation,
    deviceId: string,
    found: ReturnType<FamilyRecommendation["evaluate"]>,
    at: number,
  ): void {
    for (const [end, each] of found)
      this.#settle({ ...family, id: `${family.id}_${end}`, name: each.name }, deviceId, each, at);
    const begin = `${family.id}_`;
    for (const { row } of [...this.#rows.values()]) {
      const id = row.RecommendationName ?? "";
      const isGone = row.DeviceId === deviceId && id.startsWith(begin) && !found.has(id.slice(begin.length));
      if (isGone && row.RecommendationState === "Active")
        this.#settle({ ...family, id }, deviceId, undefined, at);
    }
  }

  /** Devices on which a recommendation is open. */
  #openOf(recommendation: string): string[] {
    return [...this.#rows.values()]
      .filter(({ row }) => row.RecommendationName === recommendation && row.RecommendationState === "Active")
      .map(({ row }) => row.DeviceId ?? "");
  }

  /** A device is gone, and with it what should be better about it. */
  #clearAll(deviceId: string, at: number): void {
    for (const [id, { row, evidence }] of this.#rows)
      if (row.DeviceId === deviceId && row.RecommendationState === "Active")
        this.#keep(id, resolved(row, new Date(at).toISOString()), evidence);
    for (const key of this.#kept.keys()) if (key.endsWith(`|${deviceId}`)) this.#kept.delete(key);
  }

  #settle(recommendation: Recommendation, deviceId: string, found: Found | undefined, at: number): void {
    const id = `${recommendation.id}|${deviceId}`;
    const before = this.#rows.get(id);
    const evidence = found ? JSON.stringify(found.evidence) : "";
    const isActive = before?.row.RecommendationState === "Active";
    if (!found && !isActive) return;
    if (found && isActive && before?.evidence === evidence) return;
    const now = new Date(at).toISOString();
    if (!found) {
      this.#keep(id, resolved(before!.row, now), evidence);
      return;
    }
    const row: Row = {
      ...this.#describe(recommendation, deviceId, found),
      ...opened(before?.row, isActive, now),
      Description: found.description,
      RecommendationAdditionalData: found.evidence,
    };
    this.#keep(id, row, evidence);
  }

  #keep(id: string, row: Row, evidence: string): void {
    this.#rows.set(id, { row, evidence });
    this.#changed.set(id, row);
  }

  #describe(recommendation: Recommendation, deviceId: string, found: Found): Row {
    const { id, name, severity, remediation } = recommendation;
    const mending = recommendation.mending?.(found);
    return {
      AssessedResourceId: this.#hubName.toLowerCase(),
      DeviceId: deviceId,
      RecommendationId: `${id}|${deviceId}`,
      RecommendationName: id,
      RecommendationDisplayName: name,
      RecommendationSeverity: severity,
      RemediationSteps: remediation,
      Environment: "IoT",
      IsSnapshot: false,
      Properties: {
        About: recommendation.about,
        ...(mending ? { Fix: mending.fix, Undo: mending.undo, Check: mending.check } : {}),
      },
    };
  }
}

function listIn<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

const resolved = (row: Row, now: string): Row => ({
  ...row,
  RecommendationState: "Resolved",
  ResolvedTimeUTC: now,
  StatusChangeDate: now,
  TimeGenerated: now,
});

/** Times of a recommendation that is active: it keeps when it was found while it stays so. */
function opened(before: Row | undefined, isActive: boolean, now: string): Row {
  return {
    RecommendationState: "Active",
    TimeGenerated: now,
    DiscoveredTimeUTC: (isActive ? before?.DiscoveredTimeUTC : undefined) ?? now,
    StatusChangeDate: (isActive ? before?.StatusChangeDate : undefined) ?? now,
    FirstEvaluationDate: before?.FirstEvaluationDate ?? now,
  };
}
