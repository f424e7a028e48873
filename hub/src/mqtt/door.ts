import { createServer, type Server } from "node:tls";
import type { Clock, Recorder } from "@picket/kit";
import type { Attendance } from "../attendance.js";
import type { CommandQueues } from "../c2d/command-queues.js";
import { hubErrors } from "../errors.js";
import type { Authenticator } from "../identity/authenticator.js";
import type { Identity, Registry } from "../identity/registry.js";
import type { OperationLog } from "../operations/operation-log.js";
import type { Outbound } from "../outbound.js";
import type { HubConfig, HubLimits } from "../slots.js";
import { MqttSession } from "./session.js";

/** What a door hands its sessions. */
export interface DoorAround {
  readonly authenticator: Authenticator;
  readonly registry: Registry;
  readonly operations: OperationLog;
  readonly attendance: Attendance;
  readonly commands: CommandQueues;
  readonly outbound: Outbound;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly limits: HubLimits;
}

/** Where devices knock over MQTT: accepts connections and knows who is in. */
export class MqttDoor {
  readonly authenticator: Authenticator;
  readonly registry: Registry;
  readonly operations: OperationLog;
  readonly attendance: Attendance;
  readonly outbound: Outbound;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly limits: HubLimits;
  readonly counts = { messages: 0, securityMessages: 0, bytes: 0 };
  readonly #open = new Set<MqttSession>();
  readonly #server: Server;

  constructor(around: DoorAround, tls: HubConfig["tls"]) {
    this.authenticator = around.authenticator;
    this.registry = around.registry;
    this.operations = around.operations;
    this.attendance = around.attendance;
    this.outbound = around.outbound;
    this.recorder = around.recorder;
    this.clock = around.clock;
    this.limits = around.limits;
    this.#server = createServer(
      { key: tls.key, cert: tls.cert, minVersion: "TLSv1.2", handshakeTimeout: around.limits.connectMs },
      (socket) => {
        if (this.#open.size >= this.limits.connections) return void socket.destroy();
        this.#open.add(new MqttSession(socket, this));
      },
    );
    this.#server.on("tlsClientError", (_, socket) => socket.destroy());
    this.#server.maxConnections = around.limits.connections;
  }

  listen(port: number, bind: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) =>
        reject(hubErrors.portTaken({ port, cause: error.message }, { cause: error })),
      );
      this.#server.listen(port, bind, resolve);
    });
  }

  leave(identity: Identity | undefined, session: MqttSession): void {
    this.#open.delete(session);
    if (identity) this.attendance.leave(identity, session);
  }

  departed(identity: Identity): void {
    const present = this.registry.find(identity.deviceId, identity.moduleId);
    if (present) void this.registry.present(present, false);
  }

  taken(isSecurity: boolean, bytes: number): void {
    this.counts.messages += 1;
    this.counts.bytes += bytes;
    if (isSecurity) this.counts.securityMessages += 1;
  }

  /** Bytes taken and not yet on disk. */
  unackedBytes(): number {
    let bytes = 0;
    for (const session of this.#open) bytes += session.unackedBytes;
    return bytes;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#open) session.end("unavailable");
    await closed;
  }
}
