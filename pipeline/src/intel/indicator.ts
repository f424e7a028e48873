import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";

/** What an indicator names. */
export const indicatorTypes = [
  "ipv4",
  "ipv6",
  "cidr",
  "domain",
  "url",
  "md5",
  "sha1",
  "sha256",
  "ja3",
] as const;
/** One of the things an indicator names. */
export type IndicatorType = (typeof indicatorTypes)[number];

/** One thing that a source says is bad. */
export interface Indicator {
  readonly type: IndicatorType;
  /** In the one form that look-ups use: lower case, punycode, canonical addresses. */
  readonly value: string;
  /** 0 to 100. */
  readonly confidence: number;
  /** Milliseconds since 1970 when it stops to count; 0 for never. */
  readonly expiresAt: number;
  /** Such as C2 or Malware. */
  readonly threat: string;
  readonly description: string;
}

const LONGEST = 2_048;
const hashLengths: Readonly<Record<number, IndicatorType>> = { 32: "md5", 40: "sha1", 64: "sha256" };
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** A domain in lower case and punycode without the last dot; undefined when it is none. */
export function domainOf(text: string): string | undefined {
  const trimmed = text.trim().replace(/\.$/, "").replace(/^\*\./, "");
  if (trimmed === "" || trimmed.length > 253) return undefined;
  const isPlain = /^[a-z0-9._-]+$/.test(trimmed);
  const ascii = isPlain ? trimmed : domainToASCII(trimmed);
  const labels = ascii.split(".");
  if (labels.length < 2 || !labels.every((each) => label.test(each))) return undefined;
  return /^\d+$/.test(labels.at(-1)!) ? undefined : ascii;
}

/** A URL in the form that look-ups use: scheme and host in lower case, no fragment, no default port. */
export function urlOf(text: string): string | undefined {
  if (text.length > LONGEST || !/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return undefined;
  try {
    const url = new URL(text);
    url.hash = "";
    url.username = "";
    url.password = "";
    return url.host === "" ? undefined : url.href;
  } catch {
    return undefined;
  }
}

/** Addresses as look-ups write them: IPv4 within IPv6 is IPv4. */
export function addressOf(text: string): { type: "ipv4" | "ipv6"; value: string } | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  return { type: address.kind(), value: address.toString() };
}

function blockOf(text: string): { type: IndicatorType; value: string } | undefined {
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [address, bits] = ipaddr.parseCIDR(text);
  const whole = address.kind() === "ipv4" ? 32 : 128;
  if (bits === whole) return addressOf(address.toString());
  const network =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(text)
      : ipaddr.IPv6.networkAddressFromCIDR(text);
  return { type: "cidr", value: `${network.toString()}/${bits}` };
}

/** Finds out what a text names, written as analysts write it too: hxxp and [.] are undone. */
export function recognise(given: string): { type: IndicatorType; value: string } | undefined {
  const text = given.trim().replace(/^hxxp/i, "http").replaceAll("[.]", ".").replaceAll("[:]", ":");
  if (text === "" || text.length > LONGEST) return undefined;
  if (/^[0-9a-f]+$/i.test(text) && hashLengths[text.length])
    return { type: hashLengths[text.length]!, value: text.toLowerCase() };
  if (text.includes("://")) {
    const url = urlOf(text);
    return url === undefined ? undefined : { type: "url", value: url };
  }
  if (text.includes("/")) return blockOf(text);
  const address = addressOf(text);
  if (address) return address;
  const domain = domainOf(text.toLowerCase());
  return domain === undefined ? undefined : { type: "domain", value: domain };
}

/** The value of a type that a source names, or undefined when it is none of that type. */
export function normalise(type: IndicatorType, value: string): string | undefined {
  const found = recognise(value);
  if (type === "ja3") return /^[0-9a-f]{32}$/i.test(value.trim()) ? value.trim().toLowerCase() : undefined;
  return found && found.type === type ? found.value : undefined;
}
