import { agentErrors } from "../errors.js";
import { addressOf } from "./host-events.js";
import { family, type KernelMessage, Netlink } from "./netlink.js";

const DIAG_BY_FAMILY = 20;
const DONE = 3;
const ERROR = 2;
const REQUEST_DUMP = 1 | 0x300;
const INET = 2;
const INET6 = 10;
const TCP = 6;
const UDP = 17;
const LISTEN = 1 << 10;
const UNCONNECTED = 1 << 7;
const ANSWER_BYTES = 72;

/** A socket that waits for traffic. */
export interface WaitingSocket {
  readonly protocol: "tcp" | "tcp6" | "udp" | "udp6";
  readonly address: string;
  readonly port: number;
  /** Number by which `/proc/PID/fd` names it. */
  readonly inode: string;
}

const kinds = [
  { protocol: "tcp", family: INET, number: TCP, states: LISTEN },
  { protocol: "tcp6", family: INET6, number: TCP, states: LISTEN },
  { protocol: "udp", family: INET, number: UDP, states: UNCONNECTED },
  { protocol: "udp6", family: INET6, number: UDP, states: UNCONNECTED },
] as const;

/** Asks the kernel for the sockets that wait; half a millisecond, however many connections there are. */
export class SockDiag {
  readonly #netlink = new Netlink(family.sockDiag);

  waiting(): WaitingSocket[] {
    return kinds.flatMap((kind) => {
      const request = Buffer.alloc(56);
      request[0] = kind.family;
      request[1] = kind.number;
      request.writeUInt32LE(kind.states, 4);
      this.#netlink.send(DIAG_BY_FAMILY, REQUEST_DUMP, request);
      return this.#answers().flatMap((body) => socketOf(kind.protocol, body) ?? []);
    });
  }

  close(): void {
    this.#netlink.close();
  }

  /** A dump goes on as long as it is read; nothing waits. */
  #answers(): Buffer[] {
    const bodies: Buffer[] = [];
    for (;;) {
      const messages = this.#netlink.receive();
      if (messages.length === 0) return bodies;
      for (const message of messages) {
        if (message.type === DONE) return bodies;
        refuse(message);
        if (message.type === DIAG_BY_FAMILY) bodies.push(Buffer.from(message.body));
      }
    }
  }
}

function refuse({ type, body }: KernelMessage): void {
  if (type !== ERROR || body.length < 4) return;
  const errno = -body.readInt32LE(0);
  if (errno !== 0) throw agentErrors.callFailed({ what: "Asking for the sockets", errno });
}

/** Reads one answer, an `inet_diag_msg`; undefined when it is cut short. */
export function socketOf(protocol: WaitingSocket["protocol"], body: Buffer): WaitingSocket | undefined {
  if (body.length < ANSWER_BYTES) return undefined;
  return {
    protocol,
    port: body.readUInt16BE(4),
    address: addressOf(body.subarray(8, 24), body[0] === INET6),
    inode: String(body.readUInt32LE(68)),
  };
}
