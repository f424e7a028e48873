import type { Recommendation } from "@picket/detections";
import type { TableRow } from "@picket/schema";

type Row = TableRow<"SecurityRecommendation">;

/** Where a recommendation stands on a device. */
export type SavedPosture = readonly [id: string, row: Row, evidence: string];

/** Opens and clears recommendations as snapshots come in. */
export class PostureBook {
  readonly #byEvent = new Map<string, Recommendation[]>();
  readonly #hubName: string;
  readonly #rows = new Map<string, { row: Row; evidence: string }>();
  readonly #changed = new Map<string, Row>();

  constructor(recommendations: readonly Recommendation[], hubName: string) {
    this.#hubName = hubName;
    for (const each of recommendations)
      this.#byEvent.set(each.reads, [...(this.#byEvent.get(each.reads) ?? []), each]);
  }

  /** Looks at one snapshot of a device. */
  look(
    deviceId: string,
    snapshot: {
      readonly name: string;
      readonly at: number;
      readonly items: readonly Record<string, unknown>[];
    },
  ): void {
    for (const recommendation of this.#byEvent.get(snapshot.name) ?? []) {
      const id = `${recommendation.id}|${deviceId}`;
      const found = recommendation.evaluate(snapshot.items);
      const before = this.#rows.get(id);
      const evidence = found ? JSON.stringify(found.evidence) : "";
      const isActive = before?.row.RecommendationState === "Active";
      if (!found && !isActive) continue;
      if (found && isActive && before?.evidence === evidence) continue;
      const now = new Date(snapshot.at).toISOString();
      const row: Row = found
        ? {
            ...this.#describe(recommendation, deviceId, id),
            ...opened(before?.row, isActive, now),
            Description: found.description,
            RecommendationAdditionalData: found.evidence,
          }
        : {
            ...before!.row,
            RecommendationState: "Resolved",
            ResolvedTimeUTC: now,
            StatusChangeDate: now,
            TimeGenerated: now,
          };
      this.#rows.set(id, { row, evidence });
      this.#changed.set(id, row);
    }
  }

  take(): Row[] {
    const taken = [...this.#changed.values()];
    this.#changed.clear();
    return taken;
  }

  save(): SavedPosture[] {
    return [...this.#rows].map(([id, { row, evidence }]) => [id, row, evidence]);
  }

  restore(saved: readonly SavedPosture[]): void {
    for (const [id, row, evidence] of saved) this.#rows.set(id, { row, evidence });
  }

  #describe(
    { id: name, name: title, severity, remediation }: Recommendation,
    deviceId: string,
    id: string,
  ): Row {
    return {
      AssessedResourceId: this.#hubName.toLowerCase(),
      DeviceId: deviceId,
      RecommendationId: id,
      RecommendationName: name,
      RecommendationDisplayName: title,
      RecommendationSeverity: severity,
      RemediationSteps: remediation,
      Environment: "IoT",
      IsSnapshot: false,
    };
  }
}

/** Times of a recommendation that is active: it keeps when it was found while it stays so. */
function opened(before: Row | undefined, isActive: boolean, now: string): Row {
  const first = before?.FirstEvaluationDate ?? now;
  if (isActive)
    return {
      RecommendationState: "Active",
      TimeGenerated: now,
      DiscoveredTimeUTC: before?.DiscoveredTimeUTC ?? now,
      StatusChangeDate: before?.StatusChangeDate ?? now,
      FirstEvaluationDate: first,
    };
  return {
    RecommendationState: "Active",
    TimeGenerated: now,
    DiscoveredTimeUTC: now,
    StatusChangeDate: now,
    FirstEvaluationDate: first,
  };
}
