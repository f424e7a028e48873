import { type RuleEvent, type Severity, textOf } from "@picket/detections";
import { all, type Condition } from "../conditions/condition.js";
import { kqlOf } from "../conditions/print-kql.js";
import { type EngineRule, fromCondition, type Origin } from "../engine/engine-rule.js";
import { mapCondition, mappingOf } from "./mapping.js";
import type { SigmaAbout, SigmaFilter, SigmaRule } from "./read-rule.js";
import { type RulePipeline, transform, withNames } from "./transform.js";

const severities: Readonly<Record<SigmaAbout["level"], Severity>> = {
  critical: "High",
  high: "High",
  medium: "Medium",
  low: "Low",
  informational: "Informational",
};

/** A rule made ready for the engine, or why it cannot fire here. */
export type Compiled =
  | {
      readonly rule: EngineRule;
      readonly fields: Fields;
      readonly kql: string;
      readonly missing: readonly string[];
    }
  | { readonly idle: string };

/** What the fields of a rule are called in our events. */
export type Fields = (name: string) => string | undefined;

/** Words of tags such as `attack.credential-access` and `attack.t1110.001`. */
export function attackOf(tags: readonly string[]): { tactics: string[]; techniques: string[] } {
  const attack = tags.flatMap((tag) => (tag.startsWith("attack.") ? [tag.slice(7)] : []));
  const isTechnique = (word: string): boolean => /^t\d{4}/i.test(word);
  return {
    techniques: attack.filter(isTechnique).map((word) => word.toUpperCase()),
    tactics: attack
      .filter((word) => !isTechnique(word) && !/^[gs]\d{4}/i.test(word))
      .map((word) =>
        word.replace(/(?:^|[-_])([a-z])/g, (_, letter: string) => ` ${letter.toUpperCase()}`).trim(),
      ),
  };
}

const originOf = ({ author, license, file, references }: SigmaAbout): Origin => ({
  form: "sigma",
  author,
  source: references[0] ?? file,
  licence: license,
});

/** What an alert of a Sigma document says of it. */
export function describe(
  about: SigmaAbout,
): Omit<EngineRule, "bind" | "reads" | "entity" | "title" | "reason"> {
  const harmless = about.falsePositives.filter((text) => !/^(?:unknown|unlikely|none)$/i.test(text));
  return {
    id: `sigma/${about.id}`,
    alertType: `Sigma_${about.name || about.id}`,
    name: about.title,
    severity: severities[about.level],
    about: about.description || about.title,
    ...attackOf(about.tags),
    remediation:
      harmless.length === 0
        ? "Ask whoever runs the device whether this was intended."
        : `Ask whoever runs the device whether this was intended. Harmless causes its author knows: ${harmless.join("; ")}.`,
    origin: originOf(about),
  };
}

/** What tells two alerts of one rule, device and day apart. */
export function entityOf(event: RuleEvent): string {
  if (event.name === "ConnectionCreate")
    return `${textOf(event, "RemoteAddress")}:${textOf(event, "RemotePort")}`;
  if (event.name === "Login") return `${textOf(event, "UserName")}@${textOf(event, "RemoteAddress")}`;
  return (
    textOf(event, "CommandLine") ||
    textOf(event, "Executable") ||
    textOf(event, "operationName")
  ).slice(0, 300);
}

const applies = (filter: SigmaFilter, rule: SigmaRule): boolean => {
  if (filter.rules)
    return filter.rules.some((each) => each === rule.id || each === rule.name || each === rule.title);
  const { product, category, service } = filter.logSource;
  return (
    (product === "" || product === rule.logSource.product) &&
    (category === "" || category === rule.logSource.category) &&
    (service === "" || service === rule.logSource.service)
  );
};

/** Compiles a rule with the filters and pipelines that apply to it. */
export function compileRule(
  rule: SigmaRule,
  filters: readonly SigmaFilter[],
  pipelines: readonly RulePipeline[],
): Compiled {
  const narrowed = all([
    rule.condition,
    ...filters.filter((each) => applies(each, rule)).map(({ condition }) => condition),
  ]);
  const { logSource, condition, renamed } = transform(pipelines, rule.logSource, narrowed);
  const mapping = mappingOf(logSource);
  if ("why" in mapping) return { idle: mapping.why };
  const fields = withNames(mapping, renamed);
  const mapped = mapCondition(condition, fields);
  if (mapped.condition.kind === "never")
    return {
      idle: `No event here carries ${mapped.missing.join(", ") || "what it asks for"}, which it cannot do without.`,
    };
  if (mapped.condition.kind === "all" && mapped.condition.of.length === 0)
    return { idle: "It holds for every event." };
  const source =
    mapping.event === "Operation"
      ? ({ table: "IoTHubOperation" } as const)
      : ({ table: "SecurityIoTRawEvent", event: mapping.event } as const);
  return {
    rule: asEngineRule(rule, mapping.event, mapped.condition),
    fields: (name) => nameOf(fields[name]),
    kql: kqlOf(mapped.condition, source),
    missing: mapped.missing,
  };
}

const nameOf = (meaning: ReturnType<typeof withNames>[string] | undefined): string | undefined => {
  if (meaning === undefined || typeof meaning === "string") return meaning;
  return "field" in meaning ? meaning.field : undefined;
};

function asEngineRule(about: SigmaRule, reads: EngineRule["reads"], condition: Condition): EngineRule {
  const by = about.author === "" ? "" : ` by ${about.author}`;
  return fromCondition({
    ...describe(about),
    reads,
    condition,
    entity: entityOf,
    title: ({ deviceId }) => `${about.title} on ${deviceId}`,
    reason: (_, matched) => `The Sigma rule ${JSON.stringify(about.title)}${by} matched: ${matched}.`,
  });
}
