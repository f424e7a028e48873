import { type EventDefinition, eventTypes, type FieldType } from "../event-types.js";
import { kindOf, oneOf, type Violation } from "./violation.js";

/** How a value is looked at: as we would send it, or as the original agents really sent it. */
export type Mode = "strict" | "tolerant";

/** What a rule found wrong; where it happened is added by the caller. */
export type Finding = Pick<Violation, "code" | "rule" | "explanation"> & { readonly field: string };

/** Looks at one payload item; undefined when it is good. */
export type ItemCheck = (item: Record<string, unknown>) => Finding | undefined;

/** Fields that some original agent leaves out or fills with its own words; receivers take them so. */
const tolerated: Readonly<
  Record<string, { readonly optional?: readonly string[]; readonly anyText?: readonly string[] }>
> = {
  ConnectionCreate: { optional: ["RemoteAddress", "RemotePort"] },
  Login: { optional: ["Operation", "Executable"] },
  ProcessCreate: { optional: ["UserId"] },
  ConnectedHardware: { optional: ["HardwareCategory", "HardwareSubCategory", "HardwareName"] },
  OSBaseline: { optional: ["CceId", "Error"], anyText: ["Result", "Severity"] },
  Diagnostic: { anyText: ["Severity"] },
  DroppedEventsStatistics: { anyText: ["Queue"] },
};

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 =
  /^(?=.*:.*:)[0-9A-Fa-f:]{2,39}(?:%[\w.-]{1,20})?$|^(?=.*:.*:)[0-9A-Fa-f:]{2,30}:(?:\d{1,3}\.){3}\d{1,3}$/;

/** True for an IPv4 or IPv6 literal. */
export const isAddress = (text: string): boolean => IPV4.test(text) || IPV6.test(text);

type ValueCheck = (value: unknown) => string | undefined;

const isText: ValueCheck = (value) => (typeof value === "string" ? undefined : "a text");
const isInteger: ValueCheck = (value) => (Number.isInteger(value) ? undefined : "a whole number");
const isFlag: ValueCheck = (value) => (typeof value === "boolean" ? undefined : "true or false");
const isPort: ValueCheck = (value) =>
  typeof value === "string" || Number.isInteger(value) ? undefined : 'a port as text, such as "443"';
const isIpText: ValueCheck = (value) =>
  typeof value === "string" && isAddress(value) ? undefined : "an IPv4 or IPv6 address";

function checkOf(type: FieldType, mode: Mode, anyText: boolean): ValueCheck {
  if (typeof type !== "string") {
    if (anyText) return isText;
    const words = new Set<unknown>(type);
    const expected = oneOf(type);
    return (value) => (words.has(value) ? undefined : expected);
  }
  if (type === "id" || type === "count") return isInteger;
  if (type === "flag") return isFlag;
  if (type === "port") return mode === "strict" ? isText : isPort;
  return type === "address" && mode === "strict" ? isIpText : isText;
}

/** The check of an event's payload items, put together once. */
function itemCheck(name: string, definition: EventDefinition, mode: Mode): ItemCheck {
  const { optional = [], anyText = [] } = mode === "tolerant" ? (tolerated[name] ?? {}) : {};
  const fields = Object.entries(definition.fields).map(([field, { type, required }]) => ({
    field,
    required: required && !optional.includes(field),
    check: checkOf(type, mode, anyText.includes(field)),
    rule: typeof type === "string" ? "type" : "enum",
  }));
  const known = new Set([...Object.keys(definition.fields), "ExtraDetails"]);
  return (item) => {
    for (const { field, required, check, rule } of fields) {
      const value = item[field];
      if (value === undefined) {
        if (required) return missing(field, name);
        continue;
      }
      const expected = check(value);
      if (expected !== undefined) return wrong({ field, name, value, expected, rule });
    }
    return (
      checkExtra(item, mode) ??
      (mode === "strict" ? (unknownField(item, known, name) ?? nameless(item, name)) : undefined)
    );
  };
}

const missing = (field: string, name: string): Finding => ({
  field: `/${field}`,
  code: "SCHEMA_REQUIRED",
  rule: "required",
  explanation: `${field} is missing; a payload item of ${name} must have it.`,
});

function wrong(found: {
  field: string;
  name: string;
  value: unknown;
  expected: string;
  rule: string;
}): Finding {
  const { field, name, value, expected, rule } = found;
  const code = rule === "enum" ? "SCHEMA_ENUM" : "SCHEMA_TYPE";
  return {
    field: `/${field}`,
    code,
    rule,
    explanation: `${field} of ${name} is ${kindOf(value)}; it must be ${expected}.`,
  };
}

/** Details are flat in both modes; receivers also take numbers, since the C agent counts hits in one. */
function checkExtra({ ExtraDetails: details }: Record<string, unknown>, mode: Mode): Finding | undefined {
  if (details === undefined) return undefined;
  if (typeof details !== "object" || details === null || Array.isArray(details)) {
    return {
      field: "/ExtraDetails",
      code: "SCHEMA_TYPE",
      rule: "type",
      explanation: `ExtraDetails is ${kindOf(details)}; it must be an object.`,
    };
  }
  for (const [key, value] of Object.entries(details)) {
    const isGood =
      mode === "strict" ? typeof value === "string" : typeof value !== "object" || value === null;
    if (!isGood) {
      const explanation = `ExtraDetails.${key.slice(0, 60)} is ${kindOf(value)}; its values must be texts.`;
      return { field: `/ExtraDetails/${key.slice(0, 60)}`, code: "SCHEMA_TYPE", rule: "type", explanation };
    }
  }
  return undefined;
}

function unknownField(
  item: Record<string, unknown>,
  known: ReadonlySet<string>,
  name: string,
): Finding | undefined {
  const field = Object.keys(item).find((key) => !known.has(key));
  if (field === undefined) return undefined;
  const explanation = `${name} has no field ${field.slice(0, 60)}; put it into ExtraDetails as a text.`;
  return {
    field: `/${field.slice(0, 60)}`,
    code: "SCHEMA_UNKNOWN_FIELD",
    rule: "additionalProperties",
    explanation,
  };
}

/** A login must say who it was. */
function nameless(item: Record<string, unknown>, name: string): Finding | undefined {
  if (name !== "Login" || item.UserId !== undefined || item.UserName !== undefined) return undefined;
  return {
    field: "/UserName",
    code: "SCHEMA_REQUIRED",
    rule: "anyOf",
    explanation: "Login needs UserId or UserName.",
  };
}

const checksFor = (mode: Mode): ReadonlyMap<string, ItemCheck> =>
  new Map(
    Object.entries<EventDefinition>(eventTypes).map(([name, definition]) => [
      name,
      itemCheck(name, definition, mode),
    ]),
  );

/** Item checks by mode and event name. */
export const itemChecks: Readonly<Record<Mode, ReadonlyMap<string, ItemCheck>>> = {
  strict: checksFor("strict"),
  tolerant: checksFor("tolerant"),
};
