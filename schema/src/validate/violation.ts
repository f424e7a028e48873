/** Why something was refused; the list is fixed, since people search and count by it. */
export type ViolationCode =
  | "SCHEMA_NOT_JSON"
  | "SCHEMA_NOT_FLATBUFFERS"
  | "SCHEMA_TOO_LARGE"
  | "SCHEMA_VERSION"
  | "SCHEMA_REQUIRED"
  | "SCHEMA_TYPE"
  | "SCHEMA_ENUM"
  | "SCHEMA_FORMAT"
  | "SCHEMA_COUNT"
  | "SCHEMA_UNKNOWN_FIELD"
  | "SCHEMA_UNKNOWN_EVENT";

/** One rule that a message broke. */
export interface Violation {
  readonly code: ViolationCode;
  /** How much is left out because of it. */
  readonly scope: "message" | "event" | "item";
  /** JSON pointer to the field, such as `/Events/0/Payload/2/Direction`. */
  readonly path: string;
  /** Keyword of the rule, such as required, type, enum or format. */
  readonly rule: string;
  /** What is wrong and what would be right, in a sentence. */
  readonly explanation: string;
}

/** What a value is, in words a person reads. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return `the text ${shown(value)}`;
  return typeof value === "undefined" ? "nothing" : `the ${typeof value} ${String(value)}`;
}

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);

/** Lists words for a sentence. */
export const oneOf = (words: readonly string[]): string =>
  words.length === 1
    ? `"${words[0]}"`
    : `${words
        .slice(0, -1)
        .map((word) => `"${word}"`)
        .join(", ")} or "${words.at(-1)}"`;
