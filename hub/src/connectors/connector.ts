import type { Clock, Closable, Recorder } from "@picket/kit";
import type { Outbound } from "../outbound.js";
import type { KeyValueStore } from "../slots.js";

/** How a connector is doing, for people and for metrics. */
export interface ConnectorStatus {
  readonly name: string;
  readonly kind: string;
  readonly state: "connecting" | "running" | "failing";
  /** Messages taken since the start. */
  readonly messages: number;
  /** Messages refused since the start; the operation log says why. */
  readonly refused: number;
  /** Messages that wait at the source, as far as it says so. */
  readonly lag?: number;
  /** Milliseconds since 1970. */
  readonly lastMessageAt?: number;
  /** What is wrong, and since when it has been. */
  readonly problem?: string;
  readonly problemSince?: number;
}

/** What a connector hands its messages to, and where it keeps its place. */
export interface ConnectorAround {
  readonly outbound: Outbound;
  readonly store: KeyValueStore;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** A source of messages beside the hub's own doors. */
export interface Connector extends Closable {
  status(): ConnectorStatus;
}
