import type { Duplex } from "node:stream";
import { ClientError } from "./errors.js";
import {
  acknowledged,
  connackCode,
  connectFrame,
  disconnectFrame,
  type Frame,
  FrameReader,
  type Introduction,
  packet,
  pingFrame,
  pubackFrame,
  publication,
  publishFrame,
  subscribeFrame,
} from "./mqtt-frames.js";
import { openSocket, type SocketOptions } from "./socket.js";

/** A message that the hub sent. */
export interface Incoming {
  readonly topic: string;
  readonly body: Buffer;
}

/** How a link is opened. */
export interface LinkOptions {
  readonly socket: SocketOptions;
  /** Made when the socket is open, so that a token is as young as can be. */
  readonly introduce: () => Introduction;
  readonly onMessage: (message: Incoming) => void;
  /** Told once, when an open link ends. */
  readonly onClose: (cause: Error) => void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const CONNECT_MS = 30_000;
const GOODBYE_MS = 1_000;

/** One MQTT 3.1.1 connection: it opens, carries, and ends; opening again is its owner's business. */
export class MqttLink {
  readonly #window: number;
  readonly #unacked = new Map<number, Waiting>();
  readonly #waiting: (() => void)[] = [];
  readonly #frames = new FrameReader();
  #stream: Duplex | undefined;
  #options: LinkOptions | undefined;
  #opening: Waiting | undefined;
  #nextId = 0;
  #pings: NodeJS.Timeout | undefined;
  #answered = true;
  #ended: Error | undefined;

  constructor({ window }: { readonly window: number }) {
    this.#window = window;
  }

  async open(options: LinkOptions): Promise<void> {
    this.#options = options;
    const { host, port } = options.socket;
    const late = new ClientError(
      "CLIENT_UNREACHABLE",
      `${host}:${port} did not answer within ${CONNECT_MS / 1000} s.`,
    );
    const abort = new AbortController();
    const timer = setTimeout(() => {
      abort.abort(late);
      this.#end(late);
    }, CONNECT_MS);
    try {
      const stream = await openSocket(options.socket, abort.signal);
      this.#stream = stream;
      await new Promise<void>((resolve, reject) => {
        this.#opening = { resolve, reject };
        this.#listen(stream);
        const introduction = options.introduce();
        this.#write(connectFrame(introduction));
        this.#keepAlive(introduction.keepAliveSeconds);
      });
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  subscribe(topics: readonly string[]): Promise<void> {
    const messageId = this.#id();
    this.#write(subscribeFrame(messageId, topics));
    return new Promise((resolve, reject) => this.#unacked.set(messageId, { resolve, reject }));
  }

  /** Resolves when acknowledged (QoS 1) or written (QoS 0). */
  async publish(topic: string, payload: Buffer, qos: 0 | 1): Promise<void> {
    while (qos === 1 && this.#unacked.size >= this.#window && !this.#ended)
      await new Promise<void>((go) => this.#waiting.push(go));
    if (this.#ended) throw this.#ended;
    const messageId = qos === 0 ? 0 : this.#id();
    const frame = publishFrame({ topic, payload, qos, messageId });
    if (qos === 0) {
      this.#write(frame);
      return;
    }
    const taken = new Promise<void>((resolve, reject) => this.#unacked.set(messageId, { resolve, reject }));
    this.#write(frame);
    return taken;
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    if (this.#ended || !stream) return;
    const closed = new Promise((resolve) => stream.once("close", resolve));
    this.#write(disconnectFrame());
    stream.end();
    setTimeout(() => stream.destroy(), GOODBYE_MS).unref();
    await closed;
  }

  #listen(stream: Duplex): void {
    stream.on("data", (chunk: Buffer) => {
      try {
        for (const frame of this.#frames.take(chunk)) this.#take(frame);
      } catch (error) {
        this.#end(error instanceof Error ? error : new Error(String(error)));
      }
    });
    stream.on("error", (error: Error) =>
      this.#end(
        error instanceof ClientError
          ? error
          : new ClientError("CLIENT_DISCONNECTED", `The connection broke: ${error.message}.`, {
              cause: error,
            }),
      ),
    );
    stream.on("close", () =>
      this.#end(new ClientError("CLIENT_DISCONNECTED", "The hub closed the connection.")),
    );
  }

  #take(frame: Frame): void {
    if (frame.type === packet.connack) this.#welcomed(connackCode(frame.body));
    else if (frame.type === packet.puback || frame.type === packet.suback) {
      const id = acknowledged(frame.body);
      this.#unacked.get(id)?.resolve();
      this.#unacked.delete(id);
      this.#waiting.shift()?.();
    } else if (frame.type === packet.publish) {
      const { topic, payload, qos, messageId } = publication(frame);
      if (qos === 1) this.#write(pubackFrame(messageId));
      this.#options?.onMessage({ topic, body: Buffer.from(payload) });
    } else if (frame.type === packet.pingresp) this.#answered = true;
  }

  #welcomed(code: number): void {
    const opening = this.#opening;
    this.#opening = undefined;
    if (code === 0) opening?.resolve();
    else opening?.reject(refusal(code, this.#options));
  }

  #end(cause: Error): void {
    if (this.#ended) return;
    this.#ended = cause;
    clearInterval(this.#pings);
    this.#stream?.destroy();
    for (const { reject } of this.#unacked.values()) reject(cause);
    this.#unacked.clear();
    for (const go of this.#waiting.splice(0)) go();
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening) opening.reject(cause);
    else if (this.#stream) this.#options?.onClose(cause);
  }

  #keepAlive(seconds: number): void {
    const beat = (): void => {
      if (!this.#answered)
        this.#end(new ClientError("CLIENT_DISCONNECTED", "The hub did not answer a ping."));
      this.#answered = false;
      this.#write(pingFrame());
    };
    this.#pings = setInterval(beat, seconds * 750);
    this.#pings.unref();
  }

  #id(): number {
    do this.#nextId = (this.#nextId % 65_535) + 1;
    while (this.#unacked.has(this.#nextId));
    return this.#nextId;
  }

  #write(frame: Buffer): void {
    if (!this.#ended) this.#stream?.write(frame);
  }
}

const reasons: Readonly<Record<number, string>> = {
  1: "it does not speak MQTT 3.1.1",
  2: "it does not take the client id",
  4: "the key or token is wrong, or this clock is",
  5: "the device is unknown, disabled or not allowed, or this clock is wrong",
};

function refusal(code: number, options: LinkOptions | undefined): ClientError {
  const host = options?.socket.host ?? "";
  if (code === 3)
    return new ClientError("CLIENT_UNREACHABLE", `The hub ${host} is not available at the moment.`);
  const who = options?.introduce().clientId ?? "";
  return new ClientError(
    "CLIENT_REFUSED",
    `The hub ${host} refused ${who}: ${reasons[code] ?? `it answered ${code}`}. Check the connection string and that the device is enabled.`,
  );
}
