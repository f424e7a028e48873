import { agentErrors } from "../errors.js";
import { type DnsMessage, dnsMessageOf } from "./dns-messages.js";
import { type LibC, loadLibC } from "./libc.js";

const AF_PACKET = 17;
const WITHOUT_LINK_HEADER = 2 | 0x800 | 0x80000;
/** All protocols, in the network's order. */
const ALL = 0x0300;
const SOL_SOCKET = 1;
const ATTACH_FILTER = 26;
const DONT_WAIT = 0x40;
const PACKET_BYTES = 4_096;
const MOST_PACKETS = 5_000;
const EAGAIN = 11;

/** Lets through UDP to or from port 53, of IPv4 and IPv6: the kernel's own little program, so that nothing else is copied. */
const filter: readonly (readonly [code: number, whenTrue: number, whenFalse: number, value: number])[] = [
  [0x30, 0, 0, 0],
  [0x74, 0, 0, 4],
  [0x15, 0, 9, 4],
  [0x30, 0, 0, 9],
  [0x15, 0, 14, 17],
  [0x28, 0, 0, 6],
  [0x45, 12, 0, 0x1fff],
  [0xb1, 0, 0, 0],
  [0x48, 0, 0, 0],
  [0x15, 8, 0, 53],
  [0x48, 0, 0, 2],
  [0x15, 6, 7, 53],
  [0x30, 0, 0, 6],
  [0x15, 0, 5, 17],
  [0x28, 0, 0, 40],
  [0x15, 2, 0, 53],
  [0x28, 0, 0, 42],
  [0x15, 0, 1, 53],
  [0x06, 0, 0, PACKET_BYTES],
  [0x06, 0, 0, 0],
];

/** Hears the questions about names that this host asks or answers, whichever program asks them. */
export class DnsSocket {
  readonly #c: LibC = loadLibC();
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(PACKET_BYTES);
  #unread = 0;

  constructor() {
    this.#fd = this.#c.socket(AF_PACKET, WITHOUT_LINK_HEADER, ALL);
    if (this.#fd < 0)
      throw agentErrors.callFailed({ what: "Opening a packet socket", errno: this.#c.errno() });
    const program = programOf(filter);
    const described = Buffer.alloc(16);
    described.writeUInt16LE(filter.length, 0);
    described.writeBigUInt64LE(this.#c.addressOf(program), 8);
    if (this.#c.setsockopt(this.#fd, SOL_SOCKET, ATTACH_FILTER, described, 16) === 0) return;
    const errno = this.#c.errno();
    this.close();
    throw agentErrors.callFailed({ what: "Setting the filter of a packet socket", errno });
  }

  /** Packets that were for port 53 and could not be read. */
  get unread(): number {
    return this.#unread;
  }

  read(): DnsMessage[] {
    const found: DnsMessage[] = [];
    for (let packets = 0; packets < MOST_PACKETS; packets += 1) {
      const size = this.#c.recv(this.#fd, this.#bytes, this.#bytes.length, DONT_WAIT);
      if (size < 0) {
        const errno = this.#c.errno();
        if (errno === EAGAIN) return found;
        // An interface that goes down says so once.
        if (errno === 100) continue;
        throw agentErrors.callFailed({ what: "Reading packets", errno });
      }
      const message = dnsMessageOf(this.#bytes.subarray(0, size));
      if (message) found.push(message);
      else this.#unread += 1;
    }
    return found;
  }

  close(): void {
    this.#c.close(this.#fd);
  }
}

function programOf(instructions: typeof filter): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, whenTrue, whenFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes[index * 8 + 2] = whenTrue;
    bytes[index * 8 + 3] = whenFalse;
    bytes.writeUInt32LE(value, index * 8 + 4);
  }
  return bytes;
}
