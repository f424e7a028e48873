/** One of these must occur in any text that a part of an expression matches; undefined when nothing must. */
type Literals = readonly string[] | undefined;

const MOST = 64;

/**
 * Literals one of which any match of a regular expression holds. Cautious: what it does not understand counts as
 * matching anything, so that a witness made of it never loses a match.
 */
export const regexLiterals = (source: string): Literals => new Scanner(source).alternatives();

const better = (one: Literals, other: Literals): Literals => {
  if (!one) return other;
  if (!other) return one;
  const shortest = (literals: readonly string[]): number => Math.min(...literals.map(({ length }) => length));
  return shortest(other) > shortest(one) ? other : one;
};

class Scanner {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Branches divided by `|`, up to a closing parenthesis or the end. */
  alternatives(): Literals {
    let found: string[] | undefined = [];
    for (;;) {
      const branch = this.#sequence();
      found = branch && found ? [...found, ...branch] : undefined;
      if (this.#source[this.#at] !== "|") break;
      this.#at += 1;
    }
    return found && found.length <= MOST ? found : undefined;
  }

  #sequence(): Literals {
    let best: Literals;
    let run = "";
    const end = (): void => {
      if (run !== "") best = better(best, [run]);
      run = "";
    };
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at]!)) {
      const atom = this.#atom();
      const repeats = this.#quantifier();
      if (typeof atom === "string") {
        if (repeats === "once") run += atom;
        else {
          if (repeats === "more") run += atom;
          end();
        }
        continue;
      }
      end();
      if (repeats !== "maybe") best = better(best, atom);
    }
    end();
    return best;
  }

  /** One letter when it is a literal, else what a group or class says of itself. */
  #atom(): string | Literals {
    const letter = this.#source[this.#at]!;
    this.#at += 1;
    if (letter === "(") return this.#group();
    if (letter === "[") return this.#class();
    if (letter === "\\") return this.#escape();
    return ".^$".includes(letter) ? undefined : letter;
  }

  #group(): Literals {
    const opened = /^\?(?:P?<[A-Za-z_]\w*>|[a-zA-Z-]*:)/.exec(this.#source.slice(this.#at, this.#at + 80));
    if (opened) this.#at += opened[0].length;
    else if (this.#source[this.#at] === "?") {
      const flags = /^\?[a-zA-Z-]*\)/.exec(this.#source.slice(this.#at, this.#at + 20));
      this.#at += flags ? flags[0].length : 1;
      if (flags) return undefined;
      this.alternatives();
      this.#at += 1;
      return undefined;
    }
    const found = this.alternatives();
    this.#at += 1;
    return found;
  }

  #class(): undefined {
    if (this.#source[this.#at] === "^") this.#at += 1;
    if (this.#source[this.#at] === "]") this.#at += 1;
    while (this.#at < this.#source.length && this.#source[this.#at] !== "]") {
      const named = /^\[:\^?\w+:\]/.exec(this.#source.slice(this.#at, this.#at + 20));
      if (named) this.#at += named[0].length;
      else this.#at += this.#source[this.#at] === "\\" ? 2 : 1;
    }
    this.#at += 1;
    return undefined;
  }

  #escape(): string | undefined {
    const letter = this.#source[this.#at] ?? "";
    this.#at += 1;
    if (!/[A-Za-z0-9]/.test(letter)) return letter;
    if (letter === "Q") {
      const end = this.#source.indexOf("\\E", this.#at);
      this.#at = end === -1 ? this.#source.length : end + 2;
    } else if (letter === "x" || letter === "p" || letter === "P")
      this.#at +=
        this.#source[this.#at] === "{"
          ? this.#source.indexOf("}", this.#at) - this.#at + 1
          : letter === "x"
            ? 2
            : 1;
    else if (/[0-7]/.test(letter))
      this.#at += (/^[0-7]{0,2}/.exec(this.#source.slice(this.#at)) ?? [""])[0].length;
    return undefined;
  }

  #quantifier(): "once" | "more" | "maybe" {
    const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (!found) return "once";
    this.#at += found[0].length;
    if (found[0].startsWith("+")) return "more";
    return found[1] !== undefined && Number(found[1]) > 0 ? "more" : "maybe";
  }
}
