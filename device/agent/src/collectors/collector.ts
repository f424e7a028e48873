import type { Columns } from "@picket/kit";
import type { EventName, Payload } from "@picket/schema";
import type { Host } from "../host.js";

/** Makes the snapshots of one event. Its payload fields are described by the schema, what it adds to them here. */
export interface Collector<N extends EventName> {
  readonly name: N;
  readonly about: string;
  /** What it puts into `ExtraDetails`. */
  readonly details: Columns;
  /** Answers undefined when the host has nothing of the kind, which is not the same as none. */
  collect(host: Host): Promise<Payload<N>[] | undefined>;
}

/** Declares a collector. */
export const collector = <N extends EventName>(definition: Collector<N>): Collector<N> => definition;
