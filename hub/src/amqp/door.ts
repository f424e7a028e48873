import type { Duplex } from "node:stream";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { DoorAround } from "../around.js";
import { hubErrors } from "../errors.js";
import type { HubConfig } from "../slots.js";
import { AmqpConnection, type EventReaders } from "./connection.js";
import { guardReader } from "./guards.js";
import { WireGate } from "./wire-gate.js";

const SWEEP_MS = 5_000;

guardReader();

/** Where devices, service applications and readers of messages knock over AMQP 1.0. */
export class AmqpDoor {
  readonly #around: DoorAround;
  readonly #events: EventReaders | undefined;
  readonly #server: Server;
  readonly #open = new Set<AmqpConnection>();
  readonly #timer: NodeJS.Timeout;

  constructor(around: DoorAround, tls: HubConfig["tls"], events?: EventReaders) {
    this.#around = around;
    this.#events = events;
    const { connectMs, connections } = around.limits;
    this.#server = createServer(
      {
        key: tls.key,
        cert: tls.cert,
        minVersion: "TLSv1.2",
        handshakeTimeout: connectMs,
        // Devices may show a certificate; it is checked when they say who they are.
        requestCert: true,
        rejectUnauthorized: false,
      },
      (socket) => {
        socket.setNoDelay(true);
        this.take(socket, { protocol: "Amqp", socket });
      },
    );
    this.#server.on("tlsClientError", (_, socket) => socket.destroy());
    around.ipFilter.guard(this.#server, "Amqp");
    this.#server.maxConnections = connections;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  get connections(): number {
    return this.#open.size;
  }

  listen(port: number, bind: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) =>
        reject(hubErrors.portTaken({ port, cause: error.message }, { cause: error })),
      );
      this.#server.listen(port, bind, resolve);
    });
  }

  /** Takes a connection that was let in elsewhere, such as a WebSocket. */
  take(
    stream: Duplex,
    { protocol, socket }: { readonly protocol: "Amqp" | "AmqpWs"; readonly socket: TLSSocket },
  ): void {
    if (this.#open.size >= this.#around.limits.connections) return void stream.destroy();
    const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    const certificate = socket.getPeerX509Certificate();
    const gate = new WireGate(stream, address);
    const connection: AmqpConnection = new AmqpConnection(
      { gate, protocol, address, certificate },
      this.#around,
      {
        ...(this.#events ? { events: this.#events } : {}),
        gone: () => this.#open.delete(connection),
      },
    );
    this.#open.add(connection);
  }

  /** Bytes taken and not yet on disk. */
  unackedBytes(): number {
    let bytes = 0;
    for (const connection of this.#open) bytes += connection.unackedBytes;
    return bytes;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of this.#open) connection.end("unavailable");
    await closed;
  }

  #sweep(): void {
    const now = this.#around.clock.now();
    for (const connection of this.#open) connection.sweep(now);
  }
}
