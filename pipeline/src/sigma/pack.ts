import type { Correlation } from "../engine/correlations.js";
import type { EngineRule } from "../engine/engine-rule.js";
import { compileCorrelation, type Part } from "./compile-correlation.js";
import { type Compiled, compileRule, type Fields } from "./compile-rule.js";
import type { Placeholders } from "./modifiers.js";
import { RuleError, type SigmaProblem } from "./problems.js";
import { readCorrelation, type SigmaCorrelation } from "./read-correlation.js";
import { type RuleDocument, readDocuments } from "./read-documents.js";
import { readFilter, readRule, type SigmaAbout, type SigmaFilter, type SigmaRule } from "./read-rule.js";
import { type RulePipeline, readPipeline } from "./transform.js";

/** One file of rules, filters, correlations and pipelines. */
export interface RuleFile {
  readonly name: string;
  readonly text: string;
}

/** What became of one document. */
export interface RuleReport {
  readonly id: string;
  readonly title: string;
  readonly kind: "rule" | "correlation" | "filter";
  readonly author: string;
  readonly licence: string;
  readonly file: string;
  /** Why it cannot fire here; absent when it can. */
  readonly idle?: string;
  /** Fields that no event here carries, though it can fire without them. */
  readonly missing: readonly string[];
  /** The query that finds in history what it finds in the stream. */
  readonly kql?: string;
  /** True when every event of its kind has to be asked: nothing must occur for it to hold. */
  readonly isCostly: boolean;
}

/** A pack made ready for the engine, with everything that is wrong with it. */
export interface RulePack {
  readonly rules: readonly EngineRule[];
  readonly correlations: readonly Correlation[];
  readonly reports: readonly RuleReport[];
  readonly problems: readonly SigmaProblem[];
}

type Read = SigmaRule | SigmaFilter | SigmaCorrelation;

/** Reads and compiles a pack. A document that is wrong is told and left out; the others are used. */
export function loadPack(files: readonly RuleFile[], placeholders: Placeholders = {}): RulePack {
  return new PackLoader(placeholders).load(files);
}

class PackLoader {
  readonly #problems: SigmaProblem[] = [];
  readonly #reports: RuleReport[] = [];
  readonly #documents = new Map<Read, RuleDocument>();
  readonly #pipelines: RulePipeline[] = [];
  readonly #compiled = new Map<string, { rule: EngineRule; fields: Fields }>();
  readonly #ids = new Map<string, string>();
  #placeholders: Placeholders;

  constructor(placeholders: Placeholders) {
    this.#placeholders = placeholders;
  }

