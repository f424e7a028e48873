import { parseCsv } from "./csv.js";
import { type FeedOptions, FeedReader, type FeedReading } from "./feed-reader.js";
import { indicatorTypes } from "./indicator.js";
import { readMisp } from "./misp.js";
import { isStix, readStix } from "./stix.js";

/** Reads indicators; what is no indicator is refused with its line, the rest is kept. Throws when nothing can be read at all. */
export function parseFeed(text: string, options: FeedOptions): FeedReading {
  const reader = new FeedReader(options);
  if (options.format === "stix") readStix(JSON.parse(text), reader);
  else if (options.format === "misp") readMisp(JSON.parse(text), reader);
  else if (options.format === "csv") readCsv(text, reader);
  else if (options.format === "jsonl") readLines(text, reader);
  else readList(text, reader);
  return reader.reading();
}

/** One value a line; comments with # ; or //, and files for /etc/hosts. */
function readList(text: string, reader: FeedReader): void {
  let line = 0;
  for (const raw of text.split("\n")) {
    line += 1;
    const content = raw
      .replace(/^\s*(?:#|;|\/\/).*$/, "")
      .replace(/\s#.*$/, "")
      .trim();
    if (content === "") continue;
    const words = content.split(/[\s,]+/);
    const [first = "", second] = words;
    const isHosts = second !== undefined && /^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)$/.test(first);
    if (isHosts && second === "localhost") continue;
    reader.take(isHosts ? second : first, line);
  }
}

function readCsv(text: string, reader: FeedReader): void {
  const { column } = reader.options;
  let place = typeof column === "number" ? column : -1;
  for (const { line, cells } of parseCsv(text)) {
    if (cells[0]?.startsWith("#") || cells.every((cell) => cell === "")) continue;
    if (place === -1) {
      place = headerPlace(cells, column);
      if (place >= 0) continue;
      place = 0;
    }
    reader.take(cells[place] ?? "", line);
  }
}

const usualColumns =
  /^(?:indicator|value|ioc|ioc_value|ip|ip_address|dst_ip|domain|url|hash|sha256_hash|sha256|md5)$/i;

function headerPlace(cells: readonly string[], column: string | number | undefined): number {
  if (typeof column === "string") {
    const place = cells.findIndex((cell) => cell.trim().toLowerCase() === column.toLowerCase());
    if (place === -1) throw new RangeError(`The first line names no column ${JSON.stringify(column)}.`);
    return place;
  }
  return cells.findIndex((cell) => usualColumns.test(cell.trim()));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One JSON object a line: a value and what is said of it, or a STIX indicator. */
function readLines(text: string, reader: FeedReader): void {
  let line = 0;
  for (const raw of text.split("\n")) {
    line += 1;
    if (raw.trim() === "") continue;
    try {
      const given: unknown = JSON.parse(raw);
      if (isStix(given)) readStix(given, reader);
      else if (isRecord(given)) readObject(given, line, reader);
      else reader.refuse(line, "it is no object");
    } catch (error) {
      reader.refuse(line, error instanceof Error ? error.message : String(error));
    }
  }
}

function readObject(given: Readonly<Record<string, unknown>>, line: number, reader: FeedReader): void {
  const value = ["value", "indicator", "ioc", "ip", "domain", "url", "hash", "sha256", "md5"]
    .map((name) => given[name])
    .find((each) => typeof each === "string");
  if (typeof value !== "string") {
    reader.refuse(line, "it names no value, indicator, ip, domain, url or hash");
    return;
  }
  const type = indicatorTypes.find((each) => each === given["type"]);
  const expires = Date.parse(String(given["expires"] ?? given["valid_until"] ?? ""));
  const confidence = Number(given["confidence"]);
  reader.take(value, line, {
    ...(type ? { type } : {}),
    ...(given["confidence"] !== undefined && confidence >= 0 && confidence <= 100 ? { confidence } : {}),
    ...(Number.isNaN(expires) ? {} : { expiresAt: expires }),
    ...(typeof given["threat"] === "string" ? { threat: given["threat"].slice(0, 100) } : {}),
    ...(typeof given["description"] === "string" ? { description: given["description"].slice(0, 300) } : {}),
  });
}
