import { hubErrors } from "../errors.js";

/** Properties as they are kept. */
export type Properties = Readonly<Record<string, unknown>>;

/** When a property was last changed, in milliseconds since 1970, and by which version; the same for what is below it. */
export interface Stamps {
  readonly $: readonly [at: number, version: number];
  readonly [name: string]: Stamps | readonly [at: number, version: number];
}

/** Properties with when each was changed. */
export interface Stamped {
  readonly properties: Properties;
  readonly stamps: Stamps;
}

const DEPTH = 10;
const STRING_BYTES = 4_096;
const NAME_BYTES = 1_024;
const LARGEST = 2 ** 52;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isStamps = (value: unknown): value is Stamps => isObject(value);
// Names are the callers': `__proto__` is a name like another.
const bare = <T>(): Record<string, T> => Object.create(null);

/** Applies a merge patch: objects merge, null removes, everything else replaces; what was touched is stamped. */
export function patched(now: Stamped | undefined, patch: object, stamp: readonly [number, number]): Stamped {
  const properties = Object.assign(bare<unknown>(), now?.properties);
  const stamps: Record<string, Stamps | readonly [number, number]> = Object.assign(bare(), now?.stamps);
  stamps["$"] = stamp;
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete properties[name];
      delete stamps[name];
    } else if (isObject(value)) {
      const [below, known] = [properties[name], stamps[name]];
      const start = isObject(below)
        ? { properties: below, stamps: isStamps(known) ? known : { $: stamp } }
        : undefined;
      const deeper = patched(start, value, stamp);
      properties[name] = deeper.properties;
      stamps[name] = deeper.stamps;
    } else {
      properties[name] = value;
      stamps[name] = { $: stamp };
    }
  }
  return { properties, stamps: Object.assign(bare(), stamps, { $: stamp }) };
}

/** `$metadata` as twins show it. */
export function metadataOf(stamps: Stamps, withVersion: boolean): object {
  const [at, version] = stamps.$;
  const shown: Record<string, unknown> = { $lastUpdated: new Date(at).toISOString() };
  if (withVersion) shown["$lastUpdatedVersion"] = version;
  for (const [name, below] of Object.entries(stamps))
    if (name !== "$" && isStamps(below)) shown[name] = metadataOf(below, withVersion);
  return shown;
}

/** `$version` and `$metadata` are the hub's own. */
export function withoutMeta(properties: object): Record<string, unknown> {
  const { $version: _, $metadata: __, ...own } = properties as Record<string, unknown>;
  return own;
}

/** Refuses what IoT Hub refuses: names, depth, numbers, texts. `what` begins the sentence. */
export function checkProperties(what: string, properties: object): void {
  const refuse = (why: string): never => {
    throw hubErrors.argumentInvalid({ what, why });
  };
  const check = (value: unknown, path: string, depth: number): void => {
    if (typeof value === "string" && Buffer.byteLength(value) > STRING_BYTES)
      refuse(`${path} is a text of more than 4096 bytes`);
    if (typeof value === "number" && Math.abs(value) > LARGEST && Number.isInteger(value))
      refuse(`${path} is outside of -2^52 to 2^52`);
    if (typeof value !== "object" || value === null) return;
    if (depth > DEPTH) refuse(`${path} is nested more than ${DEPTH} deep`);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        if (item === null) refuse(`${path}[${index}] is null, which lists do not hold`);
        check(item, `${path}[${index}]`, depth + 1);
      }
      return;
    }
    for (const [name, below] of Object.entries(value)) {
      const at = path === "" ? name : `${path}.${name}`;
      if (name === "" || Buffer.byteLength(name) > NAME_BYTES)
        refuse(`the name of ${at.slice(0, 64)} must have 1 to 1024 bytes`);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
      if (/[\u0000-\u001f\u007f-\u009f.$ ]/.test(name))
        refuse(`the name ${at.slice(0, 64)} holds a control character, a dot, a dollar sign or a space`);
      check(below, at, depth + 1);
    }
  };
  check(properties, "", 0);
}
