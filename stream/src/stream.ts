import type { Clock, Closable, Recorder } from "@picket/kit";

/** One batch as it was appended, with its place in the stream. */
export interface Entry {
  /** 1 for the first batch ever, then one more each. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** What may go when the stream is trimmed. Batches after `through` always stay. */
export interface TrimOptions {
  /** The last position that every reader has done with. */
  readonly through: number;
  /** Batches appended before this instant (milliseconds since 1970) may go. */
  readonly appendedBefore: number;
}

/** How full the stream is. */
export interface StreamStatus {
  readonly first: number;
  readonly last: number;
  readonly batches: number;
  /** On disk, with what the stream itself needs. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** When the oldest batch was appended, milliseconds since 1970; absent when there is none. */
  readonly oldestAt?: number;
}

/** A durable log of byte batches: append one, read from a position. Nothing else. */
export interface Stream extends Closable {
  /**
   * Resolves with the batch's position once it is on disk; the bytes must not change until then. Concurrent appends
   * share one disk flush. Rejects with `STREAM_FULL` (`retry: "later"`) when the disk or the size cap leaves no room.
   */
  append(batch: Uint8Array): Promise<number>;
  /** Batches after `position`, oldest first: at least one if there is any, then up to `maxBytes`. */
  read(after: number, maxBytes: number): readonly Entry[];
  /** Position of the oldest batch kept; `last() + 1` when there is none. */
  first(): number;
  /** Position of the newest batch that is on disk; 0 when there never was one. */
  last(): number;
  /**
   * Removes old batches, oldest first, and as many more as are needed to stay below the size cap; answers how many
   * went. An implementation may keep some longer, since it removes files of many batches at once.
   */
  trim(options: TrimOptions): Promise<number>;
  status(): StreamStatus;
}

/** Surroundings of an embedded stream. */
export interface StreamOptions {
  readonly directory: string;
  /** Size cap of all batches kept, bytes. */
  readonly maxBytes: number;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Another thread of this process appends; this one only reads. */
  readonly readOnly?: boolean;
}
