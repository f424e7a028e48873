import { commandsInCode } from "./code.js";
import { interpreters, nameOf, outputOf, shells } from "./programs.js";
import { type Parsed, type Redirection, Script, type Surroundings } from "./script.js";
import type { Variables } from "./variables.js";
import { startedBy, wrapped } from "./wrappers.js";

/** A program with its words, wherever in a command line it stood: in quotes, in a pipe, packed in base64. */
export interface Command {
  /** Last part of the program's path, in lower case. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Words joined by blanks. */
  readonly text: string;
  readonly assigned: readonly (readonly [name: string, value: string])[];
  readonly redirections: readonly Redirection[];
  /** Wrappers around it, outermost first, such as sudo and nohup. */
  readonly via: readonly string[];
  /** What is known to come in at its standard input. */
  readonly input: string | undefined;
}

/** What a command line does, as a shell would read it. */
export interface Reading {
  readonly commands: readonly Command[];
  /** Commands joined by pipes; a command alone is one as well. */
  readonly pipelines: readonly (readonly Command[])[];
  /** Scripts and code found inside, decoded. */
  readonly layers: readonly string[];
  /** All commands as plain text, one pipeline a line: without quotes, escapes and wrappers of encoding. */
  readonly plain: string;
  readonly urls: readonly string[];
}

