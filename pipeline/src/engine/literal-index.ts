const ALPHABET = 128;

/** Letters outside ASCII whose lower case begins with an ASCII one: the long s, the Kelvin sign, the dotted capital I. */
const foldedFar = new Map([
  [0x17f, 0x73],
  [0x212a, 0x6b],
  [0x130, 0x69],
]);

/** Upper-case letters count as lower-case ones; what is no ASCII counts as 0, which no literal holds. */
const folded = Uint8Array.from({ length: ALPHABET }, (_, code) =>
  code >= 65 && code <= 90 ? code + 32 : code,
);

const inWords = Uint8Array.from({ length: ALPHABET }, (_, code) =>
  /\w/.test(String.fromCharCode(code)) ? 1 : 0,
);
/** Words are shorter than this. */
const LONGEST_WORD = 64;

/**
 * Finds which of many lower-case ASCII literals occur in a text, in one pass whatever their number
 * (Aho and Corasick 1975, as a full transition table).
 */
export class LiteralIndex {
  readonly #next: Int32Array;
  /** Owners of the literals that end in a state, its shorter suffixes included. */
  readonly #owners: readonly (readonly number[])[];

  /** `literals[i]` are the literals of owner `i`, and `words[i]` those that count only as whole words. */
  constructor(literals: readonly (readonly string[])[], words: readonly (readonly string[])[] = []) {
    const edges: Map<number, number>[] = [new Map()];
    const owners: Set<number>[] = [new Set()];
    for (const [owner, texts] of words.entries()) {
      for (const text of texts)
        owners[insert(edges, owners, text)]!.add(~(owner * LONGEST_WORD + text.length));
    }
    for (const [owner, texts] of literals.entries()) {
      for (const text of texts) owners[insert(edges, owners, text)]!.add(owner);
    }
    const next = complete(edges, owners);
    this.#owners = owners.map((found) => [...found]);
    // Rows instead of states, and negative where literals end: one look-up and one comparison for each letter.
    this.#next = next.map((to) => (owners[to]!.size > 0 ? ~(to * ALPHABET) : to * ALPHABET));
  }

  /** Appends the owners of all literals in the text to `found`; an owner may come several times. */
  collect(text: string, found: number[]): void {
    const next = this.#next;
    const owners = this.#owners;
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const letter = code < ALPHABET ? folded[code]! : (foldedFar.get(code) ?? 0);
      state = next[state + letter]!;
      if (state < 0) {
        state = ~state;
        const some = owners[state / ALPHABET]!;
        for (let index = 0; index < some.length; index += 1) {
          const owner = some[index]!;
          if (owner >= 0) found.push(owner);
          else {
            const word = ~owner;
            if (isWord(text, at + 1 - (word % LONGEST_WORD), at + 1))
              found.push(Math.floor(word / LONGEST_WORD));
          }
        }
      }
    }
  }
}

/** Whether a part of a text is no part of a longer word of letters, digits and underscores. */
const isWord = (text: string, from: number, to: number): boolean =>
  !(inWords[text.charCodeAt(from - 1)] ?? 0) && !(inWords[text.charCodeAt(to)] ?? 0);

function insert(edges: Map<number, number>[], owners: Set<number>[], text: string): number {
  let state = 0;
  for (const letter of text) {
    const code = letter.charCodeAt(0);
    if (code >= ALPHABET || code === 0)
      throw new RangeError(`The literal ${JSON.stringify(text)} must be ASCII.`);
    let to = edges[state]!.get(folded[code]!);
    if (to === undefined) {
      to = edges.length;
      edges.push(new Map());
      owners.push(new Set());
      edges[state]!.set(folded[code]!, to);
    }
    state = to;
  }
  return state;
}

/** Fills in where each letter leads from each state, breadth first, so that a search never steps back. */
function complete(edges: readonly Map<number, number>[], owners: Set<number>[]): Int32Array {
  const next = new Int32Array(edges.length * ALPHABET);
  const fallback = new Int32Array(edges.length);
  const queue = [0];
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head]!;
    for (let code = 0; code < ALPHABET; code += 1) {
      const to = edges[state]!.get(code);
      const otherwise = state === 0 ? 0 : next[fallback[state]! * ALPHABET + code]!;
      next[state * ALPHABET + code] = to ?? otherwise;
      if (to === undefined) continue;
      fallback[to] = otherwise;
      for (const owner of owners[otherwise]!) owners[to]!.add(owner);
      queue.push(to);
    }
  }
  return next;
}
