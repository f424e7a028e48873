import type { EventSource } from "@picket/schema";
import type { ConnectorConfig } from "./connectors/config.js";
import type { LinkedHub } from "./provisioning/linked-hubs.js";
import type { QuotaConfig } from "./quotas/tiers.js";

/** Where records go. */
export interface Outlet {
  /**
   * Resolves with the position when the batch is on disk; only then are devices acknowledged. An error whose `retry` is
   * `later` means that there is no room at the moment: nothing is acknowledged until a later try succeeds. The bytes
   * are the hub's again when it resolves.
   */
  append(batch: Uint8Array): Promise<number>;
}

/** Reads the stream at a place of its own. */
export interface EventCursor {
  /** Batches after a position, oldest first: at least one if there is any, then up to `maxBytes`. */
  read(after: number, maxBytes: number): readonly { readonly position: number; readonly bytes: Uint8Array }[];
  close(): void;
}

/** The stream as readers of the hub's messages see it. */
export interface EventLog {
  /** Position of the oldest batch kept. */
  first(): number;
  /** Position of the newest batch on disk. */
  last(): number;
  open(): EventCursor;
}

/** Small state kept on disk: identities, twins, policies. */
export interface KeyValueStore {
  get(key: string): Uint8Array | undefined;
  range(options: { readonly prefix: string; readonly after?: string; readonly limit: number }): readonly {
    readonly key: string;
    readonly value: Uint8Array;
  }[];
  /** All changes or none; resolves when they are on disk. */
  write(
    changes: readonly (
      | { readonly key: string; readonly value: Uint8Array }
      | { readonly key: string; readonly remove: true }
    )[],
  ): Promise<void>;
}

/** Seals secrets at rest. */
export interface Vault {
  seal(plain: Uint8Array): Uint8Array;
  open(sealed: Uint8Array): Uint8Array;
}

/** How a hub listens and who it says it is. */
export interface HubConfig {
  /** Names the hub answers to; the first is the one it gives away. */
  readonly hostNames: readonly string[];
  readonly bind: string;
  readonly mqttPort: number;
  readonly amqpPort: number;
  readonly httpsPort: number;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly limits?: Partial<HubLimits>;
  readonly quotas?: QuotaConfig;
  readonly events?: EventsConfig;
  /** Other hubs that provisioning can give devices to. */
  readonly linkedHubs?: readonly LinkedHub[];
  readonly connectors?: readonly ConnectorConfig[];
  /** Files that devices fetch over HTTPS before they have an identity, such as the agent; path below `/picket/` to file. */
  readonly downloads?: Readonly<Record<string, string>>;
}

/** What readers of the hub's messages get. */
export interface EventsConfig {
  /** Partitions, chosen at the first start; 4 when left out. */
  readonly partitions?: number;
  /** What beside telemetry is told; nothing when left out, as with a hub that has no route for it. */
  readonly sources?: readonly Exclude<EventSource, "Telemetry">[];
}

/** How much one client may take. */
export interface HubLimits {
  /** Un-acknowledged bytes of one connection after which it is no longer read. */
  readonly unackedBytes: number;
  readonly connections: number;
  /** Milliseconds from TCP connect to a good CONNECT. */
  readonly connectMs: number;
}
