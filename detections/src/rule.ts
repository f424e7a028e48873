import type { EventName, OperationCause } from "@picket/schema";

/** Alert severities. */
export type Severity = "High" | "Medium" | "Low" | "Informational";

/** Where rules look: events of devices, and operations of the hub. */
export type RuleSource = EventName | "Operation";

/** What rules look at: one payload item, or one operation of the hub, on its device. */
export interface RuleEvent {
  readonly deviceId: string;
  readonly moduleId: string;
  /** An event name, or `Operation`. */
  readonly name: RuleSource;
  /** When it happened, milliseconds since 1970. */
  readonly at: number;
  /** How many happenings it stands for; aggregated events stand for many. */
  readonly hits: number;
  readonly item: Readonly<Record<string, unknown>>;
}

/** A text field of an event; empty when it is absent or no text. */
export const textOf = (event: RuleEvent, field: string): string => {
  const value = event.item[field];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};

/** A question an analyst asks next, and the query that answers it. */
export interface NextQuery {
  readonly Question: string;
  readonly Query: string;
}

/** What all rules say of themselves. */
interface About {
  /** Kebab-case, the file's name: what happened. */
  readonly id: string;
  /** Alert type of the original, spelling included, or one of our own. */
  readonly alertType: string;
  /** Alert name of the original, or one of our own. */
  readonly name: string;
  readonly severity: Severity;
  /** What it looks for and why it matters, for people. */
  readonly about: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly remediation: string;
  /** What harmless things may look like it, and how to tell. */
  readonly falsePositives?: readonly string[];
  /** What it waits for that not every device sends, in a sentence's part: "the agent's file events". */
  readonly needs?: string;
}

/** A case's event: the parts of a payload item that matter, and when it happens. */
export interface CaseEvent {
  readonly item: Readonly<Record<string, unknown>>;
  /** The device it comes from, when several matter. */
  readonly deviceId?: string;
  /** Minutes after the case begins. */
  readonly minute?: number;
  readonly hits?: number;
}

/** An example that is run as a test and shown in the console. */
export interface Case {
  readonly name: string;
  readonly events: readonly CaseEvent[];
  /** How many alerts it makes. */
  readonly alerts: number;
}

/** Lower-case literals of a field, one of which, or of the words, occurs in whatever matches. */
export interface Witness {
  readonly field: string;
  readonly anyOf: readonly string[];
  /** Literals that count only where they are no part of a longer word. */
  readonly words?: readonly string[];
}

/** The witnesses of a rule as a list. */
export const witnessesOf = ({ witness }: Pick<MatchRule, "witness">): readonly Witness[] =>
  witness === undefined ? [] : "field" in witness ? [witness] : witness;

/** Fires when an event matches, or when enough of them do within a span of time. */
export interface MatchRule extends About {
  readonly kind: "match";
  readonly reads: RuleSource;
  /** What must occur for `matches` to be asked at all; of several fields, one is enough. */
  readonly witness?: Witness | readonly Witness[];
  /** The part of the event that matched, for the sentence; undefined when it does not match. */
  matches(event: RuleEvent): string | undefined;
  /** What tells two alerts of one device and day apart, such as the command. */
  entity(event: RuleEvent): string;
  /** Fires when at least so many hits of one entity fall within the span. */
  readonly threshold?: {
    readonly count: number;
    readonly minutes: number;
    /** Counts different values instead of hits: many different questions are a search, the same one again is a script. */
    distinct?(event: RuleEvent): string;
  };
  /** With a threshold: counts what all devices do together instead of each alone. */
  readonly isFleetWide?: boolean;
  /** With a threshold: fires only when this follows it, such as the success after many failures. */
  completes?(event: RuleEvent): boolean;
  title(event: RuleEvent): string;
  /** Why it fired, with this event's values. `hits` is the number counted within the span. */
  reason(event: RuleEvent, matched: string, hits: number): string;
  next?(event: RuleEvent): readonly NextQuery[];
  readonly cases: readonly Case[];
}

/** A difference between two snapshots that is worth an alert. */
export interface Difference {
  readonly entity: string;
  readonly title: string;
  readonly reason: string;
}

/** Fires on what changed between two snapshots of one device. */
export interface SnapshotRule extends About {
  readonly kind: "snapshot";
  readonly reads: RuleSource;
  /** What is remembered of an item: a key, and a value that may change. */
  remember(item: Readonly<Record<string, unknown>>): readonly [key: string, value: string];
  compare(
    deviceId: string,
    before: ReadonlyMap<string, string>,
    after: ReadonlyMap<string, string>,
  ): readonly Difference[];
  readonly cases: readonly {
    readonly name: string;
    readonly before: readonly object[];
    readonly after: readonly object[];
    readonly alerts: number;
  }[];
}

/** Fires when a device that spoke has been silent for long. */
export interface SilenceRule extends About {
  readonly kind: "silence";
  readonly hours: number;
  title(deviceId: string): string;
  reason(deviceId: string, hours: number): string;
}

/** What threat intelligence knew: an indicator that something on a device matched. */
export interface Sighting {
  readonly deviceId: string;
  /** What was seen, such as an address. */
  readonly observed: string;
  /** Where it was seen: the event's name and field. */
  readonly where: string;
  readonly source: string;
  readonly description: string;
}

/** Fires when something on a device is on a list of threat intelligence. */
export interface IndicatorRule extends About {
  readonly kind: "indicator";
  /** Kinds of indicators it speaks about. */
  readonly observes: readonly ("address" | "domain" | "url" | "hash")[];
  /** Events in which they are looked for. */
  readonly reads: readonly RuleSource[];
  title(sighting: Sighting): string;
  reason(sighting: Sighting): string;
}

/** One thing that is bad and how to see it. */
export type Rule = MatchRule | SnapshotRule | SilenceRule | IndicatorRule;

/** Where a rule looks, in words. */
export function sourcesOf(rule: Rule): readonly string[] {
  if (rule.kind === "silence") return ["silence"];
  return rule.kind === "indicator" ? rule.reads : [rule.reads];
}

/** What fires a rule and what does not, as its cases say. */
export const casesOf = (rule: Rule): { name: string; alerts: number }[] =>
  rule.kind === "silence" || rule.kind === "indicator"
    ? []
    : rule.cases.map(({ name, alerts }) => ({ name, alerts }));

/** Gives the compiler the type while keeping the rule a plain object. */
export const rule = <const R extends Rule>(definition: R): R => definition;

/** Who did it, as a sentence's subject. */
export const userOf = (event: RuleEvent): string =>
  textOf(event, "UserName") || (textOf(event, "UserId") ? `User ${textOf(event, "UserId")}` : "Somebody");

/** A text in quotes, shortened for a sentence. */
export const shown = (text: string): string => `"${text.length > 160 ? `${text.slice(0, 157)}…` : text}"`;

/** The cause an operation failed for. */
export const causeOf = (event: RuleEvent): OperationCause => (event.item.cause ?? "") as OperationCause;
