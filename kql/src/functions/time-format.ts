const TOKENS: Readonly<Record<string, string>> = {
  yyyy: "%Y",
  yy: "%y",
  MM: "%m",
  M: "%-m",
  dd: "%d",
  d: "%-d",
  HH: "%H",
  H: "%-H",
  hh: "%I",
  h: "%-I",
  mm: "%M",
  m: "%-M",
  ss: "%S",
  s: "%-S",
  fff: "%g",
  ffffff: "%f",
  fffffff: "%f0",
  tt: "%p",
};

const PART = /yyyy|yy|MM?|dd?|HH?|hh?|mm?|ss?|f{6,7}|f{3}|tt|[/\-:,._[\] ]/y;

/** A format of `format_datetime` as one of `strftime`; undefined when it has tokens we do not know. */
export function strftimeOf(format: string): string | undefined {
  let made = "";
  PART.lastIndex = 0;
  while (PART.lastIndex < format.length) {
    const token = PART.exec(format)?.[0];
    if (token === undefined) return undefined;
    made += TOKENS[token] ?? token;
  }
  return made;
}
