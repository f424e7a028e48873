import type { Resolve } from "./config.js";

interface Around {
  /** Problems found, each with its place. */
  readonly problems: string[];
  readonly resolve: Resolve;
}

const REFERENCE = /^(env|file):(.+)$/;

/** Reads the fields of an object from a file that a person wrote, and notes what is wrong and where. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #place: string;
  readonly #around: Around;
  readonly #read = new Set<string>();

  constructor(value: unknown, place: string, around: Around) {
    this.#place = place;
    this.#around = around;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isObject) around.problems.push(`${place || "the settings"}: must be an object`);
    this.#value = isObject ? { ...value } : {};
  }

  /** Notes a problem with a field. */
  problem(name: string, what: string): void {
    this.#around.problems.push(`${this.#at(name)}: ${what}`);
  }

  /** A text that must be there unless something is usual. Secrets may be named: `env:KEY`, `file:/run/secrets/key`. */
  text(name: string, usual?: string): string {
    const given = this.optionalText(name);
    if (given !== undefined) return given;
    if (usual === undefined && !(name in this.#value)) this.problem(name, "is missing");
    return usual ?? "";
  }

  optionalText(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value === "") return this.#not(name, "a text that is not empty");
    const [, source, key = ""] = REFERENCE.exec(value) ?? [];
    if (source !== "env" && source !== "file") return value;
    const found = this.#around.resolve(source, key)?.trim();
    if (found === undefined || found === "")
      this.problem(
        name,
        source === "env" ? `the environment has no ${key}` : `the file ${key} cannot be read`,
      );
    return found;
  }

  texts(name: string): string[] {
    const value = this.#take(name);
    const list: unknown[] = Array.isArray(value) ? value : [];
    const texts = list.filter((each) => typeof each === "string");
    if (texts.length === 0 || texts.length < list.length) this.#not(name, "a list of texts, at least one");
    return texts;
  }

  number(name: string, { least, most, usual }: { least: number; most: number; usual: number }): number {
    const value = this.#take(name);
    if (value === undefined) return usual;
    if (typeof value === "number" && value >= least && value <= most) return value;
    this.#not(name, `a number from ${least} to ${most}`);
    return usual;
  }

  choice<const T extends string>(name: string, choices: readonly T[], usual?: T): T {
    const value = this.#take(name) ?? usual;
    const found = choices.find((each) => each === value);
    if (found === undefined) this.#not(name, choices.map((each) => JSON.stringify(each)).join(" or "));
    return found ?? choices[0]!;
  }

  object(name: string): Fields | undefined {
    const value = this.#take(name);
    return value === undefined ? undefined : new Fields(value, this.#at(name), this.#around);
  }

  list(name: string, least = 1): Fields[] {
    const value = this.#take(name);
    if (!Array.isArray(value) || value.length < least) {
      this.#not(name, least === 0 ? "a list" : "a list with at least one item");
      return [];
    }
    return value.map((each: unknown, index) => new Fields(each, `${this.#at(name)}[${index}]`, this.#around));
  }

  /** Names the fields that nobody asked for: most often a slip of the pen. */
  nothingElse(): void {
    for (const name of Object.keys(this.#value))
      if (!this.#read.has(name))
        this.problem(name, `is unknown here; there are ${[...this.#read].join(", ")}`);
  }

  has(name: string): boolean {
    this.#read.add(name);
    return this.#value[name] !== undefined && this.#value[name] !== null;
  }

  #at(name: string): string {
    return this.#place === "" ? name : `${this.#place}.${name}`;
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return this.#value[name];
  }

  #not(name: string, what: string): undefined {
    this.problem(name, `must be ${what}`);
    return undefined;
  }
}
