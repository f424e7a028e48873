import { ClientError } from "./errors.js";

/** The packets of MQTT 3.1.1 that a client of a hub sends or receives, by their numbers on the wire. */
export const packet = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

const MOST_BYTES = 1_048_576;
const MOST_TEXT = 65_535;

/** How a client introduces itself. */
export interface Introduction {
  readonly clientId: string;
  readonly username: string;
  /** Absent when a certificate speaks for the client. */
  readonly password?: string;
  readonly keepAliveSeconds: number;
  /** Whether the server shall remember nothing of earlier connections. */
  readonly clean: boolean;
}

/** A message that is published, or was. */
export interface Publication {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly messageId: number;
}

/** The first packet: who we are. */
export function connectFrame({
  clientId,
  username,
  password,
  keepAliveSeconds,
  clean,
}: Introduction): Buffer {
  const flags = 0x80 | (password === undefined ? 0 : 0x40) | (clean ? 0x02 : 0);
  return frame(packet.connect, 0, [
    text("MQTT"),
    Buffer.from([4, flags]),
    number(keepAliveSeconds),
    text(clientId),
    text(username),
    ...(password === undefined ? [] : [text(password)]),
  ]);
}

/** A message. */
export const publishFrame = ({ topic, payload, qos, messageId }: Publication): Buffer =>
  frame(packet.publish, qos << 1, [text(topic), ...(qos > 0 ? [number(messageId)] : []), payload]);

/** Says that a message has arrived. */
export const pubackFrame = (messageId: number): Buffer => frame(packet.puback, 0, [number(messageId)]);

/** Asks for topics, at most once each message. */
export const subscribeFrame = (messageId: number, topics: readonly string[]): Buffer =>
  frame(packet.subscribe, 2, [
    number(messageId),
    ...topics.flatMap((topic) => [text(topic), Buffer.from([0])]),
  ]);

/** Asks whether the server is there. */
export const pingFrame = (): Buffer => frame(packet.pingreq, 0, []);

/** Says goodbye. */
export const disconnectFrame = (): Buffer => frame(packet.disconnect, 0, []);

/** A packet as it came. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
}

/** Cuts a stream of bytes into packets; throws what is wrong with them. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** Takes bytes and answers the packets that are whole by now. */
  take(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Frame[] = [];
    for (let head = this.#head(); head && this.#bytes >= head.whole; head = this.#head()) {
      const bytes = this.#joined();
      const body = bytes.subarray(head.size, head.whole);
      frames.push({ type: head.first >> 4, flags: head.first & 15, body });
      this.#chunks = [bytes.subarray(head.whole)];
      this.#bytes -= head.whole;
    }
    return frames;
  }

  #joined(): Buffer {
    const joined = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    const bytes = joined ?? Buffer.concat(this.#chunks);
    this.#chunks = [bytes];
    return bytes;
  }

  /** The head of the next packet: its first byte, its own size, and the size of the whole. */
  #head(): { first: number; size: number; whole: number } | undefined {
    if (this.#bytes < 2) return undefined;
    const bytes = (this.#chunks[0]?.length ?? 0) >= 5 ? this.#chunks[0] : this.#joined();
    let length = 0;
    for (let at = 1; at < 5; at += 1) {
      const byte = bytes?.[at];
      if (byte === undefined) return undefined;
      length += (byte & 127) * 128 ** (at - 1);
      if (byte < 128) {
        if (length > MOST_BYTES) throw garbled(`a packet of ${length} bytes`);
        return { first: bytes?.[0] ?? 0, size: at + 1, whole: at + 1 + length };
      }
    }
    throw garbled("a length of more than four bytes");
  }
}

/** The code of a CONNACK. */
export const connackCode = (body: Buffer): number => {
  if (body.length < 2) throw garbled("a CONNACK that is too short");
  return body.readUInt8(1);
};

/** The message id that a PUBACK or SUBACK begins with. */
export const acknowledged = (body: Buffer): number => {
  if (body.length < 2) throw garbled("an acknowledgement that is too short");
  return body.readUInt16BE(0);
};

/** What a PUBLISH holds. */
export function publication({ flags, body }: Frame): Publication {
  const qos = (flags >> 1) & 3;
  const idAt = body.length >= 2 ? 2 + body.readUInt16BE(0) : Number.POSITIVE_INFINITY;
  const from = idAt + (qos > 0 ? 2 : 0);
  if (from > body.length || qos > 2) throw garbled("a PUBLISH that is too short");
  return {
    topic: body.toString("utf8", 2, idAt),
    payload: body.subarray(from),
    qos,
    messageId: qos > 0 ? body.readUInt16BE(idAt) : 0,
  };
}

function frame(type: number, flags: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((total, { length: each }) => total + each, 0);
  const head = [(type << 4) | flags];
  let rest = length;
  do {
    head.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(head), ...parts]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length > MOST_TEXT)
    throw new ClientError(
      "CLIENT_TOO_LARGE",
      `A text of ${bytes.length} bytes does not fit into MQTT, which takes ${MOST_TEXT}.`,
    );
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value & 0xffff);
  return bytes;
}

const garbled = (what: string): ClientError =>
  new ClientError("CLIENT_DISCONNECTED", `The hub sent bytes that are not MQTT: ${what}.`);
