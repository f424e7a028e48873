import type { EventName } from "@picket/schema";

/** What was found on a device that should be better. */
export interface Found {
  /** A sentence with what was found. */
  readonly description: string;
  /** The evidence, as JSON. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** Posture that should be better; opens when it is found in a snapshot and clears when it is not. */
export interface Recommendation {
  /** Id of the original, such as IoT_OpenPorts. */
  readonly id: string;
  readonly name: string;
  readonly severity: "High" | "Medium" | "Low";
  readonly about: string;
  readonly remediation: string;
  readonly reads: EventName;
  /** Looks at all items of one snapshot; undefined when there is nothing to mend. */
  evaluate(items: readonly Readonly<Record<string, unknown>>[]): Found | undefined;
  readonly cases: readonly {
    readonly name: string;
    readonly items: readonly object[];
    readonly active: boolean;
  }[];
}

/** Gives the compiler the type while keeping the recommendation a plain object. */
export const recommendation = (definition: Recommendation): Recommendation => definition;
