import type { RuleEvent } from "@picket/detections";
import { addressOf, domainOf, type IndicatorType, urlOf } from "./indicator.js";

/** Something in an event that an indicator may name. */
export interface Observable {
  readonly kind: "address" | "domain" | "url" | "hash";
  /** For hashes, which one. */
  readonly type?: IndicatorType;
  readonly value: string;
  /** The field it was found in. */
  readonly field: string;
}

const LOOKED_AT = 8_192;
const MOST = 50;
const addressFields = ["RemoteAddress", "ipAddress", "RemoteHost"];
const hashFields = ["HashAfter", "Hash", "Sha256", "sha256", "Md5", "ImageHash"];
const lengths: Readonly<Record<number, IndicatorType>> = { 32: "md5", 40: "sha1", 64: "sha256" };
const inCommand =
  /(?<url>\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s'"<>|;)`\\]{1,2000})|(?<address>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]))|(?<domain>(?<![\w./-])(?:[a-z0-9_-]{1,63}\.){1,8}[a-z][a-z0-9-]{1,62}(?![\w(]))/gi;
/** Words of commands that look like domains and are files. */
const isFile =
  /\.(?:sh|py|js|mjs|ts|txt|log|conf|cfg|json|xml|ya?ml|service|socket|so|tgz|gz|tar|zip|deb|rpm|bin|img|key|pem|crt|db|sock|pid|lock|md|html?|css|php|pl|rb|jar|java|exe|dll|bak|tmp|local)$/i;

/** What indicators may name in an event: addresses, names, URLs and hashes, also those within command lines. */
export function observablesOf(event: RuleEvent): Observable[] {
  const { item } = event;
  const found: Observable[] = [];
  const details =
    typeof item["ExtraDetails"] === "object" && item["ExtraDetails"] !== null ? item["ExtraDetails"] : {};
  for (const field of addressFields)
    address(text(item[field]) ?? text(Reflect.get(details, field)), field, found);
  for (const field of hashFields) hash(text(item[field]) ?? text(Reflect.get(details, field)), field, found);
  domain(text(item["QueryName"]), "QueryName", found);
  for (const answer of (text(item["Answers"]) ?? "").slice(0, LOOKED_AT).split(";").slice(0, MOST)) {
    address(answer.trim(), "Answers", found);
    domain(answer.trim(), "Answers", found);
  }
  command(text(item["CommandLine"]), found);
  return found;
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" && value.length < 1_000_000 ? value : undefined;

function address(value: string | undefined, field: string, found: Observable[]): void {
  const known = value === undefined ? undefined : addressOf(value);
  if (known) found.push({ kind: "address", value: known.value, field });
}

function domain(value: string | undefined, field: string, found: Observable[]): void {
  const known = value === undefined || !value.includes(".") ? undefined : domainOf(value.toLowerCase());
  if (known) found.push({ kind: "domain", value: known, field });
}

function hash(value: string | undefined, field: string, found: Observable[]): void {
  const hex = value?.replace(/^\w+:/, "").toLowerCase();
  const type = hex === undefined ? undefined : lengths[hex.length];
  if (type && /^[0-9a-f]+$/.test(hex!)) found.push({ kind: "hash", type, value: hex!, field });
}

function command(line: string | undefined, found: Observable[]): void {
  if (line === undefined || !line.includes(".")) return;
  let count = 0;
  for (const { groups } of line.slice(0, LOOKED_AT).matchAll(inCommand)) {
    if (++count > MOST) return;
    if (groups?.["url"] !== undefined) location(groups["url"], found);
    else if (groups?.["address"] !== undefined) address(groups["address"], "CommandLine", found);
    else if (groups?.["domain"] !== undefined && !isFile.test(groups["domain"]))
      domain(groups["domain"], "CommandLine", found);
  }
}

/** A URL counts itself, and so does the host in it. */
function location(given: string, found: Observable[]): void {
  const url = urlOf(given);
  if (url === undefined) return;
  found.push({ kind: "url", value: url, field: "CommandLine" });
  const { hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  address(host, "CommandLine", found);
  domain(host, "CommandLine", found);
}
