import { createHash } from "node:crypto";

/** An alert that an indicator made, as far as a sighting tells of it. */
export interface Seen {
  readonly alertId: string;
  readonly deviceId: string;
  readonly value: string;
  readonly type: string;
  readonly set: string;
  readonly first: string;
  readonly last: string;
  readonly count: number;
}

/** Ids that are the same whenever the same is told again. */
function idOf(kind: string, text: string): string {
  const hex = createHash("sha256").update(`${kind}\n${text}`).digest("hex");
  return `${kind}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

const paths: Readonly<Record<string, string>> = {
  ipv4: "ipv4-addr:value",
  ipv6: "ipv6-addr:value",
  domain: "domain-name:value",
  url: "url:value",
  md5: "file:hashes.MD5",
  sha1: "file:hashes.'SHA-1'",
  sha256: "file:hashes.'SHA-256'",
};

const patternOf = ({ type, value }: Seen): string =>
  type === "cidr"
    ? `[${value.includes(":") ? "ipv6" : "ipv4"}-addr:value ISSUBSET ${quoted(value)}]`
    : `[${paths[type] ?? "artifact:payload_bin"} = ${quoted(value)}]`;

/** What was seen as a STIX 2.1 bundle, for whoever gave the indicators. */
export function sightingsBundle(
  seen: readonly Seen[],
  identity: { readonly name: string; readonly at: string },
): object {
  const { name, at } = identity;
  const author = {
    type: "identity",
    spec_version: "2.1",
    id: idOf("identity", name),
    created: "2020-01-01T00:00:00.000Z",
    modified: "2020-01-01T00:00:00.000Z",
    name,
    identity_class: "system",
  };
  const objects = seen.flatMap((each) => objectsOf(each, author.id));
  const unique = new Map(objects.map((object) => [object.id, object]));
  return { type: "bundle", id: idOf("bundle", `${at}${seen.length}`), objects: [author, ...unique.values()] };
}

function objectsOf(seen: Seen, author: string): { id: string }[] {
  const dated = { spec_version: "2.1", created: seen.first, modified: seen.last, created_by_ref: author };
  const indicator = {
    type: "indicator",
    ...dated,
    modified: seen.first,
    id: idOf("indicator", `${seen.set}\n${seen.value}`),
    name: seen.value,
    description: `From ${seen.set}.`,
    pattern: patternOf(seen),
    pattern_type: "stix",
    valid_from: seen.first,
  };
  const sighting = {
    type: "sighting",
    ...dated,
    id: idOf("sighting", seen.alertId),
    first_seen: seen.first,
    last_seen: seen.last,
    count: Math.min(Math.max(1, seen.count), 999_999_999),
    sighting_of_ref: indicator.id,
    where_sighted_refs: [author],
    description: `Seen on the device ${seen.deviceId}.`,
  };
  return [indicator, sighting];
}
