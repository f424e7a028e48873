const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const MASK = 0xffff_ffff_ffff_ffffn;

const times = (one: bigint, other: bigint): bigint => (one * other) & MASK;
const plus = (one: bigint, other: bigint): bigint => (one + other) & MASK;
const turned = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (64n - bits))) & MASK;

const round = (sum: bigint, input: bigint): bigint => times(turned(plus(sum, times(input, P2)), 31n), P1);
const merged = (sum: bigint, lane: bigint): bigint => plus(times(sum ^ round(0n, lane), P1), P4);

/** xxHash64 with seed 0. */
export function xxhash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let sum = P5;
  if (bytes.length >= 32) {
    let lanes = [plus(P1, P2), P2, 0n, BigInt.asUintN(64, -P1)];
    for (; at + 32 <= bytes.length; at += 32) {
      const from = at;
      lanes = lanes.map((lane, place) => round(lane, view.getBigUint64(from + place * 8, true)));
    }
    const shifts = [1n, 7n, 12n, 18n];
    sum = lanes.reduce((all, lane, place) => plus(all, turned(lane, shifts[place]!)), 0n);
    for (const lane of lanes) sum = merged(sum, lane);
  }
  sum = plus(sum, BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8)
    sum = plus(times(turned(sum ^ round(0n, view.getBigUint64(at, true)), 27n), P1), P4);
  if (at + 4 <= bytes.length) {
    sum = plus(times(turned(sum ^ times(BigInt(view.getUint32(at, true)), P1), 23n), P2), P3);
    at += 4;
  }
  for (; at < bytes.length; at += 1) sum = times(turned(sum ^ times(BigInt(bytes[at]!), P5), 11n), P1);
  return avalanched(sum);
}

function avalanched(value: bigint): bigint {
  let sum = times(value ^ (value >> 33n), P2);
  sum = times(sum ^ (sum >> 29n), P3);
  return sum ^ (sum >> 32n);
}
