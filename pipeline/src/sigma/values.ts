import { ANY_ONE, ANY_RUN, type Pattern } from "../conditions/condition.js";

/** A text of a rule as a pattern: `*` and `?` are wildcards, a backslash before them or before itself makes them plain. */
export function parsePattern(text: string): Pattern {
  const parts: (string | typeof ANY_RUN | typeof ANY_ONE)[] = [];
  let literal = "";
  const end = (): void => {
    if (literal !== "") parts.push(literal);
    literal = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    const following = text[at + 1];
    if (letter === "\\" && (following === "*" || following === "?" || following === "\\")) {
      literal += following;
      at += 1;
    } else if (letter === "*" || letter === "?") {
      end();
      const wildcard = letter === "*" ? ANY_RUN : ANY_ONE;
      if (wildcard === ANY_ONE || parts.at(-1) !== ANY_RUN) parts.push(wildcard);
    } else literal += letter;
  }
  end();
  return parts;
}

const surrounded = (pattern: Pattern, before: boolean, after: boolean): Pattern => [
  ...(before && pattern[0] !== ANY_RUN ? ([ANY_RUN] as const) : []),
  ...pattern,
  ...(after && pattern.at(-1) !== ANY_RUN ? ([ANY_RUN] as const) : []),
];

/** The pattern anywhere in a text. */
export const containing = (pattern: Pattern): Pattern => surrounded(pattern, true, true);
/** The pattern at the start. */
export const starting = (pattern: Pattern): Pattern => surrounded(pattern, false, true);
/** The pattern at the end. */
export const ending = (pattern: Pattern): Pattern => surrounded(pattern, true, false);

const DASHES = ["-", "/", "\u2013", "\u2014", "\u2015"];
/** More options than this in one value are replaced together, so that a value cannot multiply without bound. */
const MOST_APART = 2;

/** A text with each option's dash as any of the dashes that programs take for one. */
export function dashed(text: string): string[] {
  const places = [...text.matchAll(/\B[-/]\b/g)].map(({ index }) => index);
  if (places.length === 0) return [text];
  const put = (dashes: readonly string[]): string =>
    places.reduceRight(
      (line, place, index) => line.slice(0, place) + dashes[index % dashes.length]! + line.slice(place + 1),
      text,
    );
  if (places.length > MOST_APART) return [...new Set([text, ...DASHES.map((dash) => put([dash]))])];
  const choices = places.reduce<string[][]>(
    (rows) => rows.flatMap((row) => DASHES.map((dash) => [...row, dash])),
    [[]],
  );
  return [...new Set([text, ...choices.map(put)])];
}

/** The three texts one of which occurs in base64 that holds these bytes anywhere. */
export function base64Offsets(bytes: Buffer): string[] {
  const begins = [0, 2, 3];
  const ends = [0, 3, 2];
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const cut = ends[(bytes.length + offset) % 3]!;
    return encoded.slice(begins[offset], cut === 0 ? undefined : -cut);
  });
}

/** A text in UTF-16, as PowerShell and others encode commands. */
export function utf16(text: string, order: "le" | "be" | "bom"): Buffer {
  const bytes = Buffer.from(text, "utf16le");
  if (order === "le") return bytes;
  if (order === "be") return Buffer.from(bytes).swap16();
  return Buffer.concat([Buffer.from([0xff, 0xfe]), bytes]);
}
