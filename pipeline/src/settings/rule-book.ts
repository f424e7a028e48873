import type { MatchRule } from "@picket/detections";
import type { Recorder } from "@picket/kit";
import type { SettingArea } from "@picket/schema";
import { kqlOf, kqlText } from "../conditions/print-kql.js";
import { kqlOfCount } from "../custom/count-query.js";
import { kqlOfList, listRule } from "../custom/list-rules.js";
import type { Membership } from "../custom/membership.js";
import { readGroup, type SecurityGroup } from "../custom/read-group.js";
import type { RuleSet, Trouble } from "../engine/engine.js";
import { type EngineRule, fromMatchRule } from "../engine/engine-rule.js";
import { loadPack, type RuleFile, type RulePack } from "../sigma/pack.js";
import type { SigmaProblem } from "../sigma/problems.js";
import type { InForce, SettingBook } from "./setting-book.js";
import { usable } from "./usable.js";

/** What is shown of a rule that watches, or that cannot. */
export interface RuleState {
  readonly id: string;
  readonly form: EngineRule["origin"]["form"];
  readonly name: string;
  readonly severity: EngineRule["severity"];
  readonly reads: string;
  readonly author: string;
  readonly source: string;
  readonly licence: string;
  readonly techniques: readonly string[];
  /** Switched off by a person. */
  readonly isOff: boolean;
  /** Why it cannot fire here. */
  readonly idle?: string;
  /** The query that finds the same in history. */
  readonly kql?: string;
  /** True when nothing must occur for it to be asked, so that it is asked of every event of its kind. */
  readonly isCostly: boolean;
  readonly trouble?: Trouble;
}

/** How a rule is asked of history. */
export interface RuleQuery {
  readonly kql: string;
  /** False when it finds candidates only, and the rule itself must be asked about each. */
  readonly isExact: boolean;
}

/** A pack as it is in force. */
export interface PackState {
  readonly name: string;
  readonly actor: string;
  readonly since: string;
  readonly files: number;
  readonly rules: number;
  readonly idle: number;
  readonly problems: readonly SigmaProblem[];
}

interface Group {
  readonly group: SecurityGroup;
  readonly since: number;
}

/** Areas of settings that change which rules watch. */
const areas: ReadonlySet<SettingArea> = new Set(["rulePack", "ruleState", "securityGroup"]);

const isFile = (value: unknown): value is RuleFile =>
  typeof value === "object" && value !== null && "name" in value && "text" in value;

/** The files of a pack's setting. */
export function filesOf(value: unknown): RuleFile[] {
  const files = typeof value === "object" && value !== null && "files" in value ? value.files : [];
  return Array.isArray(files)
    ? files.filter(isFile).map(({ name, text }) => ({ name: String(name), text: String(text) }))
    : [];
}

/** Which rules watch: those of the product, packs of Sigma rules and lists of security groups, less what is off. */
export class RuleBook {
  readonly #builtIn: readonly EngineRule[];
  readonly #settings: SettingBook;
  readonly #members: Membership;
  readonly #packs = new Map<string, { readonly setting: InForce; readonly pack: RulePack }>();
  #groups: readonly Group[] = [];
  #custom: readonly { readonly rule: EngineRule; readonly kql: string }[] = [];

  readonly #recorder: Recorder;

  constructor(
    builtIn: readonly MatchRule[],
    settings: SettingBook,
    { members, recorder }: { readonly members: Membership; readonly recorder: Recorder },
  ) {
    this.#recorder = recorder;
    this.#builtIn = builtIn.map(fromMatchRule);
    this.#settings = settings;
    this.#members = members;
  }

  get groups(): readonly Group[] {
    return this.#groups;
  }

  concerns(area: SettingArea): boolean {
    return areas.has(area);
  }

  /** The rules that watch now; packs that did not change are not compiled again. */
  rules(): RuleSet {
    this.#readPacks();
    this.#readGroups();
    const off = this.#off();
    const packs = [...this.#packs.values()].map(({ pack }) => pack);
    const all = [
      ...this.#builtIn,
      ...packs.flatMap((pack) => pack.rules),
      ...this.#custom.map(({ rule }) => rule),
    ];
    return {
      rules: all.filter(({ id }) => !off.has(id)),
      correlations: packs.flatMap((pack) => pack.correlations).filter(({ id }) => !off.has(id)),
    };
  }

  /** Every rule with its state. */
  states(troubles: readonly Trouble[]): RuleState[] {
    const off = this.#off();
    const troubleOf = new Map(troubles.map((trouble) => [trouble.ruleId, trouble]));
    const state = (rule: EngineRule, more: Partial<RuleState> = {}): RuleState => {
      const trouble = troubleOf.get(rule.id);
      const { id, name, severity, reads, techniques, origin, witness } = rule;
      const { form, author, source, licence } = origin;
      const isCostly = form !== "builtIn" && witness === undefined;
      const about = { id, form, name, severity, reads, author, source, licence, techniques };
      return { ...about, isOff: off.has(id), isCostly, ...(trouble ? { trouble } : {}), ...more };
    };
    const builtIn = this.#builtIn.map((rule) => state(rule));
    const custom = this.#custom.map(({ rule, kql }) => state(rule, { kql }));
    const sigma = [...this.#packs.values()].flatMap(({ pack }) => [
      ...pack.rules.map((rule) => state(rule, rule.condition ? { kql: queryOf(rule) } : {})),
      ...pack.correlations.map(({ rule }) => state(rule, { isCostly: false })),
      ...idleOf(pack, off),
    ]);
    return [...builtIn, ...sigma, ...custom];
  }