const LONGEST = 16_384;
const DEEPEST = 6;
const MOST_LAYERS = 24;
const MOST_COMMANDS = 400;
const LETTERS = 100_000;
const MOST_WORDS = 2_048;
const FREE_OPERATOR =
  /(?:^|\s)(?:\||\|\||&&|;|&|[0-9&]?>{1,2}&?\d?|<{1,3}|[<>]&|<\(.*)(?:\s|$)|\s[&\d]?>{1,2}\s?\/|;\s/;
const URL = /\b(?:https?|t?ftps?):\/\/[^\s'"<>|;)\]]{1,1024}/gi;
const CRON_FIELDS =
  /^\s*(?:@(?:reboot|hourly|daily|weekly|monthly|yearly|annually)|(?:\S+\s+){4}\S+)\s+(.*)$/;

/** What a reader found; the texts that few rules look at are made when they are asked for. */
class Found implements Reading {
  readonly commands: readonly Command[];
  readonly pipelines: readonly (readonly Command[])[];
  readonly layers: readonly string[];
  #plain: string | undefined;
  #urls: readonly string[] | undefined;

  constructor(commands: readonly Command[], pipelines: Reading["pipelines"], layers: readonly string[]) {
    this.commands = commands;
    this.pipelines = pipelines;
    this.layers = layers;
  }

  get plain(): string {
    this.#plain ??= this.pipelines.map((commands) => commands.map(shown).join(" | ")).join("\n");
    return this.#plain;
  }

  get urls(): readonly string[] {
    this.#urls ??= this.plain.includes("://") ? (this.plain.match(URL) ?? []).slice(0, 16) : [];
    return this.#urls;
  }
}

const none: readonly [] = [];
const ordinary = new Map<string, boolean>();
const MOST_NAMES = 4_096;
const CARRIES = /^(?:[gmn]?awk|find|eval|source|\.|at|batch|crontab|su|runuser|script|kubectl)$/;

/** Whether a program neither wraps another nor carries a script; remembered by name. */
function isOrdinary(path: string): boolean {
  const known = ordinary.get(path);
  if (known !== undefined) return known;
  const name = nameOf(path);
  const answer =
    !shells.has(name) &&
    !isCode(name) &&
    !CARRIES.test(name) &&
    wrapped([path, "x", "x", "x"]) === 0 &&
    !/^(?:docker|podman|nerdctl|crictl|lxc|taskset|chrt)$/.test(name);
  if (ordinary.size >= MOST_NAMES) ordinary.clear();
  ordinary.set(path, answer);
  return answer;
}

/** Whether a program is a shell or an interpreter: given a file, it is one program with plain words as well. */
const runsScripts = (path: string): boolean => shells.has(nameOf(path)) || isCode(nameOf(path));

const SPECIAL = /['"`$\\|&;<>(){}\n\t]| {2}/;

/** Nearly all lines are one program with plain words: no reader is needed for those. */
function simpleReading(line: string): Reading | undefined {
  if (SPECIAL.test(line)) return undefined;
  const argv = line.split(" ");
  if (argv.at(-1) === "") argv.pop();
  const [path = ""] = argv;
  if (path === "" || argv.length > MOST_WORDS) return undefined;
  if (!isOrdinary(path) && !(runsScripts(path) && codeAt(argv, 0) === undefined)) return undefined;
  const command: Command = {
    name: nameOf(path).toLowerCase(),
    argv,
    text: argv.length > 0 && line.endsWith(" ") ? argv.join(" ") : line,
    assigned: none,
    redirections: none,
    via: none,
    input: undefined,
  };
  const commands = [command];
  return new Found(commands, [commands], none);
}

/** Reads a command line: argument lists joined by blanks, or a line as somebody would type it. Never throws, always ends. */
export function readCommandLine(line: string): Reading {
  const text = line.length > LONGEST ? line.slice(0, LONGEST) : line;
  const simple = simpleReading(text);
  if (simple) return simple;
  const reader = new Reader();
  reader.line(text);
  return reader.reading();
}

class Reader implements Surroundings {
  readonly variables: Variables = new Map();
  readonly #commands: Command[] = [];
  readonly #pipelines: (readonly Command[])[] = [];
  readonly #layers: string[] = [];
  #letters = LETTERS;
  #depth = 0;

  spend(): boolean {
    this.#letters -= 1;
    return this.#letters > 0;
  }

  reading(): Reading {
    return new Found(this.#commands, this.#pipelines, this.#layers);
  }

  /** The outermost line, of which it is not known whether its quotes were kept. */
  line(text: string): void {
    const words = wordsOf(text);
    const argv = words.map(({ word }) => word);
    let at = 0;
    for (let turn = 0; turn < 8; turn += 1) {
      const skip = wrapped(argv.slice(at));
      if (skip === 0) break;
      at += skip;
    }
    const code = codeAt(argv, at);
    const from = code === undefined ? undefined : words[code]?.from;
    if (from !== undefined) {
      const inside = unquoted(text.slice(from));
      this.pipeline([simple([...argv.slice(0, code), inside])]);
    } else if (/(?:^|\/)[gmn]?awk$/.test(argv[at] ?? "")) this.pipeline([simple(argv)]);
    else if (FREE_OPERATOR.test(text) || /['"`]|\$\(/.test(text)) this.#script(text, false);
    else if (argv.length > 0) this.pipeline([simple(argv)]);
  }

  pipeline(stages: readonly Parsed[]): string | undefined {
    const piped: Command[] = [];
    let output: string | undefined;
    for (const stage of stages) {
      const input = stage.input ?? output;
      const made = this.#stage(stage, input);
      if (made) piped.push(...this.#feeding(stage, made), made);
      output = made && outputOf(made.argv, input);
      if (output !== undefined) this.#scheduled(stage, output);
    }
    if (piped.length > 0 && this.#pipelines.length < MOST_COMMANDS) this.#pipelines.push(piped);
    return output;
  }

  /** What a program that runs its words or a file gets from a substitution: `bash <(curl …)`, `sh -c "$(curl …)"`. */
  #feeding({ fed }: Parsed, { name, argv, via }: Command): Command[] {
    if (fed.length === 0) return [];
    const runs =
      shells.has(name) ||
      name === "eval" ||
      name === "source" ||
      name === "." ||
      codeAt(argv, 0) !== undefined;
    return runs ? fed.map((each) => commandOf(each, each.argv, via, undefined)) : [];
  }

  #stage(parsed: Parsed, input: string | undefined): Command | undefined {
    let { argv } = parsed;
    const via: string[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      const skip = wrapped(argv);
      if (skip === 0) break;
      const wrapper = nameOf(argv[0] ?? "");
      via.push(wrapper);
      argv = argv.slice(skip);
      if (wrapper === "xargs" && input !== undefined)
        argv = [...argv, ...input.trim().split(/\s+/).slice(0, 32)];
    }
    if (argv.length + parsed.assigned.length + parsed.redirections.length === 0) return undefined;
    const made = commandOf(parsed, argv, via, input);
    if (this.#commands.length >= MOST_COMMANDS) return made;
    this.#commands.push(made);
    this.#exported(made);
    this.#inside(made);
    return made;
  }

  /** Commands that a command carries in its words or reads from its input. */
  #inside({ argv, input, name }: Command): void {
    for (const started of startedBy(argv)) this.pipeline([simple(started)]);
    const code = codeAt(argv, 0);
    if (code !== undefined) {
      const text = argv[code] ?? "";
      if (isCode(name)) this.#code(text);
      else this.#script(text, true);
    } else if (name === "eval") this.#script(argv.slice(1).join(" "), true);
    else if (/^[gmn]?awk$/.test(name)) this.#code(argv.slice(1).join(" "));
    else if (input !== undefined && readsInput(argv)) {
      if (shells.has(name) || name === "source" || name === "." || name === "at" || name === "batch")
        this.#script(input, true);
      else if (isCode(name)) this.#code(input);
      else if (name === "crontab") this.#cron(input, false);
    }
  }

  #exported({ name, argv }: Command): void {
    if (!/^(?:export|declare|local|readonly|typeset)$/.test(name)) return;
    for (const word of argv.slice(1, 33)) {
      const equals = word.indexOf("=");
      if (equals > 0) this.variables.set(word.slice(0, equals), word.slice(equals + 1));
    }
  }

  /** A known text that goes into a table of cron: its commands run later. */
  #scheduled({ redirections }: Parsed, output: string): void {
    const table = redirections.find(
      ({ operator, target }) => operator.includes(">") && target.includes("/cron"),
    );
    if (table) this.#cron(output, table.target.startsWith("/etc/"));
  }

  #cron(table: string, hasUsers: boolean): void {
    for (const line of table.split("\n").slice(0, 16)) {
      const command = CRON_FIELDS.exec(line)?.[1];
      if (command !== undefined)
        this.#script(hasUsers ? command.replace(/^[a-z_][\w-]{0,31}\s+/, "") : command, true);
    }
  }

  #script(text: string, isInner: boolean): void {
    if (this.#depth >= DEEPEST || this.#layers.length >= MOST_LAYERS || text.trim() === "") return;
    if (isInner) this.#layers.push(text.slice(0, LONGEST));
    this.#depth += 1;
    new Script(text.slice(0, LONGEST), this).read();
    this.#depth -= 1;
  }

  #code(text: string): void {
    if (this.#depth >= DEEPEST || this.#layers.length >= MOST_LAYERS) return;
    this.#layers.push(text.slice(0, LONGEST));
    this.#depth += 1;
    const { scripts, argvs, decoded } = commandsInCode(text);
    for (const script of scripts) this.#script(script, true);
    for (const argv of argvs) if (argv.length > 0) this.pipeline([simple(argv)]);
    for (const inner of decoded) this.#code(inner);
    this.#depth -= 1;
  }
}

const simple = (argv: readonly string[]): Parsed => ({
  argv,
  assigned: [],
  redirections: [],
  input: undefined,
  fed: [],
});

function commandOf(
  parsed: Parsed,
  argv: readonly string[],
  via: readonly string[],
  input: string | undefined,
): Command {
  const { assigned, redirections } = parsed;
  const name = nameOf(argv[0] ?? "").toLowerCase();
  return { name, argv, text: argv.join(" "), assigned, redirections, via, input };
}

/** A command as plain text, with its redirections. */
function shown({ text, redirections, assigned }: Command): string {
  const before = assigned.map(([name, value]) => `${name}=${value} `).join("");
  return before + text + redirections.map(({ operator, target }) => ` ${operator} ${target}`).join("");
}

/** Words of a line at blanks, with where each begins. */
function wordsOf(text: string): { word: string; from: number }[] {
  const words: { word: string; from: number }[] = [];
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    if (words.length >= MOST_WORDS) break;
    words.push({ word, from: index });
  }
  return words;
}

/** The place of the script or code in the words of a shell or interpreter; undefined when there is none. */
function codeAt(argv: readonly string[], at: number): number | undefined {
  const name = nameOf(argv[at] ?? "");
  const flag = shells.has(name)
    ? /^-[a-zA-Z]*c[a-zA-Z]*$/
    : /^(?:su|runuser|script)$/.test(name)
      ? /^(?:-c|--command)$/
      : interpreters.find(([pattern]) => pattern.test(name))?.[1];
  if (!flag) return undefined;
  const skipsOperands = /^(?:su|runuser|script)$/.test(name);
  for (let place = at + 1; place < argv.length - 1 && place < at + 16; place += 1) {
    const word = argv[place]!;
    if (flag.test(word)) return argv[place + 1] === "--" && place + 2 < argv.length ? place + 2 : place + 1;
    if (!skipsOperands && !/^[-+]/.test(word) && !/^[-+]/.test(argv[place - 1] ?? "")) return undefined;
  }
  return undefined;
}

const isCode = (name: string): boolean => interpreters.some(([pattern]) => pattern.test(name));

/** True when a program has no file to read, so that it reads its standard input. */
function readsInput(argv: readonly string[]): boolean {
  const operands = argv.slice(1).filter((word) => !/^[-+]./.test(word));
  return (
    operands.length === 0 ||
    operands.every((word) => /^(?:-|\/dev\/stdin|\/dev\/fd\/\d+|\/proc\/self\/fd\/0)$/.test(word))
  );
}

/** A script without the quotes around the whole of it. */
function unquoted(text: string): string {
  const script = text.trimEnd();
  const quote = script[0];
  if ((quote !== "'" && quote !== '"') || script.length < 2 || script.at(-1) !== quote) return text;
  const inside = script.slice(1, -1);
  if (quote === "'") return inside.includes("'") ? text : inside;
  return /(?:^|[^\\])"/.test(inside) ? text : inside.replaceAll(/\\(["\\$`])/g, "$1");
}
