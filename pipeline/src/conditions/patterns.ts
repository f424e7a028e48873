import { ANY_ONE, ANY_RUN, type Pattern } from "./condition.js";

type TextTest = (text: string) => boolean;

const loweredPattern = (pattern: Pattern): Pattern =>
  pattern.map((part) => (typeof part === "string" ? part.toLowerCase() : part));

/** Tests a text against a pattern; unless `cased`, the text must be in lower case. Linear but for `?` between two runs. */
export function textTest(pattern: Pattern, cased: boolean): TextTest {
  const parts = cased ? pattern : loweredPattern(pattern);
  const [first, second, third] = parts;
  if (parts.length === 1 && typeof first === "string") return (text) => text === first;
  if (parts.length === 2 && typeof first === "string" && second === ANY_RUN)
    return (text) => text.startsWith(first);
  if (parts.length === 2 && first === ANY_RUN && typeof second === "string")
    return (text) => text.endsWith(second);
  if (parts.length === 3 && first === ANY_RUN && typeof second === "string" && third === ANY_RUN)
    return (text) => text.includes(second);
  return globTest(parts);
}

/** What lies between two runs: literals and single wildcards. */
type Segment = readonly (string | typeof ANY_ONE)[];

function segmentsOf(pattern: Pattern): Segment[] {
  const segments: (string | typeof ANY_ONE)[][] = [[]];
  for (const part of pattern) {
    if (part === ANY_RUN) segments.push([]);
    else segments.at(-1)!.push(part);
  }
  return segments;
}

const lengthOf = (segment: Segment): number =>
  segment.reduce<number>((total, part) => total + (part === ANY_ONE ? 1 : part.length), 0);

function fits(segment: Segment, text: string, from: number): boolean {
  let at = from;
  for (const part of segment) {
    if (part === ANY_ONE) at += 1;
    else if (text.startsWith(part, at)) at += part.length;
    else return false;
  }
  return at <= text.length;
}

function find(segment: Segment, text: string, from: number): number {
  const [first] = segment;
  if (segment.length === 1 && typeof first === "string") return text.indexOf(first, from);
  for (let at = from; at <= text.length - lengthOf(segment); at += 1) if (fits(segment, text, at)) return at;
  return -1;
}

/** The first segment is anchored at the start, the last at the end; between, each is found as early as it can be. */
function globTest(pattern: Pattern): TextTest {
  const segments = segmentsOf(pattern);
  const head = segments[0]!;
  const tail = segments.at(-1)!;
  const middle = segments.slice(1, -1).filter((segment) => segment.length > 0);
  const headLength = lengthOf(head);
  const tailLength = lengthOf(tail);
  if (segments.length === 1) return (text) => text.length === headLength && fits(head, text, 0);
  return (text) => {
    if (text.length < headLength + tailLength || !fits(head, text, 0)) return false;
    const end = text.length - tailLength;
    if (!fits(tail, text, end)) return false;
    let at = headLength;
    for (const segment of middle) {
      const found = find(segment, text, at);
      if (found === -1) return false;
      at = found + lengthOf(segment);
    }
    return at <= end;
  };
}

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** The pattern as a regular expression over the whole text. */
export const patternRegex = (pattern: Pattern): string =>
  `^${pattern
    .map((part) => (part === ANY_RUN ? ".*" : part === ANY_ONE ? "." : escapeRegex(part)))
    .join("")}$`;

/** The pattern as a person writes it. */
export const patternText = (pattern: Pattern): string =>
  pattern.map((part) => (part === ANY_RUN ? "*" : part === ANY_ONE ? "?" : part)).join("");
