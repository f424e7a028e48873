import type { FeedReader } from "./feed-reader.js";
import type { IndicatorType } from "./indicator.js";

type Given = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Given =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** True for a STIX bundle, a TAXII envelope or one STIX indicator. */
export const isStix = (value: unknown): boolean =>
  isRecord(value) &&
  (Array.isArray(value["objects"]) || (value["type"] === "indicator" && "pattern" in value));

/** The comparison expressions of a pattern that name one thing: `[ipv4-addr:value = '203.0.113.9']`. */
const comparison =
  /(?<path>(?:ipv4-addr|ipv6-addr|domain-name|url|file|network-traffic|x509-certificate|artifact)(?::[\w-]+(?:\.[\w-]+|\.'[^']{1,40}')*))\s*(?<operator>=|IN|ISSUBSET|LIKE|MATCHES|!=)\s*(?:'(?<value>(?:[^'\\]|\\.){0,2048})'|\((?<list>[^)]{0,20000})\))/g;

const hashTypes: readonly (readonly [RegExp, IndicatorType])[] = [
  [/hashes\.'?sha-?256'?$/i, "sha256"],
  [/hashes\.'?sha-?1'?$/i, "sha1"],
  [/hashes\.'?md5'?$/i, "md5"],
  [/ja3/i, "ja3"],
];

/** Undefined when the type shall be recognised; null when the path names nothing that is looked for. */
function typeOf(path: string): IndicatorType | undefined | null {
  if (path === "url:value") return "url";
  if (path === "domain-name:value") return "domain";
  if (/^ipv[46]-addr:value$/.test(path) || /_ref\.value$/.test(path)) return undefined;
  return hashTypes.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, "$1");

/** Takes the indicators of a bundle, an envelope or one object. */
export function readStix(given: unknown, reader: FeedReader): void {
  if (!isRecord(given)) throw new RangeError("This is no STIX: an object is expected.");
  const objects = Array.isArray(given["objects"]) ? given["objects"] : [given];
  for (const [index, object] of objects.entries()) {
    if (!isRecord(object) || object["type"] !== "indicator") continue;
    if (object["revoked"] === true) continue;
    readIndicator(object, index, reader);
  }
}

function readIndicator(object: Given, index: number, reader: FeedReader): void {
  const pattern = String(object["pattern"] ?? "");
  const kind = object["pattern_type"] ?? "stix";
  if (kind !== "stix") {
    reader.refuse(index, `its pattern is of type ${String(kind).slice(0, 40)}`);
    return;
  }
  if (
    pattern.length > 100_000 ||
    /\b(?:FOLLOWEDBY|AND)\b/.test(pattern.replaceAll(/'(?:[^'\\]|\\.)*'/g, "''"))
  ) {
    reader.refuse(index, "its pattern asks for several things together");
    return;
  }
  const more = aboutOf(object);
  let count = 0;
  for (const { groups } of pattern.matchAll(comparison)) {
    const { path = "", operator = "", value, list } = groups ?? {};
    const type = typeOf(path);
    if (type === null || operator === "!=" || operator === "LIKE" || operator === "MATCHES") continue;
    const values =
      value === undefined
        ? [...(list ?? "").matchAll(/'((?:[^'\\]|\\.)*)'/g)].map((each) => each[1]!)
        : [value];
    for (const each of values) reader.take(unescaped(each), index, { ...more, ...(type ? { type } : {}) });
    count += values.length;
  }
  if (count === 0) reader.refuse(index, `nothing of its pattern is looked for: ${pattern.slice(0, 100)}`);
}

function aboutOf(object: Given): {
  confidence?: number;
  expiresAt?: number;
  threat?: string;
  description: string;
} {
  const until = Date.parse(String(object["valid_until"] ?? ""));
  const { confidence } = object;
  const types = object["indicator_types"] ?? object["labels"];
  const threat = Array.isArray(types) ? types.map(String).join(", ").slice(0, 100) : "";
  return {
    description: String(object["name"] ?? object["description"] ?? "").slice(0, 300),
    ...(typeof confidence === "number" && confidence >= 0 && confidence <= 100 ? { confidence } : {}),
    ...(Number.isNaN(until) ? {} : { expiresAt: until }),
    ...(threat === "" ? {} : { threat }),
  };
}
