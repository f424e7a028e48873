import { type RuleEvent, recommendations, rules } from "@picket/detections";
import type { Recorder } from "@picket/kit";
import {
  type AuditEntry,
  type Decision,
  type DeviceCounters,
  type DeviceSnapshot,
  decodeProperties,
  decodeRecords,
  type HubSnapshot,
  type Hunt,
  isEventName,
  isMicroAgentMessage,
  type Operation,
  type Reading,
  type ReceivedEvent,
  readMessage,
  readMicroAgent,
  recordKind,
  type Setting,
  type SettingArea,
  type StreamRecord,
  type TableRow,
} from "@picket/schema";
import { AlertDesk } from "./alerts/alert-desk.js";
import { AlertBook } from "./books/alert-book.js";
import { FleetBook } from "./books/fleet-facts.js";
import { PostureBook } from "./books/posture-book.js";
import { RecentIds } from "./books/recent-ids.js";
import { DeviceCounts } from "./custom/count-devices.js";
import { Membership } from "./custom/membership.js";
import { Engine, type Hit } from "./engine/engine.js";
import { type Why, whyOf } from "./engine/why.js";
import { rowsOfChange } from "./intel/indicator-rows.js";
import { type IndicatorSets, IntelBook, readSetInForce } from "./intel/intel-book.js";
import { EventMatching } from "./intel/match-events.js";
import {
  activityRows,
  auditRow,
  deviceRow,
  eventRows,
  messageHead,
  operationRow,
  RowSet,
  rejectedRow,
} from "./rows/make-rows.js";
import { type PackState, RuleBook, type RuleQuery, type RuleState } from "./settings/rule-book.js";
import { type InForce, SettingBook } from "./settings/setting-book.js";
import { batchDamaged, eventsRejected, eventsRepeated, eventsTaken, telemetryPassed } from "./signals.js";
import { SnapshotComparison } from "./stages/compare-snapshots.js";
import { SilenceWatch } from "./stages/watch-silence.js";

/** The rule that a hunt for indicators names. */
const INDICATORS = "indicators";
const FLEET_EVERY_MS = 3_600_000;
const REMEMBERED_IDS = 1_000_000;

/** What a turn made of the stream. */
export interface Outcome {
  readonly rows: RowSet;
  readonly alerts: readonly TableRow<"SecurityAlert">[];
  readonly recommendations: readonly TableRow<"SecurityRecommendation">[];
  readonly rejected: number;
  readonly events: number;
}

/**
 * Everything that is known and concluded from the stream so far. A function of its bytes: no clock, no random, so that a
 * replay ends in the same state.
 */
export class Analysis {
  readonly #hubName: string;
  readonly #recorder: Recorder;
  readonly #settings = new SettingBook();
  readonly #members = new Membership();
  readonly #rules: RuleBook;
  readonly #engine: Engine;
  readonly #counts: DeviceCounts;
  readonly #intel: IntelBook;
  readonly #matching: EventMatching;
  readonly #alerts: AlertBook;
  readonly #desk: AlertDesk;
  readonly #posture: PostureBook;
  readonly #fleet = new FleetBook();
  /** Versions of desired twins, to tell a newer one. */
  readonly #desired = new Map<string, number>();
  #fleetAt = 0;
  readonly #ids = new RecentIds(REMEMBERED_IDS);
  readonly #silence: SilenceWatch;
  readonly #comparison: SnapshotComparison;
  #rows = new RowSet();
  #rejected = 0;
  #events = 0;
  #record: StreamRecord | undefined;
  #huntedAt: number | undefined;
  readonly #fire = (hit: Hit): void => this.#raise(hit);