  load(files: readonly RuleFile[]): RulePack {
    const documents = files.flatMap(({ name, text }) => {
      const read = readDocuments(text, name);
      this.#problems.push(...read.problems);
      return read.documents;
    });
    for (const document of documents.filter(({ value }) => "transformations" in value))
      this.#pipeline(document);
    const read = documents.flatMap((document) => this.#read(document) ?? []);
    const filters = read.filter((each) => each.kind === "filter");
    for (const rule of read) if (rule.kind === "rule") this.#rule(rule, filters);
    for (const filter of filters) this.#filter(filter, read);
    const correlations = this.#correlations(read.filter((each) => each.kind === "correlation"));
    return {
      rules: [...new Set([...this.#compiled.values()].map(({ rule }) => rule))],
      correlations,
      reports: this.#reports,
      problems: this.#problems,
    };
  }

  #pipeline(document: RuleDocument): void {
    const pipeline = this.#careful(document, () => readPipeline(document.value));
    if (!pipeline) return;
    this.#pipelines.push(pipeline);
    this.#placeholders = { ...this.#placeholders, ...pipeline.placeholders };
  }

  #read(document: RuleDocument): Read | undefined {
    const { value, file } = document;
    if ("transformations" in value) return undefined;
    const read = this.#careful<Read>(document, () => {
      if ("correlation" in value) return readCorrelation(value, file);
      if ("filter" in value) return readFilter(value, file, this.#placeholders);
      return readRule(value, file, this.#placeholders);
    });
    if (!read) return undefined;
    const before = this.#ids.get(read.id);
    if (before !== undefined) {
      this.#tell(
        document,
        new RuleError("same-id", `The id ${read.id} is that of ${JSON.stringify(before)} too.`, ["id"]),
      );
      return undefined;
    }
    this.#ids.set(read.id, read.title);
    this.#documents.set(read, document);
    this.#lint(document, read);
    return read;
  }

  #rule(rule: SigmaRule, filters: readonly SigmaFilter[]): void {
    const document = this.#documents.get(rule)!;
    const compiled = this.#careful<Compiled>(document, () => compileRule(rule, filters, this.#pipelines));
    if (!compiled) return;
    if ("idle" in compiled) {
      this.#report(rule, { idle: compiled.idle });
      return;
    }
    for (const name of namesOf(rule)) this.#compiled.set(name, compiled);
    this.#report(rule, {
      kql: compiled.kql,
      missing: compiled.missing,
      isCostly: compiled.rule.witness === undefined,
    });
  }

  #filter(filter: SigmaFilter, read: readonly Read[]): void {
    const document = this.#documents.get(filter)!;
    for (const [index, name] of (filter.rules ?? []).entries()) {
      const found = read.find((each) => namesOf(each).includes(name));
      if (found?.kind === "filter")
        this.#tell(
          document,
          new RuleError("recursive-filter", `${name} is a filter itself; filters narrow rules only.`, [
            "filter",
            "rules",
            index,
          ]),
        );
      else if (!found)
        this.#warn(document, "unknown-rule", `There is no rule ${name} in this pack; nothing is narrowed.`, [
          "filter",
          "rules",
          index,
        ]);
    }
    this.#report(filter, {});
  }

  /** Those whose parts are there first, so that correlations may look at correlations; a circle is never ready. */
  #correlations(waiting: readonly SigmaCorrelation[]): Correlation[] {
    const made: Correlation[] = [];
    const parts = new Map<string, Part>();
    const quiet = new Set<string>();
    const loud = new Set<string>();
    for (const [name, { rule, fields }] of this.#compiled)
      parts.set(name, { id: rule.id, name, reads: rule.reads, fields });
    let left = [...waiting];
    for (let before = -1; left.length > 0 && left.length !== before; ) {
      before = left.length;
      left = left.filter((each) => {
        if (!each.rules.every((name) => parts.has(name))) return true;
        const found = each.rules.map((name) => parts.get(name)!);
        const compiled = compileCorrelation(each, found);
        if ("idle" in compiled) {
          this.#report(each, { idle: compiled.idle });
          return false;
        }
        made.push(compiled.correlation);
        for (const { id } of found) (each.generate ? loud : quiet).add(id);
        for (const name of namesOf(each))
          parts.set(name, { ...found[0]!, id: compiled.correlation.id, name });
        this.#report(each, {});
        return false;
      });
    }
    for (const each of left) this.#unready(each, waiting);
    return this.#hush(made, quiet, loud);
  }

  #unready(correlation: SigmaCorrelation, all: readonly SigmaCorrelation[]): void {
    const document = this.#documents.get(correlation)!;
    const unknown = correlation.rules.findIndex(
      (name) => !this.#compiled.has(name) && !all.some((each) => namesOf(each).includes(name)),
    );
    if (unknown === -1) {
      this.#tell(
        document,
        new RuleError("circle", "These correlations look at each other in a circle.", [
          "correlation",
          "rules",
        ]),
      );
      return;
    }
    const name = correlation.rules[unknown]!;
    const isIdle = [...this.#ids.entries()].some(([id, title]) => id === name || title === name);
    if (isIdle || this.#reports.some((report) => report.idle !== undefined && report.id === name))
      this.#report(correlation, { idle: `The rule ${name} that it looks at cannot fire here.` });
    else
      this.#tell(
        document,
        new RuleError("unknown-rule", `There is no rule ${name} in this pack.`, [
          "correlation",
          "rules",
          unknown,
        ]),
      );
  }

  /** Rules that a correlation looks at are silent by themselves unless one of them says otherwise. */
  #hush(made: readonly Correlation[], quiet: ReadonlySet<string>, loud: ReadonlySet<string>): Correlation[] {
    const isHushed = (id: string): boolean => quiet.has(id) && !loud.has(id);
    for (const [name, entry] of this.#compiled)
      if (isHushed(entry.rule.id)) this.#compiled.set(name, { ...entry, rule: this.#hushed(entry.rule) });
    return made.map((each) =>
      isHushed(each.id) ? { ...each, rule: { ...each.rule, isQuiet: true } } : each,
    );
  }

  readonly #silenced = new Map<string, EngineRule>();
  #hushed(rule: EngineRule): EngineRule {
    const made = this.#silenced.get(rule.id) ?? { ...rule, isQuiet: true };
    this.#silenced.set(rule.id, made);
    return made;
  }

  #lint(document: RuleDocument, { author, license, status, id, kind }: Read): void {
    if (kind === "filter") return;
    if (document.value["id"] === undefined) this.#warn(document, "no-id", `It has no id; ${id} is used.`, []);
    if (author === "") this.#warn(document, "no-author", "It names no author; alerts cannot either.", []);
    if (license === "")
      this.#warn(document, "no-licence", "It names no licence; check whether you may share it.", []);
    if (status === "deprecated" || status === "unsupported")
      this.#warn(document, "old", `Its author calls it ${status}.`, ["status"]);
    if ("timeframe" in Object(document.value["detection"]))
      this.#warn(
        document,
        "timeframe",
        "timeframe is no longer part of Sigma and is not looked at; write a correlation.",
        ["detection", "timeframe"],
      );
  }

  #report(about: SigmaAbout & { readonly kind: RuleReport["kind"] }, more: Partial<RuleReport>): void {
    const { id, title, kind, author, license, file } = about;
    this.#reports.push({
      id,
      title,
      kind,
      author,
      licence: license,
      file,
      missing: [],
      isCostly: false,
      ...more,
    });
  }

  #careful<T>(document: RuleDocument, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      this.#tell(document, error);
      return undefined;
    }
  }

  #tell(document: RuleDocument, { check, message, path, offset }: RuleError): void {
    this.#problems.push({
      level: "error",
      check,
      message,
      file: document.file,
      ...document.placeOf(path, offset),
    });
  }

  #warn(document: RuleDocument, check: string, message: string, path: readonly (string | number)[]): void {
    this.#problems.push({ level: "warning", check, message, file: document.file, ...document.placeOf(path) });
  }
}

const namesOf = ({ id, name, title }: SigmaAbout): string[] => [id, ...(name === "" ? [] : [name]), title];
