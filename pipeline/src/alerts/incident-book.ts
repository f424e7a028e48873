import type { TableRow } from "@picket/schema";
import type { AlertBook } from "../books/alert-book.js";

type AlertRow = TableRow<"SecurityAlert">;

/** An alert as an incident remembers it. */
interface Member {
  readonly id: string;
  readonly name: string;
  readonly rule: string;
  readonly severity: string;
  readonly tactics: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is kept of a device's alerts of a day in a snapshot. */
export type SavedIncident = readonly [deviceId: string, incidentId: string, members: readonly Member[]];

const SPAN_MS = 24 * 3_600_000;
const MOST_MEMBERS = 100;

/** The way of an attack, as ATT&CK orders it; names of its earlier versions and of the ICS matrix beside them. */
const killChain = [
  ["Reconnaissance"],
  ["Resource Development"],
  ["Initial Access"],
  ["Execution"],
  ["Persistence"],
  ["Privilege Escalation"],
  ["Defense Evasion", "Stealth", "Defense Impairment", "Evasion"],
  ["Credential Access"],
  ["Discovery"],
  ["Lateral Movement"],
  ["Collection"],
  ["Command and Control", "Command And Control"],
  ["Exfiltration"],
  ["Inhibit Response Function"],
  ["Impair Process Control"],
  ["Impact"],
];
const stageOf = (tactic: string): number => killChain.findIndex((names) => names.includes(tactic));
const severities = ["Informational", "Low", "Medium", "High"];

/** Joins the alerts of one device that go along the kill chain within a day into one incident. */
export class IncidentBook {
  readonly #alerts: AlertBook;
  readonly #devices = new Map<string, { incidentId: string; members: Member[] }>();

  constructor(alerts: AlertBook) {
    this.#alerts = alerts;
  }

  /** A new alert; those that wake nobody belong to no incident. */
  note(alert: AlertRow, at: number): void {
    const tactics = (alert.Tactics ?? "").split(", ").filter((tactic) => stageOf(tactic) >= 0);
    if (alert.Status === "Closed" || alert.AlertSeverity === "Informational" || tactics.length === 0) return;
    const deviceId = alert.DeviceId ?? "";
    const before = this.#devices.get(deviceId);
    const isOver = before !== undefined && (before.members.at(-1)?.at ?? 0) < at - SPAN_MS;
    const state = before && !isOver ? before : { incidentId: "", members: [] };
    this.#devices.set(deviceId, state);
    const recent = state.members.filter((member) => state.incidentId !== "" || member.at >= at - SPAN_MS);
    const {
      SystemAlertId: id = "",
      AlertName: name = "",
      RuleId: rule = "",
      AlertSeverity: severity = "",
    } = alert;
    state.members = [...recent, { id, name, rule, severity, tactics, at }].slice(-MOST_MEMBERS);
    if (isChain(state.members)) state.incidentId = this.#tell(deviceId, state, at);
  }

  /** Forgets devices that were quiet for a day. */
  forget(now: number): void {
    for (const [deviceId, { members }] of this.#devices)
      if ((members.at(-1)?.at ?? 0) < now - SPAN_MS) this.#devices.delete(deviceId);
  }

  save(): SavedIncident[] {
    return [...this.#devices].map(([deviceId, { incidentId, members }]) => [deviceId, incidentId, members]);
  }

  restore(saved: readonly SavedIncident[]): void {
    for (const [deviceId, incidentId, members] of saved)
      this.#devices.set(deviceId, { incidentId, members: [...members] });
  }

  #tell(
    deviceId: string,
    { incidentId, members }: { incidentId: string; members: readonly Member[] },
    at: number,
  ): string {
    const stages = [...new Set(members.flatMap(({ tactics }) => tactics))].sort(
      (one, other) => stageOf(one) - stageOf(other),
    );
    const minutes = Math.max(1, Math.round((at - members[0]!.at) / 60_000));
    const severity =
      severities[Math.max(...members.map((member) => severities.indexOf(member.severity)))] ?? "Medium";
    const way = `from ${stages[0]} to ${stages.at(-1)}`;
    return this.#alerts.incident(incidentId, {
      deviceId,
      at,
      severity,
      tactics: stages,
      title: `${members.length} alerts on ${deviceId} go together, ${way}`,
      reason: `Within ${minutes} minute${minutes === 1 ? "" : "s"} the device had ${members.length} alerts of ${new Set(members.map(({ rule }) => rule)).size} rules that follow each other in an attack, ${way}.`,
      members: members.map(({ id, name, at: time, severity: worst, tactics }) => ({
        SystemAlertId: id,
        AlertName: name,
        TimeStamp: new Date(time).toISOString(),
        AlertSeverity: worst,
        Tactics: tactics.join(", "),
      })),
    });
  }
}

/** Alerts of at least two rules at two different stages. */
const isChain = (members: readonly Member[]): boolean =>
  new Set(members.map(({ rule }) => rule)).size > 1 &&
  new Set(members.flatMap(({ tactics }) => tactics.map(stageOf))).size > 1;
