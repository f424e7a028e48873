import { connect, type TLSSocket } from "node:tls";
import { generate, type Packet, parser } from "mqtt-packet";
import { ClientError } from "./errors.js";

/** A message that the hub sent. */
export interface Incoming {
  readonly topic: string;
  readonly body: Buffer;
}

/** How a link is opened. */
export interface LinkOptions {
  readonly host: string;
  readonly port: number;
  /** Name the certificate must have. */
  readonly serverName: string;
  readonly ca?: string;
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  readonly keepAliveSeconds: number;
  readonly onMessage: (message: Incoming) => void;
  /** Told once, when an open link ends. */
  readonly onClose: (cause: Error) => void;
}

const CONNECT_MS = 30_000;

/** One MQTT 3.1.1 connection over TLS: it opens, carries, and ends; opening again is its owner's business. */
export class MqttLink {
  readonly #window: number;
  readonly #unacked = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  readonly #waiting: (() => void)[] = [];
  readonly #packets = parser({ protocolVersion: 4 });
  #socket: TLSSocket | undefined;
  #nextId = 0;
  #pings: NodeJS.Timeout | undefined;
  #answered = true;
  #ended: Error | undefined;

  constructor({ window }: { readonly window: number }) {
    this.#window = window;
  }

  open(options: LinkOptions): Promise<void> {
    const { host, port, serverName, ca } = options;
    const isAddress = /^[\d.]+$|:/.test(serverName);
    return new Promise((resolve, reject) => {
      const socket = connect({
        host,
        port,
        ...(isAddress ? {} : { servername: serverName }),
        ...(ca === undefined ? {} : { ca }),
        minVersion: "TLSv1.2",
      });
      this.#socket = socket;
      let isOpen = false;
      const end = (cause: Error): void => {
        if (this.#ended) return;
        this.#ended = cause;
        clearTimeout(timer);
        clearInterval(this.#pings);
        socket.destroy();
        for (const { reject: refuse } of this.#unacked.values()) refuse(cause);
        this.#unacked.clear();
        for (const go of this.#waiting.splice(0)) go();
        if (isOpen) options.onClose(cause);
        else reject(cause);
      };
      const late = new ClientError(
        "CLIENT_UNREACHABLE",
        `${host}:${port} did not answer within ${CONNECT_MS / 1000} s.`,
      );
      const timer = setTimeout(() => end(late), CONNECT_MS);
      this.#packets.on("packet", (packet: Packet) => {
        if (packet.cmd !== "connack") return this.#take(packet, options);
        if (packet.returnCode !== 0) return end(refusal(packet.returnCode ?? 0, options));
        clearTimeout(timer);
        isOpen = true;
        this.#keepAlive(options.keepAliveSeconds, end);
        resolve();
      });
      this.#packets.on("error", (error: Error) =>
        end(
          new ClientError("CLIENT_DISCONNECTED", `The hub sent bytes that are not MQTT: ${error.message}.`),
        ),
      );
      socket.on("secureConnect", () => this.#introduce(options));
      socket.on("data", (chunk) => this.#packets.parse(chunk));
      socket.on("error", (error: NodeJS.ErrnoException) => end(unreachable(error, options)));
      socket.on("close", () => end(new ClientError("CLIENT_DISCONNECTED", "The hub closed the connection.")));
    });
  }

  #introduce({ clientId, username, password, keepAliveSeconds: keepalive }: LinkOptions): void {
    const own = { clientId, username, password: Buffer.from(password), keepalive };
    this.#write({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: false, ...own });
  }

  subscribe(topics: readonly string[]): Promise<void> {
    const messageId = this.#id();
    this.#write({
      cmd: "subscribe",
      messageId,
      subscriptions: topics.map((topic) => ({ topic, qos: 0 as const })),
    });
    return new Promise((resolve, reject) => this.#unacked.set(messageId, { resolve, reject }));
  }

  /** Resolves when acknowledged (QoS 1) or written (QoS 0). */
  async publish(topic: string, payload: Buffer, qos: 0 | 1): Promise<void> {
    while (qos === 1 && this.#unacked.size >= this.#window && !this.#ended)
      await new Promise<void>((go) => this.#waiting.push(go));
    if (this.#ended) throw this.#ended;
    const frame = { cmd: "publish" as const, topic, payload, dup: false, retain: false };
    if (qos === 0) {
      this.#write({ ...frame, qos });
      return;
    }
    const messageId = this.#id();
    const acknowledged = new Promise<void>((resolve, reject) =>
      this.#unacked.set(messageId, { resolve, reject }),
    );
    this.#write({ ...frame, qos, messageId });
    return acknowledged;
  }

  async close(): Promise<void> {
    if (this.#ended || !this.#socket) return;
    const closed = new Promise((resolve) => this.#socket?.once("close", resolve));
    this.#write({ cmd: "disconnect" });
    this.#socket.end();
    setTimeout(() => this.#socket?.destroy(), 1_000).unref();
    await closed;
  }

  #take(packet: Packet, options: LinkOptions): void {
    if (packet.cmd === "puback" || packet.cmd === "suback") {
      const id = packet.messageId ?? 0;
      this.#unacked.get(id)?.resolve();
      this.#unacked.delete(id);
      this.#waiting.shift()?.();
    } else if (packet.cmd === "publish") {
      if (packet.qos === 1) this.#write({ cmd: "puback", messageId: packet.messageId ?? 0 });
      options.onMessage({ topic: packet.topic, body: Buffer.from(packet.payload) });
    } else if (packet.cmd === "pingresp") this.#answered = true;
  }

  #keepAlive(seconds: number, end: (cause: Error) => void): void {
    const beat = (): void => {
      if (!this.#answered) end(new ClientError("CLIENT_DISCONNECTED", "The hub did not answer a ping."));
      this.#answered = false;
      this.#write({ cmd: "pingreq" });
    };
    this.#pings = setInterval(beat, seconds * 750);
    this.#pings.unref();
  }

  #id(): number {
    do this.#nextId = (this.#nextId % 65_535) + 1;
    while (this.#unacked.has(this.#nextId));
    return this.#nextId;
  }

  #write(packet: Packet): void {
    if (!this.#ended) this.#socket?.write(generate(packet, { protocolVersion: 4 }));
  }
}

function refusal(code: number, { clientId, host }: LinkOptions): ClientError {
  if (code === 3)
    return new ClientError("CLIENT_UNREACHABLE", `The hub ${host} is not available at the moment.`);
  const reasons: Readonly<Record<number, string>> = {
    2: "it does not take the client id",
    4: "the key or token is wrong",
    5: "the device is unknown, disabled or not allowed",
  };
  return new ClientError(
    "CLIENT_REFUSED",
    `The hub ${host} refused ${clientId}: ${reasons[code] ?? `it answered ${code}`}. Check the connection string and that the device is enabled.`,
  );
}

function unreachable(error: NodeJS.ErrnoException, { host, port }: LinkOptions): ClientError {
  const isTrust = /SELF_SIGNED|UNABLE_TO|CERT_|ALTNAME/.test(error.code ?? "");
  if (isTrust)
    return new ClientError(
      "CLIENT_CERTIFICATE",
      `The certificate of ${host} is not trusted (${error.message}). Give the hub's CA certificate.`,
      { cause: error },
    );
  return new ClientError("CLIENT_UNREACHABLE", `${host}:${port} cannot be reached: ${error.message}.`, {
    cause: error,
  });
}
