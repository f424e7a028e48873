import type { HostValue } from "./values.js";

/** What functions may ask of whoever runs them. */
export interface Surroundings {
  /** Where an address is: what `geo_info_from_ip_address` answers; undefined when it is not known. */
  readonly geo?: (address: string) => Readonly<Record<string, unknown>> | undefined;
}

/** A function outside the engine: arguments to a value. */
export type HostFunction = (args: readonly HostValue[], surroundings: Surroundings) => HostValue;

/** Functions of one family, by name. */
export type HostFunctions = Readonly<Record<string, HostFunction>>;

/** A text argument. */
export const textAt = (args: readonly HostValue[], place: number): string => {
  const value = args[place];
  return value === null || value === undefined ? "" : typeof value === "string" ? value : String(value);
};

/** A number argument; undefined when there is none. */
export const numberAt = (args: readonly HostValue[], place: number): number | undefined => {
  const value = args[place];
  if (value === null || value === undefined || value === "") return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
};

/** An array argument; undefined when it is none. */
export const arrayAt = (args: readonly HostValue[], place: number): readonly unknown[] | undefined => {
  const value = args[place];
  return Array.isArray(value) ? value : undefined;
};

/** A boolean argument. */
export const flagAt = (args: readonly HostValue[], place: number): boolean => args[place] === true;
