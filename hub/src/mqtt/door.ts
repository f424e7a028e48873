import { createServer, type Server } from "node:tls";
import type { DoorAround } from "../around.js";
import { hubErrors } from "../errors.js";
import type { HubConfig } from "../slots.js";
import { MqttSession } from "./session.js";
import type { Wire } from "./session-host.js";

/** Where devices knock over MQTT: accepts connections. */
export class MqttDoor {
  readonly #around: DoorAround;
  readonly #open = new Set<MqttSession>();
  readonly #server: Server;

  constructor(around: DoorAround, { key, cert }: HubConfig["tls"]) {
    this.#around = around;
    const { connectMs, connections } = around.limits;
    this.#server = createServer(
      {
        key,
        cert,
        minVersion: "TLSv1.2",
        handshakeTimeout: connectMs,
        // Devices without a certificate are let on to their token; a certificate is checked against the registry.
        requestCert: true,
        rejectUnauthorized: false,
      },
      (socket) => this.take({ stream: socket, socket, protocol: "Mqtt" }),
    );
    this.#server.on("tlsClientError", (_, socket) => socket.destroy());
    around.ipFilter.guard(this.#server, "Mqtt");
    this.#server.maxConnections = connections;
  }

  /** Begins a session on a connection, which may carry MQTT in a WebSocket. */
  take(wire: Wire): void {
    if (this.#open.size >= this.#around.limits.connections) return void wire.stream.destroy();
    const session = new MqttSession(wire, this.#around);
    this.#open.add(session);
    wire.stream.once("close", () => this.#open.delete(session));
  }

  listen(port: number, bind: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) =>
        reject(hubErrors.portTaken({ port, cause: error.message }, { cause: error })),
      );
      this.#server.listen(port, bind, resolve);
    });
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
