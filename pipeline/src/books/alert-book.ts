import { createHash } from "node:crypto";
import type { NextQuery, Severity } from "@picket/detections";
import type { Recorder } from "@picket/kit";
import type { Decision, TableRow } from "@picket/schema";
import type { Origin } from "../engine/engine-rule.js";
import { placeOf } from "../intel/places.js";
import { alertsCapped, ruleFired } from "../signals.js";

type AlertRow = TableRow<"SecurityAlert">;
type HistoryRow = TableRow<"SecurityAlertHistory">;

/** What an alert says of its rule. */
export interface AlertAbout {
  readonly id: string;
  readonly alertType: string;
  readonly name: string;
  readonly severity: Severity;
  readonly about: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly remediation: string;
  /** Who wrote the rule and under which licence; absent for the product's own. */
  readonly origin?: Origin;
  /** 0 to 1; 0.7 unless it is known better. */
  readonly confidence?: number;
}

/** Something suspected, before it is joined with earlier alerts of the same kind. */
export interface Suspicion {
  readonly rule: AlertAbout;
  readonly deviceId: string;
  readonly moduleId: string;
  /** Tells two alerts of one rule, device and day apart. */
  readonly entity: string;
  readonly at: number;
  /** When the hub received what made it fire. */
  readonly receivedAt: number;
  readonly title: string;
  readonly reason: string;
  readonly hits: number;
  /** The payload item that made it fire. */
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly next: readonly NextQuery[];
  /** The suppression that keeps it from waking anybody. */
  readonly suppressedBy?: string;
}

/** Alerts of one device that go together. */
export interface Incident {
  readonly deviceId: string;
  readonly at: number;
  readonly severity: string;
  readonly tactics: readonly string[];
  readonly title: string;
  readonly reason: string;
  /** The alerts it is made of, oldest first. */
  readonly members: readonly object[];
}

const EVIDENCE = 20;
const PER_DEVICE_AND_DAY = 1_000;
const KEPT_DAYS = 2;
const DAY_MS = 86_400_000;
const actions = {
  acknowledge: "Acknowledged",
  assign: "Assigned",
  comment: "Commented",
  close: "Closed",
  reopen: "Reopened",
} as const;

/** What the book keeps in a snapshot. */
export interface SavedAlerts {
  readonly open: readonly AlertRow[];
  readonly keys: readonly (readonly [string, string])[];
  readonly counts: readonly (readonly [string, number])[];
  /** Alerts that were told to be late, with what. */
  readonly late?: readonly string[];
}

/**
 * Joins suspicions into alerts: one per rule, device, entity and day. Ids are made of those, so that a replay of the
 * stream makes the same ones.
 */
export class AlertBook {
  readonly #hubName: string;
  readonly #recorder: Recorder;
  /** Alerts of today and yesterday by id. */
  readonly #alerts = new Map<string, AlertRow>();
  /** The present alert's id by rule, device, entity and day. */
  readonly #keys = new Map<string, string>();
  /** New alerts by rule, device and day. */
  readonly #counts = new Map<string, number>();
  readonly #changed = new Map<string, AlertRow>();
  readonly #late = new Set<string>();
  #history: HistoryRow[] = [];
  /** Told of each new alert. */
  onMade: (alert: AlertRow, at: number) => void = () => {};

  constructor(hubName: string, recorder: Recorder) {
    this.#hubName = hubName;
    this.#recorder = recorder;
  }

