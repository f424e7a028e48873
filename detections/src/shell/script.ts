import { unescaped } from "./decode.js";
import { expandVariable, type Variables } from "./variables.js";

/** Where a command's input or output goes. */
export interface Redirection {
  readonly operator: string;
  readonly target: string;
}

/** A simple command as it stands in a script, its words expanded as far as they can be known. */
export interface Parsed {
  readonly argv: readonly string[];
  readonly assigned: readonly (readonly [name: string, value: string])[];
  readonly redirections: readonly Redirection[];
  /** What a here-document or here-string hands to it. */
  readonly input: string | undefined;
  /** Commands whose output becomes words of it, or a file it reads: `$(…)` and `<(…)`. */
  readonly fed: readonly Parsed[];
}

/** What reading a script needs of its surroundings. */
export interface Surroundings {
  readonly variables: Variables;
  /** Takes a pipeline that was read; answers what it prints when that can be told. */
  pipeline(commands: readonly Parsed[]): string | undefined;
  /** False when enough was read. */
  spend(): boolean;
}

const DEEPEST = 8;
const BRACE_SPAN = 512;
const PLAIN = /[\w/.,:@%+=~*?^[\]-]+/y;
const reserved = new Set(
  "if then else elif fi do done while until ! time esac case coproc function select in".split(" "),
);
const isBlank = (letter: string | undefined): boolean => letter === " " || letter === "\t" || letter === "\r";
const endsWord = (letter: string | undefined): boolean =>
  letter === undefined || isBlank(letter) || letter === "\n" || ";&|()<>".includes(letter);

/** What a list of commands came to. */
interface Listed {
  readonly output: string | undefined;
  readonly commands: readonly Parsed[];
}

interface Heredoc {
  readonly end: string;
  readonly keepsTabs: boolean;
  readonly fill: (body: string) => void;
}

/** A command that is being read. */
class Draft {
  readonly argv: string[] = [];
  readonly assigned: [string, string][] = [];
  readonly redirections: Redirection[] = [];
  readonly fed: Parsed[] = [];
  input: string | undefined;

  get isEmpty(): boolean {
    return this.argv.length + this.assigned.length + this.redirections.length === 0;
  }
}

/** A word that is being read: it may become several fields, as unquoted variables do. */
class Word {
  readonly fields: string[] = [];
  text: string | undefined;
  isQuoted = false;

  add(text: string): void {
    this.text = (this.text ?? "") + text;
  }

  /** Adds what an unquoted variable or substitution stands for: blanks part fields. */
  split(text: string): void {
    const parts = text.split(/[ \t\n]+/);
    for (const [place, part] of parts.entries()) {
      if (place > 0 && this.text !== undefined) {
        this.fields.push(this.text);
        this.text = undefined;
      }
      if (part !== "") this.add(part);
    }
  }

  done(): string[] {
    return this.text === undefined ? this.fields : [...this.fields, this.text];
  }
}

/** Reads a script once from left to right, handing each pipeline to its surroundings as it ends. Never throws. */
export class Script {
  readonly #text: string;
  readonly #around: Surroundings;
  #at = 0;
  #depth = 0;
  #isInBackticks = false;
  #heredocs: Heredoc[] = [];
  /** Quotes that are known to have no partner after a position. */
  readonly #unpaired = new Set<string>();

  constructor(text: string, around: Surroundings) {
    this.#text = text;
    this.#around = around;
  }

