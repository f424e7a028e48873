import type { DeviceSnapshot, EventName, HubSnapshot } from "@picket/schema";

type Item = Readonly<Record<string, unknown>>;

/** What was found that should be better. */
export interface Found {
  /** A sentence with what was found. */
  readonly description: string;
  /** The evidence, as JSON. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** How to mend it on the device or at the hub: three pieces of shell. */
export interface Mending {
  readonly fix: string;
  /** Puts back what the fix changed. */
  readonly undo: string;
  /** Ends with status 0 when all is well. */
  readonly check: string;
}

/** What all recommendations say of themselves. */
interface About {
  /** Id of the original, such as IoT_OpenPorts. */
  readonly id: string;
  readonly name: string;
  readonly severity: "High" | "Medium" | "Low";
  readonly about: string;
  readonly remediation: string;
  /** Made of what was found, so that it can be run as it is. */
  mending?(found: Found): Mending;
  /** What it waits for that not every fleet sends. */
  readonly needs?: string;
}

/** Opens when something is found in a snapshot of a device, and clears when it is not. */
export interface SnapshotRecommendation extends About {
  readonly kind: "snapshot";
  readonly reads: EventName;
  /** Looks at all items of one snapshot; undefined when there is nothing to mend. */
  evaluate(items: readonly Item[]): Found | undefined;
  readonly cases: readonly {
    readonly name: string;
    readonly items: readonly object[];
    readonly active: boolean;
  }[];
}

/** Many recommendations of one snapshot: one for each check that failed. */
export interface FamilyRecommendation extends About {
  readonly kind: "family";
  readonly reads: EventName;
  /** What was found, by the end of the recommendation's id. */
  evaluate(items: readonly Item[]): ReadonlyMap<string, Found & { readonly name: string }>;
}

/** Looks at what came within some hours; clears when that is no longer so, or when the twin changes. */
export interface RollingRecommendation extends About {
  readonly kind: "rolling";
  readonly reads: EventName | "Operation";
  readonly hours: number;
  /** A newer desired twin empties what was kept: the setting was changed. */
  readonly clearsOnTwin?: boolean;
  /** Whether an item matters at all; others are not kept. */
  matters(item: Item): boolean;
  evaluate(items: readonly Item[]): Found | undefined;
  readonly cases: readonly {
    readonly name: string;
    readonly items: readonly object[];
    readonly active: boolean;
  }[];
}

/** Looks at an identity and its twin whenever it changes. */
export interface TwinRecommendation extends About {
  readonly kind: "twin";
  /** The module whose twin it looks at; empty for the device itself. */
  readonly moduleId: string;
  evaluate(snapshot: DeviceSnapshot): Found | undefined;
  readonly cases: readonly {
    readonly name: string;
    readonly desired: Readonly<Record<string, unknown>>;
    readonly active: boolean;
  }[];
}

/** Looks at how the hub is configured. */
export interface HubRecommendation extends About {
  readonly kind: "hub";
  evaluate(hub: HubSnapshot, now: number): Found | undefined;
  readonly cases: readonly {
    readonly name: string;
    readonly hub: Partial<HubSnapshot>;
    readonly active: boolean;
  }[];
}

/** What is known of each device without its events. */
export interface DeviceFacts {
  readonly status: DeviceSnapshot["status"];
  readonly authType: DeviceSnapshot["authType"];
  readonly group: string;
  /** Short digests of its keys or thumbprints. */
  readonly prints: readonly string[];
  /** Settings of its modules as texts, by module. */
  readonly modules: ReadonlyMap<string, string>;
  readonly hasAgent: boolean;
  readonly createdAt: number;
  readonly activeAt: number;
}

/** What is known of all devices and of where they come from. */
export interface FleetFacts {
  readonly devices: ReadonlyMap<string, DeviceFacts>;
  /** Networks devices connected from: connections, first and last, by network such as 203.0.113.0/24. */
  readonly networks: ReadonlyMap<
    string,
    { readonly times: number; readonly first: number; readonly last: number }
  >;
  readonly hub: HubSnapshot | undefined;
}

/** Looks at all devices together, every hour. */
export interface FleetRecommendation extends About {
  readonly kind: "fleet";
  /** What was found, by device; empty for the hub itself. */
  evaluate(fleet: FleetFacts, now: number): ReadonlyMap<string, Found>;
  readonly cases: readonly {
    readonly name: string;
    readonly fleet: FleetFacts;
    readonly active: readonly string[];
  }[];
}

/** Posture that should be better. */
export type Recommendation =
  | SnapshotRecommendation
  | FamilyRecommendation
  | RollingRecommendation
  | TwinRecommendation
  | HubRecommendation
  | FleetRecommendation;

/** Gives the compiler the type while keeping the recommendation a plain object. */
export const recommendation = <const R extends Recommendation>(definition: R): R => definition;

/** A list of words as a sentence's part, cut when it is long. */
export function listed(words: readonly string[], most = 5): string {
  const first = words.slice(0, most).join(", ");
  return words.length > most ? `${first} and ${words.length - most} more` : first;
}

/** `s` when there are several. */
export const plural = (count: number, one: string, several: string): string =>
  `${count} ${count === 1 ? one : several}`;
