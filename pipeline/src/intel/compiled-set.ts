import ipaddr from "ipaddr.js";
import { type Indicator, type IndicatorType, indicatorTypes } from "./indicator.js";

/** What was found of an indicator that something matched. */
export interface Entry {
  readonly type: IndicatorType;
  readonly confidence: number;
  /** Milliseconds since 1970; 0 for never. */
  readonly expiresAt: number;
  readonly threat: string;
  readonly description: string;
}

const MAGIC = "PKTI0001";
const HEADER = 32;
const FILL = 0.7;

/** Two hashes of 32 bits side by side: at five million entries a false match is one in a trillion look-ups. */
export interface Hash {
  high: number;
  low: number;
}

const mixed = (value: number): number => {
  let mix = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
};

/** Hashes a text from a place on, within a type's own space. */
export function hashText(type: number, text: string, from: number, into: Hash): void {
  let high = (0x811c9dc5 ^ type) >>> 0;
  let low = (0x9747b28c ^ type) >>> 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995);
    low ^= low >>> 15;
  }
  into.high = mixed(high);
  into.low = mixed(low ^ (text.length - from)) || 1;
}

const typeNumber = Object.fromEntries(indicatorTypes.map((type, index) => [type, index + 1]));
const CIDR = typeNumber["cidr"]!;

/** An address's words and a prefix, hashed. */
function hashNetwork(words: readonly number[], bits: number, into: Hash): void {
  let high = 0x811c9dc5 ^ CIDR ^ (bits << 8) ^ (words.length << 16);
  let low = 0x9747b28c ^ bits;
  for (let index = 0; index < words.length; index += 1) {
    const left = bits - index * 32;
    const mask = left >= 32 ? -1 : left <= 0 ? 0 : -1 << (32 - left);
    high = Math.imul(mixed(high ^ (words[index]! & mask)), 0x01000193);
    low = Math.imul(mixed(low ^ (words[index]! & mask)) ^ index, 0x5bd1e995);
  }
  into.high = mixed(high);
  into.low = mixed(low) || 1;
}

