import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import ipaddr from "ipaddr.js";
import { Reader, type Response } from "maxmind";

/** Where an address is registered. */
export interface Place {
  readonly country: string;
}

const require = createRequire(import.meta.url);
let reader: Reader<Response> | undefined | null;

/** The database is read when the first address asks for it; without it nothing is known. */
function open(): Reader<Response> | null {
  if (reader !== undefined) return reader;
  try {
    reader = new Reader(
      readFileSync(require.resolve("@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb")),
    );
  } catch {
    reader = null;
  }
  return reader;
}

/** The country an address is registered in, as two letters; undefined for one that is not public. */
export function placeOf(address: string): Place | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const found: unknown = open()?.get(address);
  if (typeof found !== "object" || found === null) return undefined;
  const country: unknown =
    Reflect.get(found, "country_code") ?? Reflect.get(Object(Reflect.get(found, "country")), "iso_code");
  return typeof country === "string" && country !== "" ? { country } : undefined;
}
