import type { TableRow } from "@picket/schema";
import type { Indicator } from "./indicator.js";

/** More than this of one set is not shown row by row; matching looks at all. */
export const SHOWN_INDICATORS = 50_000;

type Row = TableRow<"ThreatIntelligenceIndicator">;

const networks = new Set(["ipv4", "ipv6", "cidr"]);
const hashes = new Set(["md5", "sha1", "sha256", "ja3"]);

/** One indicator of a set as a row. */
export function indicatorRow(
  indicator: Indicator,
  { set, trust, at, isActive }: { set: string; trust: number; at: string; isActive: boolean },
): Row {
  const { type, value, confidence, expiresAt, threat, description } = indicator;
  return {
    TimeGenerated: at,
    IndicatorId: `${set}|${value}`,
    SourceSystem: set,
    Action: "alert",
    Active: isActive,
    ConfidenceScore: Math.round(confidence * trust),
    Description: description,
    ...(expiresAt === 0 ? {} : { ExpirationDateTime: new Date(expiresAt).toISOString() }),
    ThreatType: threat,
    IndicatorType: type,
    ...(networks.has(type) ? { NetworkIP: value } : {}),
    ...(type === "domain" ? { DomainName: value } : {}),
    ...(type === "url" ? { Url: value } : {}),
    ...(hashes.has(type) ? { FileHashType: type, FileHashValue: value } : {}),
  };
}

/** Rows of a set that takes another's place: the new ones, and the old ones that are gone. */
export function rowsOfChange(
  before: readonly Indicator[],
  after: readonly Indicator[],
  about: { readonly set: string; readonly trust: number; readonly at: string },
): Row[] {
  const kept = new Set(after.map(({ value }) => value));
  return [
    ...after.map((indicator) => indicatorRow(indicator, { ...about, isActive: true })),
    ...before
      .filter(({ value }) => !kept.has(value))
      .map((indicator) => indicatorRow(indicator, { ...about, isActive: false })),
  ];
}