/** An address as words of 32 bits: one for IPv4, four for IPv6. */
export function wordsOf(text: string): number[] | undefined {
  const quad = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (quad)
    return [(Number(quad[1]) << 24) | (Number(quad[2]) << 16) | (Number(quad[3]) << 8) | Number(quad[4])];
  if (!text.includes(":") || !ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  const bytes = address.toByteArray();
  const words: number[] = [];
  for (let index = 0; index < bytes.length; index += 4)
    words.push(
      (bytes[index]! << 24) | (bytes[index + 1]! << 16) | (bytes[index + 2]! << 8) | bytes[index + 3]!,
    );
  return words;
}

function hashIndicator({ type, value }: Indicator, into: Hash): number {
  if (type !== "cidr") {
    hashText(typeNumber[type]!, value, 0, into);
    return 0;
  }
  const [address = "", bits = "0"] = value.split("/");
  const words = wordsOf(address)!;
  hashNetwork(words, Number(bits), into);
  return words.length === 1 ? Number(bits) : 200 + Number(bits);
}

/** Lays indicators out as one block of bytes that look-ups read as it is. Later ones of the same value win. */
export function compileSet(indicators: readonly Indicator[]): Uint8Array {
  const room = 2 ** Math.max(4, Math.ceil(Math.log2((indicators.length + 1) / FILL)));
  const high = new Uint32Array(room);
  const low = new Uint32Array(room);
  const about = new Uint32Array(room);
  const entries = new Entries();
  const hash: Hash = { high: 0, low: 0 };
  const lengths = new Set<number>();
  let count = 0;
  for (const indicator of indicators) {
    const bits = hashIndicator(indicator, hash);
    if (indicator.type === "cidr") lengths.add(bits);
    let slot = hash.high & (room - 1);
    while (low[slot] !== 0 && !(low[slot] === hash.low && high[slot] === hash.high))
      slot = (slot + 1) & (room - 1);
    if (low[slot] === 0) count += 1;
    high[slot] = hash.high;
    low[slot] = hash.low;
    about[slot] = entries.add(indicator);
  }
  const tail = Buffer.from(JSON.stringify({ lengths: [...lengths], count, abouts: entries.list }));
  const bytes = Buffer.alloc(HEADER + room * 12 + tail.byteLength);
  bytes.write(MAGIC, 0, "latin1");
  bytes.writeUInt32LE(room, 8);
  bytes.writeUInt32LE(tail.byteLength, 12);
  for (const [index, column] of [high, low, about].entries())
    bytes.set(new Uint8Array(column.buffer), HEADER + index * room * 4);
  tail.copy(bytes, HEADER + room * 12);
  return bytes;
}

type About = readonly [
  type: number,
  confidence: number,
  expiresAt: number,
  threat: string,
  description: string,
];
/** Many indicators share what is said of them; more different sayings than this are shortened to the threat. */
const MOST_ABOUTS = 200_000;

class Entries {
  readonly list: About[] = [];
  readonly #places = new Map<string, number>();

  add({ type, confidence, expiresAt, threat, description }: Indicator): number {
    const isFull = this.list.length >= MOST_ABOUTS;
    const entry: About = [
      typeNumber[type]!,
      Math.round(confidence),
      // By the hour, so that feeds that give each indicator its own second still share what is said.
      Math.ceil(expiresAt / 3_600_000) * 3_600_000,
      threat,
      isFull ? "" : description.slice(0, 300),
    ];
    const key = entry.join("\n");
    const present = this.#places.get(key);
    if (present !== undefined) return present;
    this.#places.set(key, this.list.length);
    return this.list.push(entry) - 1;
  }
}

/** A compiled set that look-ups read. */
export class IndicatorSet {
  readonly count: number;
  readonly #mask: number;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #about: Uint32Array;
  readonly #abouts: readonly About[];
  /** Prefix lengths that occur, longest first: the closest range answers. */
  readonly #shortLengths: readonly number[];
  readonly #longLengths: readonly number[];
  readonly #hash: Hash = { high: 0, low: 0 };

  /** Throws when the bytes are not a compiled set. */
  constructor(bytes: Uint8Array) {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const room = view.length >= HEADER ? view.readUInt32LE(8) : 0;
    const tail = view.length >= HEADER ? view.readUInt32LE(12) : 0;
    if (view.toString("latin1", 0, 8) !== MAGIC || view.length !== HEADER + room * 12 + tail)
      throw new RangeError("These bytes are not a compiled set of indicators.");
    const column = (index: number): Uint32Array => {
      const from = HEADER + index * room * 4;
      return new Uint32Array(Uint8Array.from(view.subarray(from, from + room * 4)).buffer);
    };
    [this.#high, this.#low, this.#about] = [column(0), column(1), column(2)];
    this.#mask = room - 1;
    const { lengths, count, abouts } = JSON.parse(view.toString("utf8", HEADER + room * 12));
    this.count = count;
    this.#abouts = abouts;
    const sorted: number[] = lengths.sort((one: number, other: number) => other - one);
    this.#shortLengths = sorted.filter((bits) => bits < 200);
    this.#longLengths = sorted.filter((bits) => bits >= 200).map((bits) => bits - 200);
  }

  /** Memory it takes, in bytes, what is said of indicators not counted. */
  get bytes(): number {
    return this.#high.byteLength * 3;
  }

  text(type: IndicatorType, value: string, from = 0): Entry | undefined {
    hashText(typeNumber[type]!, value, from, this.#hash);
    return this.#find();
  }

  /** The address itself, or the closest range around it. */
  address(value: string, words: readonly number[]): Entry | undefined {
    const isShort = words.length === 1;
    const own = this.text(isShort ? "ipv4" : "ipv6", value);
    if (own) return own;
    for (const bits of isShort ? this.#shortLengths : this.#longLengths) {
      hashNetwork(words, bits, this.#hash);
      const found = this.#find();
      if (found) return found;
    }
    return undefined;
  }

  /** The domain, or the nearest of its parents. */
  domain(value: string): { entry: Entry; matched: string } | undefined {
    for (let from = 0; ; ) {
      const entry = this.text("domain", value, from);
      if (entry) return { entry, matched: value.slice(from) };
      const dot = value.indexOf(".", from);
      if (dot === -1) return undefined;
      from = dot + 1;
    }
  }

  #find(): Entry | undefined {
    const { high, low } = this.#hash;
    for (let slot = high & this.#mask; this.#low[slot] !== 0; slot = (slot + 1) & this.#mask) {
      if (this.#low[slot] === low && this.#high[slot] === high) return this.#entry(this.#about[slot]!);
    }
    return undefined;
  }

  #entry(place: number): Entry {
    const [type, confidence, expiresAt, threat, description] = this.#abouts[place]!;
    return { type: indicatorTypes[type - 1]!, confidence, expiresAt, threat, description };
  }
}
