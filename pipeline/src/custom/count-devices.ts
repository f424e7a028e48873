import type { CountedThing } from "@picket/detections";
import type { DeviceCounters, Protocol, ProtocolCounters } from "@picket/schema";
import type { Suspicion } from "../books/alert-book.js";
import type { Origin } from "../engine/engine-rule.js";
import { customOrigin } from "./list-rules.js";
import type { Membership } from "./membership.js";
import type { CountRule, SecurityGroup } from "./read-group.js";

/** A count of one device: rule, device, start of the window, count, and whether the window was told of. */
export type SavedCount = readonly [
  rule: string,
  deviceId: string,
  start: number,
  count: number,
  told: boolean,
  before: number,
];

interface Count {
  start: number;
  count: number;
  told: boolean;
  /** The count of the window before. */
  before: number;
}

interface Watched {
  readonly id: string;
  readonly group: SecurityGroup;
  readonly rule: CountRule;
  readonly since: number;
}

const opened = (start: number, present: Count | undefined, windowMs: number): Count => ({
  start,
  count: 0,
  told: false,
  before: present?.start === start - windowMs ? present.count : 0,
});

/** The hub tells of a minute when it is over; a window is judged when the last of its minutes has surely come. */
const GRACE_MS = 120_000;

const overs: Readonly<Record<string, readonly Protocol[]>> = {
  amqp: ["Amqp", "AmqpWs"],
  mqtt: ["Mqtt", "MqttWs"],
  http: ["Https"],
};
const measures: Readonly<Record<string, keyof ProtocolCounters>> = {
  Messages: "messages",
  Commands: "commandsDelivered",
  CommandsRejected: "commandsRejected",
};

/** What a device did of a counted thing in one minute at the hub. */
function countOf(thing: CountedThing, counters: DeviceCounters): number {
  const found = /^(amqp|mqtt|http)(\w+)$/.exec(thing);
  if (found) {
    const measure = measures[found[2]!]!;
    return overs[found[1]!]!.reduce(
      (total, protocol) => total + (counters.protocols[protocol]?.[measure] ?? 0),
      0,
    );
  }
  if (thing === "unauthorized")
    return Object.values(counters.protocols).reduce((total, each) => total + each.unauthorized, 0);
  if (
    thing === "methodCalls" ||
    thing === "fileUploads" ||
    thing === "queuePurges" ||
    thing === "twinUpdates"
  )
    return counters[thing];
  return 0;
}

/** Counts what devices of a group do within windows of time, and tells of counts outside of their range. */
export class DeviceCounts {
  readonly #members: Membership;
  readonly #raise: (suspicion: Suspicion) => void;
  #watched: readonly Watched[] = [];
  readonly #counts = new Map<string, Map<string, Count>>();
  readonly #judged = new Map<string, number>();

  constructor(members: Membership, raise: (suspicion: Suspicion) => void) {
    this.#members = members;
    this.#raise = raise;
  }

