import { type HostFunctions, numberAt, textAt } from "./function.js";

/** An address as 128 bits with the bits of its prefix; an IPv4 one is mapped. */
interface Address {
  readonly bits: bigint;
  readonly prefix: number;
}

const MAPPED = 0xffffn << 32n;

function ipv4Bits(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

/** An IPv6 or IPv4 address, with or without a prefix. */
export function addressOf(text: string): Address | undefined {
  const [spelt = "", suffix, ...more] = text.trim().split("/");
  if (more.length > 0 || (suffix !== undefined && !/^\d{1,3}$/.test(suffix))) return undefined;
  const four = ipv4Bits(spelt);
  const most = four === undefined ? 128 : 32;
  const given = suffix === undefined ? most : Number(suffix);
  if (given > most) return undefined;
  const bits = four === undefined ? ipv6Bits(spelt) : MAPPED | four;
  return bits === undefined ? undefined : { bits, prefix: four === undefined ? given : given + 96 };
}

function ipv6Bits(text: string): bigint | undefined {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = embedded ? ipv4Bits(embedded[2]!) : undefined;
  if (embedded && four === undefined) return undefined;
  const spelt =
    embedded && four !== undefined
      ? `${embedded[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`
      : text;
  const halves = spelt.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const given = groups.flat();
  if (!given.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - given.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...groups[0]!, ...Array.from({ length: missing }, () => "0"), ...(groups[1] ?? [])];
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

const masked = (bits: bigint, prefix: number): bigint =>
  (bits >> BigInt(128 - prefix)) << BigInt(128 - prefix);

const spelt = (bits: bigint): string => bits.toString(16).padStart(32, "0").match(/.{4}/g)!.join(":");

/** The smaller prefix of both, and a third one when it is given. */
function shared(one: Address, other: Address, given: number | undefined): number {
  return Math.min(one.prefix, other.prefix, given ?? 128);
}

function compared(args: readonly unknown[]): number | null {
  const [one, other] = [addressOf(textAt(args, 0)), addressOf(textAt(args, 1))];
  if (!one || !other) return null;
  const prefix = shared(one, other, numberAt(args, 2));
  const [left, right] = [masked(one.bits, prefix), masked(other.bits, prefix)];
  return left === right ? 0 : left < right ? -1 : 1;
}

function isInRange(address: string, range: string): boolean | null {
  const [one, other] = [addressOf(address), addressOf(range)];
  return one && other ? masked(one.bits, other.prefix) === masked(other.bits, other.prefix) : null;
}

const flat = (args: readonly unknown[]): unknown[] =>
  args.flatMap((each) => (Array.isArray(each) ? each : [each]));

function isInAny(args: readonly unknown[]): boolean | null {
  if (!addressOf(textAt(args, 0))) return null;
  return flat(args.slice(1)).some((range) => isInRange(textAt(args, 0), String(range)) === true);
}

/** The fewest ranges that hold all addresses from one to another. */
function cidrs(args: readonly unknown[]): string[] | null {
  const [first, last] = [ipv4Bits(textAt(args, 0)), ipv4Bits(textAt(args, 1))];
  if (first === undefined || last === undefined || first > last) return null;
  const ranges: string[] = [];
  for (let from = first; from <= last; ) {
    let bits = 0n;
    while (bits < 32n && from % (2n << bits) === 0n && from + (2n << bits) - 1n <= last) bits += 1n;
    ranges.push(`${dotted(from)}/${32n - bits}`);
    from += 1n << bits;
  }
  return ranges;
}

const dotted = (bits: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join(".");

/** Addresses within a text, each between characters that are no part of one. */
function* addressesIn(text: string): Generator<string> {
  for (const [found] of text.matchAll(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g))
    if (ipv4Bits(found) !== undefined) yield found;
}

const hasAny =
  (isMatch: (found: string, sought: string) => boolean): HostFunctions[string] =>
  (args) => {
    const sought = flat(args.slice(1)).map(String);
    for (const found of addressesIn(textAt(args, 0)))
      if (sought.some((each) => isMatch(found, each))) return true;
    return false;
  };

const isSame = (found: string, sought: string): boolean => found === sought;
/** A prefix is a whole address or ends with a point. */
const isPrefix = (found: string, sought: string): boolean =>
  sought.endsWith(".") ? found.startsWith(sought) : found === sought;

const EARTH_RADIUS = 6_371_010;

/** Along the sphere between two points; null for what is no point. */
function metres(from: readonly [number, number], to: readonly [number, number]): number | null {
  if ([from, to].some(([east, north]) => Math.abs(east) > 180 || Math.abs(north) > 90)) return null;
  const [a, b, c, d] = [from[0], from[1], to[0], to[1]].map((each) => (each * Math.PI) / 180) as [
    number,
    number,
    number,
    number,
  ];
  const half = Math.sin((d - b) / 2) ** 2 + Math.cos(b) * Math.cos(d) * Math.sin((c - a) / 2) ** 2;
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(half));
}

/** Functions of addresses. */
export const addressFunctions: HostFunctions = {
  ipv6_compare: compared,
  ipv6_is_match: (args) => {
    const order = compared(args);
    return order === null ? null : order === 0;
  },
  ipv6_is_in_range: (args) => isInRange(textAt(args, 0), textAt(args, 1)),
  ipv6_is_in_any_range: isInAny,
  ipv4_is_in_any_range: isInAny,
  parse_ipv6: (args) => {
    const address = addressOf(textAt(args, 0));
    return address ? spelt(masked(address.bits, address.prefix)) : "";
  },
  parse_ipv6_mask: (args) => {
    const address = addressOf(textAt(args, 0));
    const prefix = numberAt(args, 1);
    if (!address || prefix === undefined || prefix < 0 || prefix > 128) return "";
    return spelt(masked(address.bits, Math.min(prefix, address.prefix)));
  },
  ipv4_range_to_cidr_list: cidrs,
  has_ipv4: hasAny(isSame),
  has_any_ipv4: hasAny(isSame),
  has_ipv4_prefix: hasAny(isPrefix),
  has_any_ipv4_prefix: hasAny(isPrefix),
  geo_distance_2points: (args) => {
    const [longitude, latitude, otherLongitude, otherLatitude] = [0, 1, 2, 3].map((place) =>
      numberAt(args, place),
    );
    if (longitude === undefined || latitude === undefined) return null;
    if (otherLongitude === undefined || otherLatitude === undefined) return null;
    return metres([longitude, latitude], [otherLongitude, otherLatitude]);
  },
  geo_info_from_ip_address: (args, { geo }) => geo?.(textAt(args, 0)) ?? null,
};
