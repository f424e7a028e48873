import type { responseNames } from "../settings/table.js";

/** The name of something that can be done to a device. */
export type ActionName = (typeof responseNames)[number];

/** What an action was ordered with, as it came. */
export type Arguments = Readonly<Record<string, unknown>>;

/** What came of an action, with what changed on the device or would have. */
export interface Outcome {
  readonly proof: object;
  /** Milliseconds until it ends by itself; absent when there is nothing to end. */
  readonly lastsMs?: number;
  /** Names what was done, so that it can be ended. */
  readonly target?: string;
}

/** Something that can be done to a device by order of the hub. */
export interface Action {
  readonly name: ActionName;
  readonly about: string;
  /** What it can be ordered with, by name. */
  readonly takes: Readonly<Record<string, string>>;
  /** Does it, or with `isDry` only says what it would do; throws a refusal or a failure. */
  perform(given: Arguments, isDry: boolean): Promise<Outcome>;
  /** Whether what was done is still in force; answers false when the kernel has ended it. */
  holds?(target: string): Promise<boolean>;
  /** Ends what was done. */
  lift?(target: string): Promise<void>;
}

/** An order that is not obeyed, and why. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Reads one argument; each refuses with what it must be. */
export const argument = {
  integer(
    given: Arguments,
    name: string,
    [least, most]: readonly [number, number],
    fallback?: number,
  ): number {
    const value = given[name] ?? fallback;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Refusal(`"${name}" must be a whole number from ${least} to ${most}.`);
  },

  text(given: Arguments, name: string, most: number, fallback?: string): string {
    const value = given[name] ?? fallback;
    // Control characters have no place in a path, a name or an address.
    const isText = typeof value === "string" && value !== "" && Buffer.byteLength(value) <= most;
    if (isText && !/\p{Cc}/u.test(value)) return value;
    throw new Refusal(`"${name}" must be text of at most ${most} bytes without control characters.`);
  },
};
