import { agentErrors } from "../errors.js";
import { type LibC, loadLibC } from "./libc.js";

const AF_NETLINK = 16;
const RAW_AND_CLOSED_ON_EXEC = 3 | 0x80000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const DONT_WAIT = 0x40;
const EAGAIN = 11;
const EINTR = 4;
const ENOBUFS = 105;
const RECEIVE_BYTES = 65_536;
const HEADER = 16;

/** Families of netlink that the agent speaks. */
export const family = { sockDiag: 4, audit: 9, connector: 11, kernelObjects: 15 } as const;

/** One message of the kernel: its type, flags, and body. The body is valid until the next receive. */
export interface KernelMessage {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
}

/** A netlink socket that never waits. */
export class Netlink {
  readonly #c: LibC = loadLibC();
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(RECEIVE_BYTES);
  #sequence = 0;
  #overflows = 0;
  #closed = false;

  constructor(protocol: number, options: { readonly groups?: number; readonly receiveBytes?: number } = {}) {
    this.#fd = this.#c.socket(AF_NETLINK, RAW_AND_CLOSED_ON_EXEC, protocol);
    if (this.#fd < 0)
      throw agentErrors.callFailed({ what: "Opening a netlink socket", errno: this.#c.errno() });
    if (options.receiveBytes) this.#setReceiveBytes(options.receiveBytes);
    if (options.groups) this.#join(options.groups);
  }

  /** Times that the kernel had no room for a message to us. */
  get overflows(): number {
    return this.#overflows;
  }

  send(type: number, flags: number, body: Buffer): void {
    const message = Buffer.alloc(HEADER + body.length);
    this.#sequence += 1;
    message.writeUInt32LE(message.length, 0);
    message.writeUInt16LE(type, 4);
    message.writeUInt16LE(flags, 6);
    message.writeUInt32LE(this.#sequence, 8);
    body.copy(message, HEADER);
    if (this.#c.send(this.#fd, message, message.length, 0) < 0)
      throw agentErrors.callFailed({ what: "Asking the kernel by netlink", errno: this.#c.errno() });
  }

  /** Messages that are there now; empty when there are none. */
  receive(): KernelMessage[] {
    const bytes = this.receiveBytes();
    return bytes === undefined ? [] : messagesOf(bytes);
  }

  /** What is there now as it comes, for families that speak otherwise; undefined when there is nothing. */
  receiveBytes(): Buffer | undefined {
    for (;;) {
      const size = this.#c.recv(this.#fd, this.#bytes, this.#bytes.length, DONT_WAIT);
      if (size >= 0) return this.#bytes.subarray(0, size);
      const errno = this.#c.errno();
      if (errno === EAGAIN) return undefined;
      if (errno === ENOBUFS) this.#overflows += 1;
      else if (errno !== EINTR) throw agentErrors.callFailed({ what: "Reading netlink", errno });
    }
  }

  close(): void {
    if (!this.#closed) this.#c.close(this.#fd);
    this.#closed = true;
  }

  #join(groups: number): void {
    const address = Buffer.alloc(12);
    address.writeUInt16LE(AF_NETLINK, 0);
    address.writeUInt32LE(groups, 8);
    if (this.#c.bind(this.#fd, address, address.length) === 0) return;
    const errno = this.#c.errno();
    this.close();
    throw agentErrors.callFailed({ what: "Joining a netlink group", errno });
  }

  #setReceiveBytes(bytes: number): void {
    const value = Buffer.alloc(4);
    value.writeUInt32LE(bytes, 0);
    if (this.#c.setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUFFORCE, value, 4) !== 0)
      this.#c.setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUF, value, 4);
  }
}

/** Takes what was received apart; what is cut short is left out. */
export function messagesOf(bytes: Buffer): KernelMessage[] {
  const messages: KernelMessage[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const size = bytes.readUInt32LE(at);
    if (size < HEADER || at + size > bytes.length) break;
    messages.push({
      type: bytes.readUInt16LE(at + 4),
      flags: bytes.readUInt16LE(at + 6),
      body: bytes.subarray(at + HEADER, at + size),
    });
    at += (size + 3) & ~3;
  }
  return messages;
}

/** Takes attributes apart, by their types; the last one of a type counts, what is cut short is left out. */
export function attributesOf(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const size = bytes.readUInt16LE(at);
    if (size < 4 || at + size > bytes.length) break;
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + size));
    at += (size + 3) & ~3;
  }
  return found;
}
