/** Texts that decoders make are looked at up to here. */
const MOST = 16_384;

const isText = (text: string): boolean => {
  let strange = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0xfffd || (code < 32 && code !== 9 && code !== 10 && code !== 13)) strange += 1;
  }
  return strange * 8 <= text.length;
};

/** What base64 text stands for; undefined when it is none. Programs that decode it keep their first bytes, such as ELF. */
export function fromBase64(text: string): string | undefined {
  const packed = text.replaceAll(/\s+/g, "").slice(0, MOST * 2);
  if (packed.length < 4 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(packed)) return undefined;
  return fromBytes(packed.replaceAll("-", "+").replaceAll("_", "/"), "base64");
}

/** What hex digits stand for. */
export function fromHex(text: string): string | undefined {
  const packed = text.replaceAll(/\\x|0x|[\s:,]/gi, "").slice(0, MOST * 2);
  return packed.length >= 4 && packed.length % 2 === 0 && /^[0-9a-f]+$/i.test(packed)
    ? fromBytes(packed, "hex")
    : undefined;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What base32 text stands for. */
export function fromBase32(text: string): string | undefined {
  const packed = text.replaceAll(/[\s=]+/g, "").slice(0, MOST * 2);
  if (packed.length < 4 || !/^[A-Z2-7]+$/.test(packed)) return undefined;
  let bits = 0;
  let held = 0;
  let made = "";
  for (const letter of packed) {
    held = ((held << 5) | BASE32.indexOf(letter)) & 0xffff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    made += String.fromCharCode((held >> bits) & 0xff);
  }
  return made;
}

function fromBytes(packed: string, encoding: "base64" | "hex"): string {
  const bytes = Buffer.from(packed, encoding).subarray(0, MOST);
  const text = bytes.toString("utf8");
  return isText(text) ? text : bytes.toString("latin1");
}

const simple: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\u0007",
  b: "\b",
  f: "\f",
  v: "\v",
  e: "\u001b",
  E: "\u001b",
};
const ESCAPE = /\\(?:x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|0?[0-7]{1,3}|[\s\S])/g;

/** A text in which backslashes stand for bytes, as `echo -e`, `printf` and `$'…'` read it. */
export const unescaped = (text: string): string =>
  text.includes("\\") ? text.replaceAll(ESCAPE, letterOf) : text;

function letterOf(written: string): string {
  const kind = written[1] ?? "";
  if ((kind === "x" || kind === "u") && written.length > 2)
    return String.fromCharCode(Number.parseInt(written.slice(2), 16));
  if (/[0-7]/.test(kind)) return String.fromCharCode(Number.parseInt(written.slice(1), 8) & 0xff);
  return simple[kind] ?? (/[\\'"]/.test(kind) ? kind : written);
}

/** What `printf` prints. */
export function printed(format: string, values: readonly string[]): string {
  let next = 0;
  const once = (): string =>
    unescaped(format).replaceAll(/%(?:[-+ #0]*\d*(?:\.\d+)?)([sbdixXoucq%])/g, (_, kind: string) => {
      if (kind === "%") return "%";
      const value = values[next] ?? "";
      next += 1;
      return kind === "b" ? unescaped(value) : value;
    });
  let made = once();
  while (next > 0 && next < values.length && made.length < MOST) {
    const before = next;
    made += once();
    if (next === before) break;
  }
  return made.slice(0, MOST);
}

/** What `tr` makes of a text, for sets of letters and ranges. */
export function translated(text: string, from: string, to: string): string {
  const source = spread(from);
  const target = spread(to);
  if (source.length === 0 || target.length === 0) return text;
  const last = target.at(-1)!;
  const map = new Map(source.map((letter, place) => [letter, target[place] ?? last]));
  return [...text].map((letter) => map.get(letter) ?? letter).join("");
}

function spread(set: string): string[] {
  const letters: string[] = [];
  for (let at = 0; at < set.length && letters.length < 512; at += 1) {
    const low = set.charCodeAt(at);
    const high = set[at + 1] === "-" && at + 2 < set.length ? set.charCodeAt(at + 2) : low;
    for (let code = low; code <= high && letters.length < 512; code += 1)
      letters.push(String.fromCharCode(code));
    if (high !== low) at += 2;
  }
  return letters;
}
