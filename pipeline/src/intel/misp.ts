import type { FeedReader } from "./feed-reader.js";
import type { IndicatorType } from "./indicator.js";

type Given = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Given =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Attribute types that are looked for, and which part of a composite value counts. */
const types: Readonly<Record<string, readonly (IndicatorType | "recognise" | "skip")[]>> = {
  "ip-dst": ["recognise"],
  "ip-src": ["recognise"],
  "ip-dst|port": ["recognise", "skip"],
  "ip-src|port": ["recognise", "skip"],
  domain: ["domain"],
  hostname: ["domain"],
  "hostname|port": ["domain", "skip"],
  "domain|ip": ["domain", "recognise"],
  url: ["url"],
  md5: ["md5"],
  sha1: ["sha1"],
  sha256: ["sha256"],
  "filename|md5": ["skip", "md5"],
  "filename|sha1": ["skip", "sha1"],
  "filename|sha256": ["skip", "sha256"],
  "ja3-fingerprint-md5": ["ja3"],
};

/** Takes the attributes of MISP events that are meant for detection. Answers nothing of other kinds. */
export function readMisp(given: unknown, reader: FeedReader): void {
  const events = Array.isArray(given) ? given : [given];
  for (const [index, each] of events.entries()) {
    const event = isRecord(each) ? each["Event"] : undefined;
    if (!isRecord(event)) throw new RangeError("This is no MISP event: an object with Event is expected.");
    const objects = Array.isArray(event["Object"]) ? event["Object"].filter(isRecord) : [];
    const attributes = [event, ...objects].flatMap((holder) =>
      Array.isArray(holder["Attribute"]) ? holder["Attribute"].filter(isRecord) : [],
    );
    const description = String(event["info"] ?? "").slice(0, 300);
    for (const attribute of attributes) readAttribute(attribute, { index, description, reader });
  }
}

function readAttribute(
  attribute: Given,
  { index, description, reader }: { index: number; description: string; reader: FeedReader },
): void {
  const parts = types[String(attribute["type"])];
  if (!parts || attribute["to_ids"] === false || attribute["deleted"] === true) return;
  const values = String(attribute["value"] ?? "").split("|");
  const threat = String(attribute["category"] ?? "").slice(0, 100);
  for (const [place, part] of parts.entries()) {
    if (part === "skip") continue;
    const more = part === "recognise" ? {} : { type: part };
    reader.take(values[place] ?? "", index, { description, ...(threat === "" ? {} : { threat }), ...more });
  }
}
