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
 * (Aho and Corasick 1975, as a full transition table). Letters that no literal holds share one column, and states take two
 * bytes where that is enough: the table is walked at random, so that it should fit the processor's cache.
 */
export class LiteralIndex {
  readonly #columns: Uint8Array;
  readonly #shift: number;
  /** Where each letter leads from each state; the complement of a state in which literals end. */
  readonly #next: Int16Array | Int32Array;
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
    const letters = [...new Set(edges.flatMap((edge) => [...edge.keys()]))].sort((one, other) => one - other);
    this.#shift = Math.ceil(Math.log2(letters.length + 1));
    this.#columns = new Uint8Array(ALPHABET);
    for (const [place, letter] of letters.entries()) this.#columns[letter] = place + 1;
    for (let code = 0; code < ALPHABET; code += 1) this.#columns[code] = this.#columns[folded[code]!]!;
    this.#next = complete(edges, owners, { letters, shift: this.#shift });
    this.#owners = owners.map((found) => [...found]);
  }

  /** Appends the owners of all literals in the text to `found`; an owner may come several times. */
  collect(text: string, found: number[]): void {
    const next = this.#next;
    const columns = this.#columns;
    const shift = this.#shift;
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const column = code < ALPHABET ? columns[code]! : columns[foldedFar.get(code) ?? 0]!;
      state = next[(state << shift) + column]!;
      if (state < 0) {
        state = ~state;
        this.#end(this.#owners[state]!, text, at + 1, found);
      }
    }
  }

  #end(owners: readonly number[], text: string, to: number, found: number[]): void {
    for (let index = 0; index < owners.length; index += 1) {
      const owner = owners[index]!;
      if (owner >= 0) found.push(owner);
      else {
        const word = ~owner;
        if (isWord(text, to - (word % LONGEST_WORD), to)) found.push(Math.floor(word / LONGEST_WORD));
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
function complete(
  edges: readonly Map<number, number>[],
  owners: Set<number>[],
  { letters, shift }: { readonly letters: readonly number[]; readonly shift: number },
): Int16Array | Int32Array {
  const size = edges.length << shift;
  const next = new Int32Array(size);
  const fallback = new Int32Array(edges.length);
  const queue = [0];
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head]!;
    for (const [place, letter] of letters.entries()) {
      const to = edges[state]!.get(letter);
      const otherwise = state === 0 ? 0 : next[(fallback[state]! << shift) + place + 1]!;
      next[(state << shift) + place + 1] = to ?? otherwise;
      if (to === undefined) continue;
      fallback[to] = otherwise;
      for (const owner of owners[otherwise]!) owners[to]!.add(owner);
      queue.push(to);
    }
  }
  const marked = edges.length < 32_768 ? new Int16Array(size) : next;
  for (let at = 0; at < size; at += 1) {
    const to = next[at]!;
    marked[at] = owners[to]!.size > 0 ? ~to : to;
  }
  return marked;
}
