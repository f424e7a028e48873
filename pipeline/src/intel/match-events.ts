import { type IndicatorRule, type RuleEvent, type Sighting, textOf } from "@picket/detections";
import type { AlertAbout, Suspicion } from "../books/alert-book.js";
import type { IntelBook, Match } from "./intel-book.js";
import { type Observable, observablesOf } from "./observables.js";

/** The rule for what no rule of the content speaks about. */
const anyIndicator: IndicatorRule = {
  kind: "indicator",
  id: "indicator-seen",
  alertType: "Picket_IndicatorSeen",
  name: "Indicator of threat intelligence seen",
  severity: "Medium",
  about: "Something on a device is on a list of threat intelligence.",
  tactics: ["Command and Control"],
  techniques: ["T1071"],
  remediation:
    "Find out which program it belongs to. If nobody knows it, isolate the device and keep the evidence.",
  observes: ["address", "domain", "url", "hash"],
  reads: [],
  title: ({ observed, deviceId }) => `${observed} of a threat list was seen on ${deviceId}`,
  reason: ({ observed, where, source, description }) =>
    `${observed} in ${where} is on ${source}${description === "" ? "" : `: ${description}`}.`,
};

/** Looks for indicators in events and tells of each with the rule that speaks about it. */
export class EventMatching {
  readonly #rules: readonly IndicatorRule[];
  readonly #book: IntelBook;

  constructor(rules: readonly IndicatorRule[], book: IntelBook) {
    this.#rules = rules;
    this.#book = book;
  }

  /** What is suspected because of an event; nothing is looked at while there are no indicators. */
  look(event: RuleEvent, receivedAt: number): Suspicion[] {
    if (this.#book.isEmpty) return [];
    const told = new Set<string>();
    return observablesOf(event).flatMap((observable) => {
      const match = told.has(observable.value) ? undefined : this.#book.find(observable, event.at);
      if (!match) return [];
      told.add(observable.value);
      return [this.#suspect(event, receivedAt, { observable, match })];
    });
  }

  #suspect(
    event: RuleEvent,
    receivedAt: number,
    { observable, match }: { observable: Observable; match: Match },
  ): Suspicion {
    const rule = this.#ruleFor(observable, event);
    const { deviceId, moduleId, at, hits, item } = event;
    const sighting: Sighting = {
      deviceId,
      observed: observable.value,
      where: `${event.name}.${observable.field}`,
      source: match.set,
      description: [match.entry.threat, match.entry.description].filter((text) => text !== "").join(", "),
    };
    return {
      rule: aboutOf(rule, match),
      deviceId,
      moduleId,
      entity: observable.value,
      at,
      receivedAt,
      title: rule.title(sighting),
      reason: rule.reason(sighting),
      hits,
      evidence: {
        ...item,
        RawEventName: event.name,
        TimeStamp: new Date(at).toISOString(),
        Indicator: { Value: match.matched, Observed: observable.value, Set: match.set, ...wordsOn(match) },
      },
      next: whereElse(observable, event),
    };
  }

  #ruleFor({ kind }: Observable, { name }: RuleEvent): IndicatorRule {
    const speaking = this.#rules.filter(({ observes }) => observes.includes(kind));
    return speaking.find(({ reads }) => reads.includes(name)) ?? anyIndicator;
  }
}

const wordsOn = ({ entry, confidence }: Match): object => ({
  Type: entry.type,
  Confidence: Math.round(confidence),
  Threat: entry.threat,
  Description: entry.description,
});

const aboutOf = (rule: IndicatorRule, match: Match): AlertAbout => ({
  id: rule.id,
  alertType: rule.alertType,
  name: rule.name,
  severity: rule.severity,
  about: rule.about,
  tactics: rule.tactics,
  techniques: rule.techniques,
  remediation: rule.remediation,
  origin: { form: "intel", author: "", source: match.set, licence: "" },
  confidence: match.confidence / 100,
});

const whereElse = ({ value }: Observable, event: RuleEvent): Suspicion["next"] => [
  {
    Question: "Which other devices met it in the last seven days?",
    Query: `SecurityIoTRawEvent\n| where TimeGenerated > ago(7d) and EventDetails contains ${JSON.stringify(value)}\n| summarize Events = count(), First = min(TimeStamp), Last = max(TimeStamp) by DeviceId, RawEventName\n| order by Events desc`,
  },
  {
    Question: "What did this device start in the half hour around it?",
    Query: `SecurityIoTRawEvent\n| where DeviceId == ${JSON.stringify(textOf(event, "DeviceId") || event.deviceId)} and RawEventName == "ProcessCreate"\n| where TimeStamp between (datetime(${new Date(event.at).toISOString()}) - 30m .. datetime(${new Date(event.at).toISOString()}) + 30m)\n| extend Details = parse_json(EventDetails)\n| project TimeStamp, CommandLine = tostring(Details.CommandLine), UserName = tostring(Details.UserName)\n| order by TimeStamp asc`,
  },
];
