import { createHash, randomBytes } from "node:crypto";
import { Duplex } from "node:stream";
import { ClientError } from "./errors.js";
import { readHead } from "./http-head.js";

const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const FINAL = 0x80;
const MASKED = 0x80;
const MOST_FRAME = 1_048_576;
const UUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Where a WebSocket is opened, on a stream that reaches the server already. */
export interface WebSocketRequest {
  readonly host: string;
  readonly path: string;
  readonly protocol: string;
}

/** Asks for a WebSocket and answers its bytes as a stream; what they are cut into does not matter to MQTT. */
export async function openWebSocket(
  stream: Duplex,
  { host, path, protocol }: WebSocketRequest,
): Promise<Duplex> {
  const key = randomBytes(16).toString("base64");
  stream.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${key}`,
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Protocol: ${protocol}`,
      "\r\n",
    ].join("\r\n"),
  );
  const { status, headers, rest } = await readHead(stream);
  if (status !== 101)
    throw new ClientError(
      "CLIENT_UNREACHABLE",
      `${host} does not open a WebSocket at ${path}: it answered ${status}.`,
    );
  const expected = createHash("sha1").update(`${key}${UUID}`).digest("base64");
  if (headers.get("sec-websocket-accept") !== expected)
    throw new ClientError("CLIENT_UNREACHABLE", `${host} answered the WebSocket request with a wrong key.`);
  return new WebSocketStream(stream, rest);
}

/** The bytes inside a WebSocket's frames. */
class WebSocketStream extends Duplex {
  readonly #stream: Duplex;
  #buffer: Buffer;

  constructor(stream: Duplex, rest: Buffer) {
    super();
    this.#stream = stream;
    this.#buffer = Buffer.alloc(0);
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("error", (error) => this.destroy(error));
    stream.on("close", () => this.destroy());
    if (rest.length > 0) queueMicrotask(() => this.#take(rest));
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#stream.write(clientFrame(BINARY, chunk), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#stream.write(clientFrame(CLOSE, Buffer.from([3, 232])));
    this.#stream.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#stream.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    for (let frame = serverFrame(this.#buffer); frame; frame = serverFrame(this.#buffer)) {
      if (frame === "wrong") {
        this.destroy(
          new ClientError("CLIENT_DISCONNECTED", "The hub sent bytes that are no WebSocket frame."),
        );
        return;
      }
      this.#buffer = this.#buffer.subarray(frame.to);
      if (frame.opcode === PING) this.#stream.write(clientFrame(PONG, frame.payload));
      else if (frame.opcode === CLOSE) this.destroy();
      else if (frame.opcode <= BINARY) this.push(frame.payload);
    }
  }
}

/** What a client sends is masked, as the protocol wants it. */
function clientFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const long =
    payload.length < 126
      ? []
      : payload.length < 65_536
        ? [payload.length >> 8, payload.length & 255]
        : bigLength(payload.length);
  const short = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127;
  const masked = Buffer.from(payload);
  for (let at = 0; at < masked.length; at += 1) masked[at] = (masked[at] ?? 0) ^ (mask[at & 3] ?? 0);
  return Buffer.concat([Buffer.from([FINAL | opcode, MASKED | short, ...long]), mask, masked]);
}

const bigLength = (length: number): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return [...bytes];
};

interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly to: number;
}

/** The first frame of a buffer; undefined while it is not whole. */
function serverFrame(bytes: Buffer): ServerFrame | "wrong" | undefined {
  if (bytes.length < 2) return undefined;
  const opcode = bytes.readUInt8(0) & 15;
  const short = bytes.readUInt8(1);
  if (short & MASKED) return "wrong";
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (length > MOST_FRAME) return "wrong";
  const to = head + length;
  return bytes.length < to ? undefined : { opcode, payload: bytes.subarray(head, to), to };
}