  raise(suspicion: Suspicion): void {
    const { rule, deviceId, entity, receivedAt } = suspicion;
    const day = new Date(receivedAt).toISOString().slice(0, 10);
    const key = `${rule.id}\n${deviceId}\n${entity}\n${day}`;
    const present = this.#alerts.get(this.#keys.get(key) ?? "");
    ruleFired(this.#recorder, { rule: rule.id }, 1, { deviceId });
    if (!present) this.#make(suspicion, key, 0);
    else if (present.Status !== "Closed") this.#repeat(present, suspicion);
    else if (isSettled(present) && !(isSuppressed(present) && suspicion.suppressedBy === undefined))
      this.#count(present, suspicion);
    else this.#make(suspicion, key, generationOf(present) + 1);
  }

  /** Applies what a person decided; `stored` holds alerts that the book no longer keeps. */
  decide(decision: Decision, at: number, stored: ReadonlyMap<string, AlertRow>): void {
    for (const id of decision.alertIds) {
      const alert = this.#alerts.get(id) ?? stored.get(id);
      if (alert) this.#apply(alert, decision, at);
    }
  }

  /** Ids that the book does not keep; their rows must be read for `decide`. */
  unknown(ids: readonly string[]): string[] {
    return ids.filter((id) => !this.#alerts.has(id));
  }

  /** Hands over what changed since the last call. */
  take(): { alerts: AlertRow[]; history: HistoryRow[] } {
    const taken = { alerts: [...this.#changed.values()], history: this.#history };
    this.#changed.clear();
    this.#history = [];
    return taken;
  }

  /** Makes an incident, or brings the one with this id up to date; answers its id. A closed one is followed by a new one. */
  incident(id: string, incident: Incident): string {
    const present = this.#alerts.get(id);
    const now = new Date(incident.at).toISOString();
    const isOpen = present !== undefined && present.Status !== "Closed";
    const own = isOpen ? id : idOf(`${this.#hubName}\nincident\n${incident.deviceId}\n${now}`);
    const row = {
      ...(isOpen ? present : madeIncident(own, now, this.#hubName)),
      ...describeIncident(incident),
    };
    this.#keep({ ...row, TimeGenerated: now, EndTime: now });
    if (!isOpen) {
      const { at, reason } = incident;
      this.#write({ alert: row, action: "Created", actor: "picket", from: "", at, reason, details: {} });
    }
    return own;
  }

  /** Tells once of each alert that is late with something. */
  watchClocks(now: number, late: (alert: AlertRow) => string | undefined): void {
    for (const [id, alert] of this.#alerts) {
      const what = late(alert);
      if (what === undefined || this.#late.has(`${id}\n${what}`)) continue;
      this.#late.add(`${id}\n${what}`);
      const reason = `Nobody did ${what} it in time.`;
      const from = alert.Status ?? "";
      this.#keep({ ...alert, TimeGenerated: new Date(now).toISOString() });
      this.#write({
        alert,
        action: "Overdue",
        actor: "picket",
        from,
        at: now,
        reason,
        details: { Late: what },
      });
    }
  }

  /** Forgets days that are over; their alerts stay in the tables. */
  forget(now: number): void {
    const oldest = new Date(now - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10);
    const isOver = (key: string): boolean => key.slice(-10) < oldest;
    for (const key of this.#keys.keys()) if (isOver(key)) this.#keys.delete(key);
    for (const [id, { ProcessingEndTime = "" }] of this.#alerts)
      if (ProcessingEndTime.slice(0, 10) < oldest) this.#alerts.delete(id);
    for (const key of this.#counts.keys()) if (isOver(key)) this.#counts.delete(key);
    for (const key of this.#late)
      if (!this.#alerts.has(key.slice(0, key.indexOf("\n")))) this.#late.delete(key);
  }

  save(): SavedAlerts {
    return {
      open: [...this.#alerts.values()],
      keys: [...this.#keys],
      counts: [...this.#counts],
      late: [...this.#late],
    };
  }

  restore({ open, keys, counts, late = [] }: SavedAlerts): void {
    for (const key of late) this.#late.add(key);
    for (const alert of open) this.#alerts.set(alert.SystemAlertId ?? "", alert);
    for (const [key, id] of keys) this.#keys.set(key, id);
    for (const [key, count] of counts) this.#counts.set(key, count);
  }

  #make(suspicion: Suspicion, key: string, generation: number): void {
    const { rule, deviceId, receivedAt, moduleId, hits } = suspicion;
    const counted = `${rule.id}\n${deviceId}\n${key.slice(-10)}`;
    const count = (this.#counts.get(counted) ?? 0) + 1;
    this.#counts.set(counted, count);
    if (count > PER_DEVICE_AND_DAY) {
      alertsCapped(this.#recorder, { rule: rule.id });
      return;
    }
    const id = idOf(`${this.#hubName}\n${key}\n${generation}`);
    const now = new Date(receivedAt).toISOString();
    const alert: AlertRow = {
      ...describe(suspicion),
      TimeGenerated: now,
      SystemAlertId: id,
      ...(suspicion.suppressedBy === undefined
        ? { Status: "New" }
        : { Status: "Closed", StatusReason: `suppressed: ${suspicion.suppressedBy}` }),
      EventCount: hits,
      StartTime: new Date(suspicion.at).toISOString(),
      EndTime: new Date(suspicion.at).toISOString(),
      ProcessingEndTime: now,
      ResourceId: this.#hubName.toLowerCase(),
      VendorOriginalId: `${rule.id}/${generation}`,
      AlertLink: `/alerts/${id}`,
      Evidence: [suspicion.evidence],
      Ancestry: ancestryOf(suspicion.evidence),
      IsIncident: false,
    };
    this.#keys.set(key, id);
    this.#keep(alert);
    this.onMade(alert, receivedAt);
    const named = moduleId === "" ? {} : { ModuleId: moduleId };
    this.#write({
      alert,
      action: suspicion.suppressedBy === undefined ? "Created" : "Suppressed",
      actor: "picket",
      from: "",
      at: receivedAt,
      reason: suspicion.reason,
      details: { ...named, EventCount: hits },
    });
  }

  #repeat(alert: AlertRow, { at, hits, evidence, receivedAt }: Suspicion): void {
    const before = (Array.isArray(alert.Evidence) ? alert.Evidence : []) as unknown[];
    // The first and the latest tell the most; the middle is what the tables are for.
    const kept = before.length < EVIDENCE ? before : [before[0], ...before.slice(2)];
    const iso = new Date(at).toISOString();
    this.#keep({
      ...alert,
      TimeGenerated: new Date(receivedAt).toISOString(),
      EventCount: (alert.EventCount ?? 0) + hits,
      StartTime: earlier(iso, alert.StartTime ?? iso),
      EndTime: earlier(iso, alert.EndTime ?? iso) === iso ? (alert.EndTime ?? iso) : iso,
      Evidence: [...kept, evidence],
    });
  }

  /** Closed as harmless today: it is counted on the closed alert and wakes nobody. */
  #count(alert: AlertRow, { hits }: Suspicion): void {
    this.#keep({ ...alert, EventCount: (alert.EventCount ?? 0) + hits });
  }

  #apply(alert: AlertRow, { action, actor, reason, owner, disposition }: Decision, at: number): void {
    const from = alert.Status ?? "";
    const now = new Date(at).toISOString();
    const status = { acknowledge: "InProgress", assign: from, comment: from, close: "Closed", reopen: "New" }[
      action
    ];
    const next: AlertRow = { ...alert, Status: status, TimeGenerated: now };
    if (action === "assign" || (action === "acknowledge" && !alert.Owner)) next.Owner = owner ?? actor;
    if (action === "close")
      next.StatusReason = [disposition ?? "other", reason].filter((part) => part !== "").join(": ");
    if (action === "reopen") next.StatusReason = "";
    this.#keep(next);
    const details = {
      ...(owner === undefined ? {} : { Owner: owner }),
      ...(disposition === undefined ? {} : { Disposition: disposition }),
    };
    this.#write({ alert: next, action: actions[action], actor, from, at, reason, details });
  }

  #keep(alert: AlertRow): void {
    this.#alerts.set(alert.SystemAlertId ?? "", alert);
    this.#changed.set(alert.SystemAlertId ?? "", alert);
  }

  #write(entry: {
    alert: AlertRow;
    action: string;
    actor: string;
    from: string;
    at: number;
    reason: string;
    details: object;
  }): void {
    const { alert, action, actor, from, at, reason, details } = entry;
    this.#history.push({
      TimeGenerated: new Date(at).toISOString(),
      SystemAlertId: alert.SystemAlertId ?? "",
      Action: action,
      Actor: actor,
      FromStatus: from,
      ToStatus: alert.Status ?? "",
      Reason: reason,
      Details: details,
    });
  }
}

/** ISO texts in UTC are in order of time. */
const earlier = (one: string, other: string): string => (one < other ? one : other);

const isSettled = ({ StatusReason = "" }: AlertRow): boolean =>
  /^(?:falsePositive|benignPositive|suppressed)\b/.test(StatusReason);
const isSuppressed = ({ StatusReason = "" }: AlertRow): boolean => StatusReason.startsWith("suppressed:");
const generationOf = ({ VendorOriginalId = "" }: AlertRow): number =>
  Number(VendorOriginalId.split("/").at(-1) ?? 0);

/** A name that any replay makes again, in the form of a GUID. */
function idOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** What a suspicion says, in the alert's columns. */
function describe({ rule, deviceId, moduleId, title, reason, evidence, next }: Suspicion): AlertRow {
  return {
    AlertName: rule.name,
    DisplayName: title,
    AlertType: rule.alertType,
    AlertSeverity: rule.severity,
    Description: rule.about,
    Reason: reason,
    DeviceId: deviceId,
    ModuleId: moduleId,
    CompromisedEntity: deviceId,
    RuleId: rule.id,
    RemediationSteps: rule.remediation,
    Tactics: rule.tactics.join(", "),
    Techniques: rule.techniques.join(", "),
    ConfidenceLevel: levelOf(rule.confidence ?? USUAL),
    ConfidenceScore: rule.confidence ?? USUAL,
    ProductComponentName: "rules",
    NextQueries: next,
    ExtendedProperties: JSON.stringify({
      DeviceId: deviceId,
      ...textsOf(evidence),
      ...countryOf(evidence),
      ...authorOf(rule),
    }),
    Entities: JSON.stringify(entitiesOf(deviceId, evidence)),
  };
}

/** Where the other end is registered, for an address that is public. */
function countryOf({ RemoteAddress }: Readonly<Record<string, unknown>>): Record<string, string> {
  const place = typeof RemoteAddress === "string" ? placeOf(RemoteAddress) : undefined;
  return place ? { RemoteCountry: place.country } : {};
}

/** A rule's licence may ask that every message made of it names who wrote it. */
function authorOf({ origin }: AlertAbout): Record<string, string> {
  if (!origin || origin.form === "builtIn") return {};
  const { author, source, licence } = origin;
  return { RuleAuthor: author, RuleSource: source, RuleLicence: licence };
}

const USUAL = 0.7;
const levelOf = (confidence: number): string =>
  confidence >= 0.8 ? "High" : confidence >= 0.4 ? "Medium" : "Low";

const shownFields = [
  "CommandLine",
  "Executable",
  "UserName",
  "UserId",
  "ProcessId",
  "ParentProcessId",
  "RemoteAddress",
  "RemotePort",
  "LocalPort",
  "ipAddress",
];

const textsOf = (item: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    shownFields.filter((field) => item[field] !== undefined).map((field) => [field, String(item[field])]),
  );

function entitiesOf(deviceId: string, item: Readonly<Record<string, unknown>>): object[] {
  const entities: object[] = [{ $id: "1", Type: "iotdevice", DeviceId: deviceId }];
  if (item.CommandLine !== undefined)
    entities.push({
      $id: "2",
      Type: "process",
      CommandLine: item.CommandLine,
      ProcessId: String(item.ProcessId ?? ""),
    });
  if (item.UserName !== undefined) entities.push({ $id: "3", Type: "account", Name: item.UserName });
  if (item.RemoteAddress !== undefined) entities.push({ $id: "4", Type: "ip", Address: item.RemoteAddress });
  return entities;
}

/** The process and those it descends from, nearest first, as the agent saw them. */
function ancestryOf(item: Readonly<Record<string, unknown>>): object[] {
  if (item.Executable === undefined && item.CommandLine === undefined) return [];
  const { ProcessId, Executable, CommandLine, UserName, ExtraDetails } = item;
  const self = { ProcessId, Executable, CommandLine, UserName };
  const details =
    typeof ExtraDetails === "object" && ExtraDetails !== null
      ? (ExtraDetails as Record<string, unknown>)
      : {};
  try {
    const above: unknown = JSON.parse(String(details.Ancestry ?? "[]"));
    return [self, ...(Array.isArray(above) ? above.slice(0, 16) : [])];
  } catch {
    return [self];
  }
}

/** What every incident says of itself when it begins. */
const madeIncident = (id: string, now: string, hubName: string): AlertRow => ({
  SystemAlertId: id,
  AlertName: "Incident",
  AlertType: "Picket_Incident",
  RuleId: "incident",
  Description: "Alerts of one device that follow each other as the steps of an attack do.",
  RemediationSteps: "Isolate the device, keep its evidence, and look at the alerts in their order.",
  Status: "New",
  StartTime: now,
  ProcessingEndTime: now,
  ResourceId: hubName.toLowerCase(),
  VendorOriginalId: "incident/0",
  AlertLink: `/alerts/${id}`,
  ModuleId: "",
  IsIncident: true,
  ProductComponentName: "incidents",
  ConfidenceLevel: "Medium",
  ConfidenceScore: USUAL,
  NextQueries: [],
});

const describeIncident = ({ deviceId, severity, tactics, title, reason, members }: Incident): AlertRow => ({
  DisplayName: title,
  AlertSeverity: severity,
  Reason: reason,
  DeviceId: deviceId,
  CompromisedEntity: deviceId,
  Tactics: tactics.join(", "),
  EventCount: members.length,
  Evidence: [...members],
  Entities: JSON.stringify([{ $id: "1", Type: "iotdevice", DeviceId: deviceId }]),
  ExtendedProperties: JSON.stringify({ DeviceId: deviceId, Alerts: members.length }),
  ExtendedLinks: JSON.stringify(members.map((member) => `/alerts/${Reflect.get(member, "SystemAlertId")}`)),
});