  /** Watches other groups; what was counted for rules that stay goes on. */
  use(groups: readonly { readonly group: SecurityGroup; readonly since: number }[]): void {
    this.#watched = groups.flatMap(({ group, since }) =>
      group.counts.map((rule) => ({
        id: `${group.name}/${rule.type.ruleType}/${rule.windowMs}`,
        group,
        rule,
        since,
      })),
    );
    const kept = new Set(this.#watched.map(({ id }) => id));
    for (const id of this.#counts.keys()) if (!kept.has(id)) this.#counts.delete(id);
    for (const id of this.#judged.keys()) if (!kept.has(id)) this.#judged.delete(id);
  }

  /** A minute of a device at the hub. */
  counters(deviceId: string, counters: DeviceCounters): void {
    const at = Date.parse(counters.minute);
    if (Number.isNaN(at)) return;
    for (const watched of this.#watched) {
      const by = countOf(watched.rule.type.counts, counters);
      if (by > 0) this.#count(watched, deviceId, at, by);
    }
  }

  /** Something a device's agent saw. */
  saw(
    thing: "connections" | "failedLogins",
    deviceId: string,
    { at, hits }: { at: number; hits: number },
  ): void {
    for (const watched of this.#watched)
      if (watched.rule.type.counts === thing) this.#count(watched, deviceId, at, hits);
  }

  /** Judges the windows that are over: a device that did too little is known only then. */
  tick(now: number): void {
    for (const watched of this.#watched) {
      const { windowMs, min } = watched.rule;
      const start = Math.floor((now - GRACE_MS) / windowMs) * windowMs - windowMs;
      if (this.#judged.get(watched.id) === start) continue;
      this.#judged.set(watched.id, start);
      if (min === 0 || start < watched.since) continue;
      const counts = this.#counts.get(watched.id);
      for (const [deviceId, since] of this.#members.of(watched.group.name)) {
        if (since > start) continue;
        const count = counts?.get(deviceId);
        if (count && count.start > start + windowMs) continue;
        const isNext = count?.start === start + windowMs;
        const found = isNext ? count.before : count?.start === start ? count.count : 0;
        if (found < min) this.#tell(watched, deviceId, { start, count: found, at: now });
      }
    }
  }

  save(): { counts: SavedCount[]; judged: (readonly [string, number])[] } {
    const counts = [...this.#counts].flatMap(([id, devices]) =>
      [...devices].map(
        ([deviceId, { start, count, told, before }]): SavedCount => [
          id,
          deviceId,
          start,
          count,
          told,
          before,
        ],
      ),
    );
    return { counts, judged: [...this.#judged] };
  }

  restore({ counts, judged }: ReturnType<DeviceCounts["save"]>): void {
    for (const [id, deviceId, start, count, told, before] of counts)
      this.#of(id).set(deviceId, { start, count, told, before });
    for (const [id, start] of judged) this.#judged.set(id, start);
  }

  #of(id: string): Map<string, Count> {
    const present = this.#counts.get(id) ?? new Map<string, Count>();
    this.#counts.set(id, present);
    return present;
  }

  #count(watched: Watched, deviceId: string, at: number, by: number): void {
    if (this.#members.groupOf(deviceId) !== watched.group.name) return;
    const { windowMs, max } = watched.rule;
    const start = Math.floor(at / windowMs) * windowMs;
    const counts = this.#of(watched.id);
    const present = counts.get(deviceId);
    if (present && start < present.start) return;
    const count = present?.start === start ? present : opened(start, present, windowMs);
    counts.set(deviceId, count);
    count.count += by;
    if (count.count <= max || count.told) return;
    count.told = true;
    this.#tell(watched, deviceId, { start, count: count.count, at });
  }

  #tell(
    { group, rule }: Watched,
    deviceId: string,
    found: { start: number; count: number; at: number },
  ): void {
    const { type, min, max, windowMs } = rule;
    const window = `${windowMs / 60_000} minutes from ${new Date(found.start).toISOString()}`;
    const origin: Origin = customOrigin(group.name);
    this.#raise({
      rule: {
        id: `custom/${group.name}/${type.ruleType}`,
        alertType: `IoT_CA_${type.ruleType}`,
        name: type.alertTitle,
        severity: "Low",
        about: type.description,
        tactics: [],
        techniques: [],
        remediation: type.remediation,
        origin,
      },
      deviceId,
      moduleId: "",
      entity: new Date(found.start).toISOString(),
      at: found.at,
      receivedAt: found.at,
      title: `${deviceId}: ${found.count} ${type.what}, ${found.count > max ? `more than ${max}` : `fewer than ${min}`}`,
      reason: `${found.count} ${type.what} in the ${window}; the security group ${group.name} allows ${min} to ${max}.`,
      hits: 1,
      evidence: {
        Count: found.count,
        Minimum: min,
        Maximum: max,
        WindowStart: new Date(found.start).toISOString(),
      },
      next: [],
    });
  }
}
