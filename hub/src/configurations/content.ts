import { hubErrors } from "../errors.js";
import { checkProperties, type Properties } from "../twins/properties.js";

/** What a configuration writes: values by their path, such as `properties.desired.fan.speed`. */
export interface Content {
  readonly deviceContent?: Properties;
  readonly moduleContent?: Properties;
  /** By module id, for devices whose modules get it. */
  readonly modulesContent?: Readonly<Record<string, Properties>>;
}

/** One value that a configuration wants at a place below the desired properties. */
export interface Wish {
  readonly path: readonly string[];
  readonly value: unknown;
}

const PREFIX = "properties.desired";

function refuse(why: string): never {
  throw hubErrors.argumentInvalid({ what: "The content", why });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads content and refuses what could not be written to a twin. */
export function contentOf(given: Record<string, unknown>): Content {
  const kinds = ["deviceContent", "moduleContent", "modulesContent"].filter((kind) => isObject(given[kind]));
  if (kinds.length > 1) refuse(`it has ${kinds.join(" and ")}; a configuration has one of them`);
  const { deviceContent, moduleContent, modulesContent } = given;
  if (isObject(deviceContent)) return wishesOf(deviceContent) && { deviceContent };
  if (isObject(moduleContent)) return wishesOf(moduleContent) && { moduleContent };
  if (!isObject(modulesContent)) return {};
  const modules = Object.entries(modulesContent).map(([id, content]): [string, Properties] => {
    if (!isObject(content)) return refuse(`what ${id} gets must be a JSON object`);
    wishesOf(content);
    return [id, content];
  });
  return { modulesContent: Object.fromEntries(modules) };
}

/** What content wants, value by value. */
export function wishesOf(content: Properties): Wish[] {
  return Object.entries(content).flatMap(([name, value]): Wish[] => {
    if (name === PREFIX) {
      if (!isObject(value)) return refuse(`${PREFIX} must be a JSON object`);
      return Object.entries(value).map(([first, below]) => checkedWish([first], below));
    }
    if (!name.startsWith(`${PREFIX}.`)) return refuse(`${name.slice(0, 64)} must begin with ${PREFIX}.`);
    return [checkedWish(name.slice(PREFIX.length + 1).split("."), value)];
  });
}

function checkedWish(path: readonly string[], value: unknown): Wish {
  checkProperties("The content", nested(path, value));
  return { path, value };
}

/** A value with its path around it. */
export const nested = (path: readonly string[], value: unknown): object =>
  path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object;

/** Whether one path is the other or leads to it. */
export function overlaps(a: readonly string[], b: readonly string[]): boolean {
  const shorter = Math.min(a.length, b.length);
  return a.slice(0, shorter).every((name, index) => name === b[index]);
}

/** What is at a path. */
export function at(properties: Properties, path: readonly string[]): unknown {
  let value: unknown = properties;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** The patch that makes `now` into `wanted`: null for what must go; undefined when nothing must. */
export function difference(now: unknown, wanted: unknown): unknown {
  if (!isObject(now) || !isObject(wanted)) return isSame(now, wanted) ? undefined : wanted;
  const patch: Record<string, unknown> = {};
  for (const name of Object.keys(now)) if (!Object.hasOwn(wanted, name)) patch[name] = null;
  for (const [name, value] of Object.entries(wanted)) {
    const below = difference(Object.hasOwn(now, name) ? now[name] : undefined, value);
    if (below !== undefined) patch[name] = below;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** Whether a device reports what is wanted: everything wanted is there with its value. */
export function holds(reported: unknown, wanted: unknown): boolean {
  if (!isObject(wanted)) return isSame(reported, wanted);
  return (
    isObject(reported) &&
    Object.entries(wanted).every(
      ([name, value]) => Object.hasOwn(reported, name) && holds(reported[name], value),
    )
  );
}

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