  /** Reads to the end. */
  read(): Listed {
    const listed: Listed[] = [];
    // A closing bracket without its partner ends a list; what follows is read all the same.
    while (this.#at < this.#text.length && this.#around.spend()) {
      listed.push(this.#list(""));
      this.#at += 1;
    }
    return joined(listed);
  }

  #list(closer: string): Listed {
    const made: Listed[] = [];
    let stages: Parsed[] = [];
    let draft = new Draft();
    const endStage = (): void => {
      if (!draft.isEmpty) stages.push(finished(draft));
      draft = new Draft();
    };
    const endPipeline = (): void => {
      endStage();
      if (stages.length > 0) made.push({ output: this.#around.pipeline(stages), commands: stages });
      stages = [];
    };
    while (this.#at < this.#text.length) {
      const letter = this.#text[this.#at]!;
      if (letter === closer || (letter === ")" && closer === "")) break;
      if (!this.#around.spend()) break;
      if (this.#skipped(letter, draft.isEmpty)) continue;
      if (letter === "\n") {
        this.#at += 1;
        this.#readHeredocs();
        endPipeline();
      } else if (letter === ";" || letter === ")" || (letter === "&" && this.#text[this.#at + 1] !== ">")) {
        this.#at += 1;
        endPipeline();
      } else if (letter === "|") {
        const isOr = this.#text[this.#at + 1] === "|";
        this.#at += isOr || this.#text[this.#at + 1] === "&" ? 2 : 1;
        if (isOr) endPipeline();
        else endStage();
      } else if (draft.isEmpty && this.#opensGroup(letter)) {
        stages.push(...this.#group(letter === "(" ? ")" : "}").commands);
      } else if (letter === "(") this.#at += 1;
      else this.#part(draft);
    }
    this.#readHeredocs();
    endPipeline();
    return joined(made);
  }

  /** Skips blanks, escaped line ends and comments. */
  #skipped(letter: string, isStart: boolean): boolean {
    if (isBlank(letter)) this.#at += 1;
    else if (letter === "\\" && this.#text[this.#at + 1] === "\n") this.#at += 2;
    else if (letter === "#" && (isStart || isBlank(this.#text[this.#at - 1]))) {
      const end = this.#text.indexOf("\n", this.#at);
      this.#at = end < 0 ? this.#text.length : end;
    } else return false;
    return true;
  }

  #opensGroup(letter: string): boolean {
    if (this.#depth >= DEEPEST) return false;
    return letter === "(" || (letter === "{" && /\s/.test(this.#text[this.#at + 1] ?? ""));
  }

  #group(closer: string): Listed {
    this.#at += 1;
    this.#depth += 1;
    const listed = this.#list(closer);
    this.#depth -= 1;
    this.#at += 1;
    return listed;
  }

  /** A word or a redirection. */
  #part(draft: Draft): void {
    const rest = this.#text.slice(this.#at, this.#at + 8);
    const operator = /^(?:\d{0,3}(?:<<<|<<-?|<>|>>|>\||[<>]&?)|&>>?)/.exec(rest)?.[0];
    if (operator !== undefined && this.#text[this.#at + operator.length] !== "(") {
      this.#at += operator.length;
      this.#redirection(draft, operator);
      return;
    }
    const word = this.#word(draft);
    const [first] = word.fields.length > 0 ? word.fields : [word.text ?? ""];
    const assignment =
      word.isQuoted && draft.argv.length > 0 ? null : /^([A-Za-z_]\w*)\+?=/.exec(first ?? "");
    if (draft.argv.length === 0 && assignment) this.#assign(draft, assignment[1]!, word);
    else if (draft.argv.length === 0 && !word.isQuoted && reserved.has(first ?? "")) return;
    else draft.argv.push(...word.done());
    this.#loopVariable(draft);
  }

  #assign(draft: Draft, name: string, word: Word): void {
    const text = word.done().join(" ");
    const value = text.slice(text.indexOf("=") + 1);
    draft.assigned.push([name, value]);
    this.#around.variables.set(name, value);
  }

  /** After `for name in words`, the name stands for all of the words. */
  #loopVariable({ argv }: Draft): void {
    if (argv[0] !== "for" || argv.length < 4 || argv[2] !== "in") return;
    this.#around.variables.set(argv[1]!, argv.slice(3, 35).join(" "));
  }

  #redirection(draft: Draft, operator: string): void {
    while (isBlank(this.#text[this.#at])) this.#at += 1;
    const target = this.#word(draft).done().join(" ");
    const symbol = operator.replace(/^\d+/, "");
    if (symbol === "<<<") draft.input = `${target}\n`;
    else if (symbol.startsWith("<<")) {
      const fill = (body: string): void => {
        draft.input = body;
      };
      this.#heredocs.push({ end: target, keepsTabs: symbol === "<<", fill });
    } else draft.redirections.push({ operator, target });
  }

  #readHeredocs(): void {
    for (const { end, keepsTabs, fill } of this.#heredocs) {
      const lines: string[] = [];
      while (this.#at < this.#text.length && this.#around.spend()) {
        const stop = this.#text.indexOf("\n", this.#at);
        const line = this.#text.slice(this.#at, stop < 0 ? undefined : stop);
        this.#at = stop < 0 ? this.#text.length : stop + 1;
        if ((keepsTabs ? line : line.replace(/^\t+/, "")) === end) break;
        lines.push(line);
      }
      fill(`${lines.join("\n")}\n`);
    }
    this.#heredocs = [];
  }

  #word(draft: Draft): Word {
    const word = new Word();
    const start = this.#at;
    while (this.#at < this.#text.length) {
      const letter = this.#text[this.#at]!;
      const isInput = (letter === "<" || letter === ">") && this.#text[this.#at + 1] === "(";
      if (isInput && this.#depth < DEEPEST) this.#processInput(word, draft);
      else if (endsWord(letter) || (letter === "`" && this.#isInBackticks)) break;
      else this.#letter(letter, word, draft);
      if (!this.#around.spend()) break;
    }
    if (this.#at === start) this.#at += 1;
    return word;
  }

  #letter(letter: string, word: Word, draft: Draft): void {
    if (letter === "\\") {
      const next = this.#text[this.#at + 1];
      if (next !== "\n") word.add(next ?? "\\");
      this.#at += 2;
    } else if (letter === "'" && this.#hasPartner("'")) this.#single(word);
    else if (letter === '"' && this.#hasPartner('"')) this.#double(word, draft);
    else if (letter === "$") this.#dollar(word, draft, false);
    else if (letter === "`") this.#backtick(word, draft, false);
    else if (letter === "{" && word.text === undefined && this.#braces(word)) return;
    else this.#plain(letter, word);
  }

  #plain(letter: string, word: Word): void {
    PLAIN.lastIndex = this.#at;
    const run = PLAIN.exec(this.#text)?.[0] ?? letter;
    word.add(run);
    this.#at += run.length;
  }

  /** Whether the quote here has a partner; one that has none is a letter, as in a joined argument list. */
  #hasPartner(quote: string): boolean {
    if (this.#unpaired.has(quote)) return false;
    if (this.#text.indexOf(quote, this.#at + 1) >= 0) return true;
    this.#unpaired.add(quote);
    return false;
  }

  #single(word: Word): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    word.add(this.#text.slice(this.#at + 1, end));
    word.isQuoted = true;
    this.#at = end + 1;
  }

  #double(word: Word, draft: Draft): void {
    word.isQuoted = true;
    word.add("");
    this.#at += 1;
    while (this.#at < this.#text.length) {
      const letter = this.#text[this.#at]!;
      if (letter === '"') break;
      if (letter === "\\" && '"\\$`\n'.includes(this.#text[this.#at + 1] ?? "x")) {
        if (this.#text[this.#at + 1] !== "\n") word.add(this.#text[this.#at + 1]!);
        this.#at += 2;
      } else if (letter === "$") this.#dollar(word, draft, true);
      else if (letter === "`") this.#backtick(word, draft, true);
      else {
        word.add(letter);
        this.#at += 1;
      }
      if (!this.#around.spend()) break;
    }
    this.#at += 1;
  }

  /** `{a,b}` as a whole word stands for the words a and b. */
  #braces(word: Word): boolean {
    const span = this.#text.slice(this.#at, this.#at + BRACE_SPAN);
    const inside = /^\{([^\s{}'"$`]*,[^\s{}'"$`]*)\}(?=[\s;&|()<>]|$)/.exec(span)?.[1];
    if (inside === undefined) return false;
    word.split(inside.replaceAll(",", " "));
    this.#at += inside.length + 2;
    return true;
  }

  #dollar(word: Word, draft: Draft, isQuoted: boolean): void {
    const next = this.#text[this.#at + 1];
    if (next === "'" && !isQuoted) {
      const end = /^\$'((?:[^'\\]|\\[\s\S])*)'/.exec(this.#text.slice(this.#at, this.#at + 8_192));
      word.add(end ? unescaped(end[1]!) : "$'");
      this.#at += end ? end[0].length : 2;
    } else if (next === '"' && !isQuoted) this.#at += 1;
    else if (next === "(" && this.#depth < DEEPEST) {
      this.#at += 1;
      this.#substitute(word, draft, isQuoted, ")");
    } else {
      const before = word.text?.at(-1) ?? "";
      const { text, length } = expandVariable(this.#text, this.#at, before, this.#around.variables);
      if (isQuoted) word.add(text);
      else word.split(text);
      this.#at += length;
    }
  }

  #backtick(word: Word, draft: Draft, isQuoted: boolean): void {
    if (this.#depth < DEEPEST && this.#hasPartner("`")) this.#substitute(word, draft, isQuoted, "`");
    else {
      word.add("`");
      this.#at += 1;
    }
  }

  #substitute(word: Word, draft: Draft, isQuoted: boolean, closer: string): void {
    const wasInBackticks = this.#isInBackticks;
    this.#isInBackticks = closer === "`";
    const { output, commands } = this.#group(closer);
    this.#isInBackticks = wasInBackticks;
    draft.fed.push(...commands.slice(0, 32));
    const text = (output ?? "").replace(/\n+$/, "");
    if (isQuoted) word.add(text);
    else word.split(text);
  }

  #processInput(word: Word, draft: Draft): void {
    this.#at += 1;
    draft.fed.push(...this.#group(")").commands.slice(0, 32));
    word.add("/dev/fd/63");
  }
}

const finished = ({ argv, assigned, redirections, fed, input }: Draft): Parsed => ({
  argv,
  assigned,
  redirections,
  fed,
  input,
});

function joined(listed: readonly Listed[]): Listed {
  const [only] = listed;
  if (listed.length === 1 && only) return only;
  const outputs = listed.map(({ output }) => output).filter((output) => output !== undefined);
  return {
    output: outputs.length === 0 ? undefined : outputs.join(""),
    commands: listed.flatMap(({ commands }) => commands),
  };
}
