/** A function of the query language: how many values it takes and what it makes of them. Undefined is "not defined". */
export interface FunctionDefinition {
  readonly takes: readonly [least: number, most: number];
  readonly about: string;
  of(...given: readonly unknown[]): unknown;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isPrimitive = (value: unknown): boolean =>
  value === null || isText(value) || isNumber(value) || typeof value === "boolean";

const asks = (about: string, of: (value: unknown) => boolean): FunctionDefinition => ({
  takes: [1, 1],
  about,
  of,
});
const ofNumber = (about: string, of: (value: number) => number): FunctionDefinition => ({
  takes: [1, 1],
  about,
  of: (value) => {
    const result = isNumber(value) ? of(value) : undefined;
    return isNumber(result) ? result : undefined;
  },
});
const ofText = (about: string, of: (value: string) => unknown): FunctionDefinition => ({
  takes: [1, 1],
  about,
  of: (value) => (isText(value) ? of(value) : undefined),
});
const ofTexts = (about: string, of: (value: string, other: string) => unknown): FunctionDefinition => ({
  takes: [2, 2],
  about,
  of: (value, other) => (isText(value) && isText(other) ? of(value, other) : undefined),
});

const startsWith = ofTexts("Whether a text begins with another.", (value, other) => value.startsWith(other));
const endsWith = ofTexts("Whether a text ends with another.", (value, other) => value.endsWith(other));

/** Every function by its name in capitals. */
export const functions: ReadonlyMap<string, FunctionDefinition> = new Map(
  Object.entries({
    IS_DEFINED: asks("Whether there is a value.", (value) => value !== undefined),
    IS_NULL: asks("Whether it is null.", (value) => value === null),
    IS_BOOL: asks("Whether it is true or false.", (value) => typeof value === "boolean"),
    IS_NUMBER: asks("Whether it is a number.", isNumber),
    IS_STRING: asks("Whether it is a text.", isText),
    IS_OBJECT: asks("Whether it is an object.", isObject),
    IS_ARRAY: asks("Whether it is a list.", Array.isArray),
    IS_PRIMITIVE: asks("Whether it is a text, a number, true, false or null.", isPrimitive),
    AS_NUMBER: {
      takes: [1, 1],
      about: "A text as a number; undefined when it is none.",
      of: (value) => {
        const number = isText(value) && value.trim() !== "" ? Number(value) : value;
        return isNumber(number) ? number : undefined;
      },
    },
    STARTSWITH: startsWith,
    STARTS_WITH: startsWith,
    ENDSWITH: endsWith,
    ENDS_WITH: endsWith,
    CONTAINS: ofTexts("Whether a text holds another.", (value, other) => value.includes(other)),
    INDEX_OF: ofTexts("Where a text holds another, from 0; -1 when not.", (value, other) =>
      value.indexOf(other),
    ),
    LENGTH: ofText("Characters of a text.", (value) => value.length),
    LOWER: ofText("A text in small letters.", (value) => value.toLowerCase()),
    UPPER: ofText("A text in capitals.", (value) => value.toUpperCase()),
    CONCAT: {
      takes: [2, 32],
      about: "Texts one after the other.",
      of: (...given) => (given.every(isText) ? given.join("").slice(0, 65_536) : undefined),
    },
    SUBSTRING: {
      takes: [2, 3],
      about: "Part of a text: from a place on, so many characters.",
      of: (value, from, count) => {
        if (!isText(value) || !isNumber(from) || from < 0) return undefined;
        if (count === undefined) return value.slice(from);
        return isNumber(count) && count >= 0 ? value.slice(from, from + count) : undefined;
      },
    },
    ARRAY_CONTAINS: {
      takes: [2, 2],
      about: "Whether a list holds a value.",
      of: (list, value) => (Array.isArray(list) && isPrimitive(value) ? list.includes(value) : undefined),
    },
    ARRAY_LENGTH: {
      takes: [1, 1],
      about: "Items of a list.",
      of: (list) => (Array.isArray(list) ? list.length : undefined),
    },
    ABS: ofNumber("Without its sign.", Math.abs),
    EXP: ofNumber("e to this power.", Math.exp),
    SQUARE: ofNumber("Times itself.", (value) => value * value),
    SQRT: ofNumber("Square root.", Math.sqrt),
    CEILING: ofNumber("Up to a whole number.", Math.ceil),
    FLOOR: ofNumber("Down to a whole number.", Math.floor),
    SIGN: ofNumber("-1, 0 or 1.", Math.sign),
    POWER: {
      takes: [2, 2],
      about: "A number to the power of another.",
      of: (value, power) => {
        const result = isNumber(value) && isNumber(power) ? value ** power : undefined;
        return isNumber(result) ? result : undefined;
      },
    },
  } satisfies Record<string, FunctionDefinition>),
);
