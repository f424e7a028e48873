import { arrayAt, type HostFunctions, numberAt, textAt } from "./function.js";
import { xxhash64 } from "./xxhash.js";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Text of bytes; undefined when they are no UTF-8. */
function textOfBytes(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const bytesOfBase64 = (text: string): Uint8Array | undefined => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
};

const base64OfBytes = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** Place of the nth text at or after a start, within a length; -1 when there is none. */
function indexOf(args: readonly unknown[]): number | null {
  const [source, sought] = [textAt(args, 0), textAt(args, 1)];
  const [start = 0, length = -1, nth = 1] = [numberAt(args, 2), numberAt(args, 3), numberAt(args, 4)];
  if (nth <= 0 || length < -1) return null;
  const from = start < 0 ? Math.max(source.length + start, 0) : start;
  const until = length === -1 ? source.length : Math.min(from + length, source.length);
  let at = from - 1;
  for (let count = 0; count < nth; count += 1) {
    at = source.indexOf(sought, at + 1);
    if (at < 0 || at + sought.length > until) return -1;
  }
  return at;
}

/** A pattern of RE2 as one of JavaScript; undefined when it is none. */
export function patternOf(spelt: string, flags = "g"): RegExp | undefined {
  const inline = /^\(\?([imsU]+)\)/.exec(spelt);
  const more = (inline?.[1] ?? "").replace("U", "");
  const body = spelt.slice(inline?.[0].length ?? 0).replaceAll("(?P<", "(?<");
  try {
    return new RegExp(body, [...new Set(`${flags}${more}`)].join(""));
  } catch {
    return undefined;
  }
}

function indexOfPattern(args: readonly unknown[]): number | null {
  const source = textAt(args, 0);
  const pattern = patternOf(textAt(args, 1));
  const [start = 0, length = -1, nth = 1] = [numberAt(args, 2), numberAt(args, 3), numberAt(args, 4)];
  if (!pattern || nth <= 0 || length < -1) return null;
  const from = start < 0 ? Math.max(source.length + start, 0) : start;
  const within = length === -1 ? source : source.slice(0, from + length);
  let at = from;
  for (let count = 1; ; count += 1) {
    pattern.lastIndex = at;
    const found = pattern.exec(within);
    if (!found) return -1;
    if (count === nth) return found.index;
    at = found.index + 1;
  }
}

/** Fields of one line of comma-separated values. */
export function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/y;
  for (let found = field.exec(line); found; found = field.exec(line)) {
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] !== ",") break;
  }
  return fields;
}

const encoded = (text: string, space: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (each) => (each === "'" ? `%${each.charCodeAt(0).toString(16)}` : each))
    .replace(/%[0-9A-F]{2}/g, (each) => each.toLowerCase())
    .replaceAll("%20", space);

const codePoints = (args: readonly unknown[]): number[] =>
  args
    .flatMap((each) => (Array.isArray(each) ? each : [each]))
    .flatMap((each) => (each === null ? [] : [Number(each)]));

const textOfCodePoints = (args: readonly unknown[]): string => {
  const points = codePoints(args);
  const isValid = (point: number): boolean => Number.isInteger(point) && point >= 0 && point <= 0x10ffff;
  return points.every(isValid) ? String.fromCodePoint(...points.slice(0, 1_048_576)) : "";
};

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

function formatBytes(args: readonly unknown[]): string {
  const bytes = numberAt(args, 0);
  if (bytes === undefined) return "";
  const asked = textAt(args, 2);
  const own = Math.min(Math.floor(Math.log(Math.max(Math.abs(bytes), 1)) / Math.log(1024)), UNITS.length - 1);
  const unit = asked ? UNITS.findIndex((each) => each.toLowerCase() === asked.toLowerCase()) : own;
  if (unit < 0) return "";
  const digits = Math.max(numberAt(args, 1) ?? 0, 0);
  return `${Number((bytes / 1024 ** unit).toFixed(digits))} ${UNITS[unit]}`;
}

function replaceStrings(args: readonly unknown[]): string {
  const [sought = [], put = arrayAt(args, 2) ?? textAt(args, 2)] = [arrayAt(args, 1)];
  return sought.reduce<string>(
    (text, each, place) =>
      each === ""
        ? text
        : text.replaceAll(String(each), () => String(Array.isArray(put) ? (put[place] ?? "") : put)),
    textAt(args, 0),
  );
}

/** Functions of texts. */
export const textFunctions: HostFunctions = {
  indexof: indexOf,
  indexof_regex: indexOfPattern,
  replace_strings: replaceStrings,
  parse_csv: (args) => fieldsOf(textAt(args, 0)),
  url_encode: (args) => encoded(textAt(args, 0), "+"),
  url_encode_component: (args) => encoded(textAt(args, 0), "%20"),
  base64_decode_toarray: (args) => [...(bytesOfBase64(textAt(args, 0)) ?? [])],
  base64_decode_toguid: (args) => {
    const text = textAt(args, 0);
    const bytes = bytesOfBase64(text);
    return bytes ? textOfBytes(bytes) : null;
  },
  base64_encode_fromarray: (args) => base64OfBytes(Uint8Array.from(codePoints([args[0]]))),
  make_string: textOfCodePoints,
  unicode_codepoints_to_string: textOfCodePoints,
  unicode_codepoints_from_string: (args) => Array.from(textAt(args, 0), (each) => each.codePointAt(0)),
  to_utf8: (args) => Array.from(textAt(args, 0), (each) => each.codePointAt(0)),
  hash: (args) => hashed(args),
  hash_xxhash64: (args) => hashed(args),
  format_bytes: formatBytes,
};

/** xxHash64 of a text or of the eight bytes of a number, in a range when a modulo is given. */
function hashed(args: readonly unknown[]): bigint | null {
  const [value, modulo] = args;
  if (value === null || value === undefined) return null;
  const bytes = typeof value === "string" ? bytesOf(value) : eightBytes(value);
  const hash = BigInt.asIntN(64, xxhash64(bytes));
  return modulo === undefined || modulo === null ? hash : BigInt.asUintN(64, hash) % BigInt(Number(modulo));
}

function eightBytes(value: unknown): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigInt64(0, BigInt(typeof value === "bigint" ? value : Math.trunc(Number(value))), true);
  return new Uint8Array(bytes.buffer);
}
