import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { OperationCause } from "@picket/schema";
import type { DoorAround } from "../around.js";
import type { Identity } from "../identity/registry.js";
import type { Sender } from "../messages/properties.js";

/** What carries MQTT frames: a TLS socket itself, or a WebSocket on one. */
export interface Wire {
  readonly stream: Duplex;
  readonly socket: TLSSocket;
  readonly protocol: "Mqtt" | "MqttWs";
}

/** Who a session speaks for; without its twin, which would stay in memory as long as the connection. */
export type Speaker = Pick<Identity, "deviceId" | "moduleId" | "generationId">;

/** What the parts of a session ask of it. */
export interface SessionHost {
  readonly around: DoorAround;
  readonly wire: Wire;
  readonly speaker: Speaker;
  readonly sender: Sender;
  readonly address: string;
  write(bytes: Buffer): void;
  /** Writes what happened into the operation log. */
  tell(operationName: string, category: string, cause?: OperationCause, resultDescription?: string): void;
  /** Logs what the client did wrong and closes; answers false, which stops the reader. */
  violated(what: string): false;
  end(cause: Exclude<OperationCause, "">): void;
}
