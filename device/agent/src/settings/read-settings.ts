import { readSettings as readLegacy, SETTINGS_SECTION } from "@picket/schema";
import { describeKind, readSetting, type SettingValue } from "./setting.js";
import { settings } from "./table.js";

/** The section of agents of the first preview; its values were not wrapped. */
export const PREVIEW_SECTION = "azureiot*com^securityAgentConfiguration^1*0*0";

/** One thing that is wrong with what the twin says. */
export interface Problem {
  readonly name: string;
  /** A type mismatch refuses that value; the others are told and applied. */
  readonly errorType: "TypeMismatch" | "NotOptimal" | "Conflict";
  readonly message: string;
}

/** What the twin says. */
export interface Reading {
  /** The good values that were given. */
  readonly given: Readonly<Record<string, SettingValue>>;
  readonly problems: readonly Problem[];
  /** Names in the sections that no setting has. */
  readonly unknown: readonly string[];
}

type Properties = Readonly<Record<string, unknown>>;

const MOST_UNKNOWN = 20;
const MOST_NAME = 64;

/** Reads the desired properties of either module: flat, or in a section with or without `{"value": …}`. Each value is taken or refused alone. */
export function readDesired(desired: Properties): Reading {
  const sections = [desired[PREVIEW_SECTION], desired[SETTINGS_SECTION]].filter(isProperties);
  const given: Record<string, SettingValue> = {};
  const problems: Problem[] = [...pasted(desired)];
  const all: Properties = Object.assign({}, knownOf(desired), ...sections);
  for (const [name, raw] of Object.entries(all)) {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    const bare = isProperties(raw) && "value" in raw ? raw["value"] : raw;
    if (!setting || bare === undefined || bare === null) continue;
    const value = readSetting(setting, bare);
    if (value !== undefined) given[name] = value;
    else
      problems.push({
        name,
        errorType: "TypeMismatch",
        message: `${name} must be ${describeKind(setting)}; it is ${shown(bare)}.`,
      });
  }
  const unknown = [...new Set(sections.flatMap(Object.keys))].filter(
    (name) => !Object.hasOwn(settings, name),
  );
  return {
    given,
    problems: [...problems, ...together(given)],
    unknown: unknown.slice(0, MOST_UNKNOWN).map((name) => name.slice(0, MOST_NAME)),
  };
}

/** What the original said of values that do not go together. */
function together(given: Readonly<Record<string, SettingValue>>): Problem[] {
  return readLegacy(given).problems.map(({ name, errorType, message }) => ({ name, errorType, message }));
}

/** The documents of the original showed `properties.desired`, and people pasted that too. */
function pasted(desired: Properties): Problem[] {
  const inner =
    desired["properties.desired"] ??
    (isProperties(desired["properties"]) ? desired["properties"]["desired"] : undefined);
  if (!isProperties(inner)) return [];
  const message = `The desired properties hold another "properties.desired"; put what is in it one level higher.`;
  return [{ name: "properties.desired", errorType: "TypeMismatch", message }];
}

const knownOf = (desired: Properties): Properties =>
  Object.fromEntries(Object.entries(desired).filter(([name]) => Object.hasOwn(settings, name)));

const isProperties = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 60);