  constructor(hubName: string, recorder: Recorder, sets?: IndicatorSets) {
    this.#hubName = hubName;
    this.#recorder = recorder;
    this.#rules = new RuleBook(
      rules.filter((rule) => rule.kind === "match"),
      this.#settings,
      { members: this.#members, recorder },
    );
    this.#engine = new Engine(this.#rules.rules(), recorder);
    this.#alerts = new AlertBook(hubName, recorder);
    this.#desk = new AlertDesk(this.#alerts, this.#settings, recorder);
    this.#counts = new DeviceCounts(this.#members, (suspicion) => this.#desk.raise(suspicion));
    this.#intel = new IntelBook(sets, recorder);
    this.#matching = new EventMatching(
      rules.filter((rule) => rule.kind === "indicator"),
      this.#intel,
    );
    this.#posture = new PostureBook(recommendations, hubName);
    this.#silence = new SilenceWatch(rules.filter((rule) => rule.kind === "silence"));
    this.#comparison = new SnapshotComparison(rules.filter((rule) => rule.kind === "snapshot"));
  }

  /** Ids of alerts that a batch's decisions name and that are no longer in memory. */
  wanted(batch: Uint8Array): string[] {
    const decisions = this.#records(batch).filter(({ kind }) => kind === recordKind.decision);
    return decisions.flatMap((record) => this.#alerts.unknown(parse<Decision>(record).alertIds));
  }

  /** Takes a batch in; what it makes is handed over by `take`. */
  read(batch: Uint8Array, stored: ReadonlyMap<string, TableRow<"SecurityAlert">>): void {
    let passed = 0;
    for (const record of this.#records(batch)) {
      this.#record = record;
      if (record.kind === recordKind.message) this.#message(record);
      else if (record.kind === recordKind.operation) this.#operation(record);
      else if (record.kind === recordKind.device) this.#device(record);
      else if (record.kind === recordKind.decision)
        this.#alerts.decide(parse<Decision>(record), record.receivedAt, stored);
      else if (record.kind === recordKind.audit)
        this.#rows.add("PicketAudit", auditRow(record, parse<AuditEntry>(record)));
      else if (record.kind === recordKind.tick) this.#tick(record.receivedAt);
      else if (record.kind === recordKind.telemetry) passed += 1;
      else if (record.kind === recordKind.hub) this.#hub(record);
      else if (record.kind === recordKind.counters) this.#counters(record);
      else if (record.kind === recordKind.hunt) this.#hunt(parse<Hunt>(record));
      else if (record.kind === recordKind.setting) this.#set(parse<Setting>(record), record.receivedAt);
    }
    if (passed > 0) telemetryPassed(this.#recorder, {}, passed);
  }

  /** Hands over what was made since the last call. */
  take(): Outcome {
    const { alerts, history } = this.#alerts.take();
    const changed = this.#posture.take();
    const rows = this.#rows;
    for (const alert of alerts) rows.add("SecurityAlert", alert);
    for (const entry of history) rows.add("SecurityAlertHistory", entry);
    for (const row of changed) rows.add("SecurityRecommendation", row);
    const outcome = {
      rows,
      alerts,
      recommendations: changed,
      rejected: this.#rejected,
      events: this.#events,
    };
    this.#rows = new RowSet();
    this.#rejected = 0;
    this.#events = 0;
    return outcome;
  }

  /** The whole state as bytes: u32 length of a JSON text, the text, then the remembered ids as doubles. */
  save(): Uint8Array {
    const state = {
      version: 2,
      settings: this.#settings.save(),
      members: this.#members.save(),
      counts: this.#counts.save(),
      ...this.#engine.save(),
      alerts: this.#alerts.save(),
      desk: this.#desk.save(),
      posture: this.#posture.save(),
      rolling: this.#posture.saveRolling(),
      fleet: this.#fleet.save(),
      desired: [...this.#desired],
      fleetAt: this.#fleetAt,
      silence: this.#silence.save(),
      snapshots: this.#comparison.save(),
    };
    const text = Buffer.from(JSON.stringify(state));
    const ids = this.#ids.save();
    const bytes = Buffer.alloc(4 + text.byteLength + ids.byteLength);
    bytes.writeUInt32LE(text.byteLength, 0);
    text.copy(bytes, 4);
    bytes.set(new Uint8Array(ids.buffer), 4 + text.byteLength);
    return bytes;
  }

  restore(saved: Uint8Array): void {
    const bytes = Buffer.from(saved);
    const end = 4 + bytes.readUInt32LE(0);
    const state = JSON.parse(bytes.subarray(4, end).toString());
    // The first version knew no settings.
    if (state.version >= 2) {
      this.#settings.restore(state.settings);
      this.#members.restore(state.members);
      this.#watch();
      this.#useIndicators();
      this.#counts.restore(state.counts);
    }
    this.#engine.restore(state);
    this.#alerts.restore(state.alerts);
    if (state.desk) this.#desk.restore(state.desk);
    this.#posture.restore(state.posture, state.rolling ?? []);
    if (state.fleet) this.#fleet.restore(state.fleet);
    for (const [key, version] of state.desired ?? []) this.#desired.set(key, version);
    this.#fleetAt = state.fleetAt ?? 0;
    this.#silence.restore(state.silence);
    this.#comparison.restore(state.snapshots);
    this.#ids.restore(new Float64Array(Uint8Array.from(bytes.subarray(end)).buffer));
  }

  /** The rules that watch, with their state. */
  ruleStates(): RuleState[] {
    return this.#rules.states(this.#engine.troubles());
  }

  /** The rules in force by id, with the query that finds the same in history. */
  queries(): Record<string, RuleQuery> {
    return this.#rules.queries();
  }

  /** Why the rules of an event's kind did or did not match it. */
  why(event: RuleEvent, ruleId: string | undefined): Why[] {
    const { rules: all } = this.#rules.rules();
    return whyOf(ruleId === undefined ? all : all.filter(({ id }) => id === ruleId), event);
  }

  /** How often each exception kept an alert away. */
  exceptionCounts(): [string, number][] {
    return [...this.#desk.exceptionCounts()];
  }

  packs(): PackState[] {
    return this.#rules.packs();
  }

  /** What people set, of one area. */
  settings(area: SettingArea): InForce[] {
    return this.#settings.of(area);
  }

  /** Everything that is set, as `area/name`. */
  settingKeys(): string[] {
    return this.#settings.save().map(({ area, name }) => `${area}/${name}`);
  }

  /** Events of the past that a person gave to a rule: their alerts are of their own day. */
  #hunt({ ruleId, events }: Hunt): void {
    for (const { deviceId, moduleId, name, at, receivedAt, item } of events) {
      this.#huntedAt = receivedAt;
      const event = { deviceId, moduleId, name: name as RuleEvent["name"], at, hits: hitsOf(item), item };
      if (ruleId !== INDICATORS) this.#engine.askOne(ruleId, event, this.#fire);
      else for (const suspicion of this.#matching.look(event, receivedAt)) this.#desk.raise(suspicion);
    }
    this.#huntedAt = undefined;
  }

  #set(setting: Setting, at: number): void {
    if (setting.area === "indicatorSet") this.#showIndicators(setting, at);
    this.#settings.apply(setting, at);
    if (setting.area === "indicatorSet" || setting.area === "indicatorAllowList") this.#useIndicators();
    if (this.#rules.concerns(setting.area)) this.#watch();
    else if (this.#desk.concerns(setting.area)) this.#desk.use();
  }

  /** Rows of what a set brings and takes away. */
  #showIndicators({ name, value }: Setting, at: number): void {
    const before = this.#settings.of("indicatorSet").find((each) => each.name === name);
    const [old, next] = [before?.value, value].map((each) => readSetInForce(name, each));
    const about = { set: name, trust: (next ?? old)?.trust ?? 1, at: new Date(at).toISOString() };
    const shown = (hash: string | undefined) => (hash === undefined ? [] : this.#intel.shown(hash));
    for (const row of rowsOfChange(shown(old?.hash), shown(next?.hash), about))
      this.#rows.add("ThreatIntelligenceIndicator", row);
  }

  #useIndicators(): void {
    this.#intel.use(
      this.#settings.of("indicatorSet").flatMap(({ name, value }) => readSetInForce(name, value) ?? []),
    );
    this.#intel.allow(this.#settings.of("indicatorAllowList").map(({ name }) => name));
  }

  #watch(): void {
    this.#engine.use(this.#rules.rules());
    this.#counts.use(this.#rules.groups);
  }

  #counters(record: StreamRecord): void {
    const counters = parse<DeviceCounters>(record);
    for (const row of activityRows(record, counters)) this.#rows.add("IoTDeviceActivity", row);
    this.#counts.counters(record.deviceId, counters);
  }

  #records(batch: Uint8Array): StreamRecord[] {
    try {
      return [...decodeRecords(batch)];
    } catch (error) {
      batchDamaged(this.#recorder, {}, 1, { error: String(error) });
      return [];
    }
  }

  #message(record: StreamRecord): void {
    const { message, violations } = readBody(record);
    for (const violation of violations) {
      this.#rejected += 1;
      this.#rows.add("SecurityIoTRejected", rejectedRow(record, violation));
      eventsRejected(this.#recorder, { reason: violation.code }, 1, {
        deviceId: record.deviceId,
        field: violation.path,
      });
    }
    this.#silence.heard(record.deviceId, record.receivedAt);
    if (!message) return;
    const head = messageHead(record, message, this.#hubName);
    let repeated = 0;
    for (const event of message.events) {
      if (!this.#ids.isNew(record.deviceId, event.id)) {
        repeated += 1;
        continue;
      }
      eventRows(head, event, this.#rows);
      this.#look(record, event);
    }
    this.#fleet.spoke(record.deviceId, record.receivedAt);
    if (repeated > 0) eventsRepeated(this.#recorder, {}, repeated, { deviceId: record.deviceId });
    this.#events += message.events.length - repeated;
    eventsTaken(this.#recorder, {}, message.events.length - repeated);
  }

  #look(record: StreamRecord, event: ReceivedEvent): void {
    if (!isEventName(event.name)) return;
    if (event.category === "Periodic") {
      const { name, at, items } = event;
      this.#posture.look(record.deviceId, { name, at: record.receivedAt, items });
      this.#comparison.look(record.deviceId, { name, at, receivedAt: record.receivedAt, items }, this.#desk);
    }
    for (const item of event.items) {
      const { deviceId, moduleId } = record;
      const seen = { at: record.receivedAt, hits: hitsOf(item) };
      this.#posture.happened(deviceId, event.name, item, record.receivedAt);
      if (event.name === "ConnectionCreate") this.#counts.saw("connections", deviceId, seen);
      else if (event.name === "Login" && item["Result"] === "Fail")
        this.#counts.saw("failedLogins", deviceId, seen);
      this.#ask({ deviceId, moduleId, name: event.name, at: event.at, hits: seen.hits, item });
    }
  }

  #ask(event: RuleEvent): void {
    this.#engine.ask(event, this.#fire);
    const receivedAt = this.#huntedAt ?? this.#record?.receivedAt ?? event.at;
    for (const suspicion of this.#matching.look(event, receivedAt)) this.#desk.raise(suspicion);
  }

  #operation(record: StreamRecord): void {
    const operation = parse<Operation>(record);
    this.#rows.add("IoTHubOperation", operationRow(record, operation));
    const item = { ...operation };
    const hits = Number(operation.properties?.count ?? 1) || 1;
    const { deviceId, moduleId } = operation;
    this.#posture.happened(deviceId, "Operation", item, record.receivedAt);
    this.#fleet.operation(operation, record.receivedAt);
    this.#ask({ deviceId, moduleId, name: "Operation", at: record.receivedAt, hits, item });
  }

  #device(record: StreamRecord): void {
    const device = parse<DeviceSnapshot>(record);
    this.#rows.add("IoTDevice", deviceRow(record, device));
    this.#members.note(device, record.receivedAt);
    this.#twin(device, record.receivedAt);
    if (device.status !== "enabled" && device.moduleId === "") this.#silence.forget(device.deviceId);
  }

  #twin(device: DeviceSnapshot, at: number): void {
    const key = `${device.deviceId}|${device.moduleId}`;
    const before = this.#desired.get(key);
    this.#fleet.device(device);
    this.#posture.twin(device, before !== undefined && device.desiredVersion > before, at);
    if (device.status === "deleted") this.#desired.delete(key);
    else this.#desired.set(key, device.desiredVersion);
  }

  #hub(record: StreamRecord): void {
    const hub = parse<HubSnapshot>(record);
    this.#fleet.hubIs(hub);
    this.#posture.hub(hub, record.receivedAt);
  }

  #tick(now: number): void {
    if (now - this.#fleetAt >= FLEET_EVERY_MS) {
      this.#fleetAt = now;
      this.#fleet.forget(now);
      this.#posture.fleet(this.#fleet, now);
    }
    this.#silence.tick(now, this.#desk);
    this.#counts.tick(now);
    this.#desk.tick(now);
  }

  #raise({ rule, event, matched, hits }: Hit): void {
    const { deviceId, moduleId, at, item } = event;
    this.#desk.raise({
      rule,
      deviceId,
      moduleId,
      entity: rule.entity(event),
      at,
      receivedAt: this.#huntedAt ?? this.#record?.receivedAt ?? at,
      title: rule.title(event),
      reason: rule.reason(event, matched, hits),
      hits,
      evidence: { ...item, RawEventName: event.name, TimeStamp: new Date(at).toISOString() },
      next: rule.next?.(event) ?? [],
    });
  }
}

/** Messages are JSON but for those of real-time systems, which say so; only what cannot be JSON is asked. */
function readBody({ body, properties }: StreamRecord): Reading {
  const isText = body.byteLength < 8 || body[3] !== 0;
  return isText || !isMicroAgentMessage(decodeProperties(properties))
    ? readMessage(body)
    : readMicroAgent(body);
}

/** The body of a record that the server itself wrote. */
const parse = <T>(record: StreamRecord): T => JSON.parse(new TextDecoder().decode(record.body));

/** Aggregated events say how many happenings they stand for. */
function hitsOf({ ExtraDetails: details }: RuleEvent["item"]): number {
  if (typeof details !== "object" || details === null || !("HitCount" in details)) return 1;
  const hits = Number(details.HitCount);
  return Number.isFinite(hits) && hits >= 1 ? hits : 1;
}
