import type { OperationCause, Protocol } from "@picket/schema";
import type { AmqpError, link } from "rhea";
import type { DoorAround } from "../around.js";

/** Who a row of the operation log is about, and what happened. */
export interface Happening {
  readonly operationName: string;
  readonly category: string;
  readonly deviceId?: string;
  readonly moduleId?: string;
  readonly cause?: OperationCause;
  readonly resultDescription?: string;
  readonly messageSize?: number;
}

/** What the links of a connection ask of it. */
export interface Host {
  readonly around: DoorAround;
  readonly protocol: Protocol;
  readonly address: string;
  /** Writes a row of the operation log with what is known of the connection. */
  tell(happening: Happening): void;
  /** Counts bytes that are taken and not yet on disk; the connection is not read while there are too many. */
  unacked(bytes: number): void;
  /** Bytes that the other side has not fetched yet. */
  unsent(): number;
  /** What to do when a link, its session or the connection is gone. */
  whenGone(link: link, cleanUp: () => void): void;
  /** Ends a link and says why. */
  refuse(link: link, error: AmqpError): void;
}
