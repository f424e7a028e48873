import { agentErrors } from "../errors.js";
import { addressOf } from "./host-events.js";
import { attributesOf, family, type KernelMessage, Netlink } from "./netlink.js";

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

/** A socket with another end. */
export interface TalkingSocket {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly uid: number;
  readonly inode: string;
}

/** One that was destroyed, with what went over it where the kernel says it. */
export interface Closed extends TalkingSocket {
  readonly sent?: number;
  readonly received?: number;
}

const ESTABLISHED = 1 << 1;
const INFO = 2;
const INFO_RECEIVED = 128;
const INFO_SENT = 200;
const INFO_RETRANSMITTED = 208;
const PROTOCOL = 5;
const talkingKinds = [
  { family: INET, number: TCP },
  { family: INET6, number: TCP },
  { family: INET, number: UDP },
  { family: INET6, number: UDP },
] as const;

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
    return kinds.flatMap((kind) =>
      this.#dump(kind, kind.states).flatMap((body) => socketOf(kind.protocol, body) ?? []),
    );
  }

  /** Sockets with another end. */
  talking(): TalkingSocket[] {
    return talkingKinds.flatMap((kind) =>
      this.#dump(kind, ESTABLISHED).flatMap(
        (body) => talkingOf(kind.number === TCP ? "tcp" : "udp", body) ?? [],
      ),
    );
  }

  #dump(kind: { readonly family: number; readonly number: number }, states: number): Buffer[] {
    const request = Buffer.alloc(56);
    request[0] = kind.family;
    request[1] = kind.number;
    request.writeUInt32LE(states, 4);
    this.#netlink.send(DIAG_BY_FAMILY, REQUEST_DUMP, request);
    return this.#answers();
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

/** The same of a socket with another end; undefined when it has none. */
export function talkingOf(protocol: TalkingSocket["protocol"], body: Buffer): TalkingSocket | undefined {
  if (body.length < ANSWER_BYTES) return undefined;
  const isV6 = body[0] === INET6;
  const remotePort = body.readUInt16BE(6);
  if (remotePort === 0) return undefined;
  return {
    protocol,
    port: body.readUInt16BE(4),
    remotePort,
    address: addressOf(body.subarray(8, 24), isV6),
    remoteAddress: addressOf(body.subarray(24, 40), isV6),
    uid: body.readUInt32LE(64),
    inode: String(body.readUInt32LE(68)),
  };
}

/** Reads the news that a socket was destroyed: the same answer, with its protocol and figures behind it. */
export function closedOf(body: Buffer): Closed | undefined {
  const parts = attributesOf(body.subarray(Math.min(ANSWER_BYTES, body.length)));
  const protocol = parts.get(PROTOCOL)?.[0] === UDP ? "udp" : "tcp";
  const socket = talkingOf(protocol, body);
  if (!socket) return undefined;
  const info = parts.get(INFO);
  const number = (at: number): number | undefined =>
    info && info.length >= at + 8 ? Number(info.readBigUInt64LE(at)) : undefined;
  const sent = number(INFO_SENT);
  const received = number(INFO_RECEIVED);
  return {
    ...socket,
    ...(sent === undefined ? {} : { sent: sent - (number(INFO_RETRANSMITTED) ?? 0) }),
    ...(received === undefined ? {} : { received }),
  };
}