  /** Queries by rule id: of rules that a condition describes, of lists and counts, and of code by its literals. */
  queries(): Record<string, RuleQuery> {
    const exact = (kql: string): RuleQuery => ({ kql, isExact: true });
    const packs = [...this.#packs.values()].flatMap(({ pack }) => pack.rules);
    return Object.fromEntries([
      ...this.#builtIn.flatMap((rule) => {
        const kql = literalQuery(rule);
        return kql === undefined ? [] : [[rule.id, { kql, isExact: false }] as const];
      }),
      ...packs.map((rule) => [rule.id, exact(queryOf(rule))] as const),
      ...this.#custom.map(({ rule, kql }) => [rule.id, exact(kql)] as const),
      ...this.#groups
        .flatMap(({ group }) => queriesOfCounts(group))
        .map(([id, kql]) => [id, exact(kql)] as const),
    ]);
  }

  packs(): PackState[] {
    return [...this.#packs].map(([name, { setting, pack }]) => ({
      name,
      actor: setting.actor,
      since: setting.since,
      files: filesOf(setting.value).length,
      rules: pack.rules.length + pack.correlations.length,
      idle: pack.reports.filter(({ idle }) => idle !== undefined).length,
      problems: pack.problems.slice(0, 500),
    }));
  }

  #off(): Set<string> {
    return new Set(this.#settings.of("ruleState").map(({ name }) => name));
  }

  #readPacks(): void {
    const present = this.#settings.of("rulePack");
    const names = new Set(present.map(({ name }) => name));
    for (const name of this.#packs.keys()) if (!names.has(name)) this.#packs.delete(name);
    for (const setting of present)
      if (this.#packs.get(setting.name)?.setting !== setting)
        this.#packs.set(setting.name, { setting, pack: loadPack(filesOf(setting.value)) });
  }

  #readGroups(): void {
    const read = ({ name, value }: InForce): SecurityGroup => readGroup(name, value);
    const good = usable(this.#settings.of("securityGroup"), read, this.#recorder);
    this.#groups = good.map(({ name, value, since }) => ({
      group: readGroup(name, value),
      since: Date.parse(since),
    }));
    this.#custom = this.#groups.flatMap(({ group }) =>
      group.lists.map((list) => ({
        rule: listRule(group, list, this.#members),
        kql: kqlOfList(group.name, list),
      })),
    );
  }
}

/** The query of a rule that a condition describes. */
export const queryOf = ({ reads, condition }: EngineRule): string =>
  condition === undefined
    ? ""
    : kqlOf(
        condition,
        reads === "Operation" ? { table: "IoTHubOperation" } : { table: "SecurityIoTRawEvent", event: reads },
      );

const MOST_LITERALS = 80;

/** The events that hold a literal of a rule that is code; undefined when nothing narrows them down. */
function literalQuery({ reads, witness }: EngineRule): string | undefined {
  if (reads === "Operation") return undefined;
  const literals = (witness ?? []).flatMap(({ anyOf }) => anyOf);
  if (literals.length > MOST_LITERALS) return undefined;
  const head = `SecurityIoTRawEvent\n| where RawEventName == ${kqlText(reads)}`;
  const holds = literals.map((literal) => `EventDetails contains ${kqlText(inJson(literal))}`);
  return holds.length === 0 ? head : `${head}\n| where ${holds.join(" or ")}`;
}

/** A literal as it stands within the text of a JSON value. */
const inJson = (literal: string): string => JSON.stringify(literal).slice(1, -1);

const idleOf = (pack: RulePack, off: ReadonlySet<string>): RuleState[] =>
  pack.reports.flatMap(({ id, title, author, licence, file, idle }) =>
    idle === undefined
      ? []
      : [
          {
            id: `sigma/${id}`,
            form: "sigma" as const,
            name: title,
            severity: "Informational" as const,
            reads: "",
            author,
            source: file,
            licence,
            techniques: [],
            isOff: off.has(`sigma/${id}`),
            isCostly: false,
            idle,
          },
        ],
  );

const queriesOfCounts = (group: SecurityGroup): (readonly [string, string])[] =>
  group.counts.map((count) => [`custom/${group.name}/${count.type.ruleType}`, kqlOfCount(group.name, count)]);

/** Queries of a group's custom alerts by rule id, before it is saved. */
export const queriesOfGroup = (name: string, value: unknown): Record<string, string> => {
  const group = readGroup(name, value);
  const lists = group.lists.map(
    (list) => [`custom/${name}/${list.type.ruleType}`, kqlOfList(name, list)] as const,
  );
  return Object.fromEntries([...queriesOfCounts(group), ...lists]);
};
