import type { Connected, Disconnected, Source, Take } from "./host-events.js";
import { family, Netlink } from "./netlink.js";
import { type Closed, closedOf, SockDiag, type TalkingSocket } from "./sock-diag.js";

/** Sockets of TCP and UDP, both families, when they are destroyed. */
const DESTROYED = 0b1111;
const RECEIVE_BYTES = 4 * 1024 * 1024;
const LOOK_MS = 2_000;
const DRAIN_MS = 50;
const MOST_KEPT = 16_384;
const MOST_ROUNDS = 20_000;

/** Finds the process that holds a socket. */
export type HolderOf = (inodes: ReadonlySet<string>) => ReadonlyMap<string, number>;

interface Seen {
  readonly pid: number;
  readonly uid: number;
  readonly since: number;
  readonly direction: "In" | "Out";
}

/**
 * Connections as the kernel's socket tables show them: each that ends is told, and those that last are seen while they do.
 * Which process holds one is known when it was seen open.
 */
export class ConnectionWatch implements Source {
  readonly name: string;
  readonly #diag = new SockDiag();
  readonly #ends: Netlink | undefined;
  readonly #holderOf: HolderOf;
  readonly #take: Take;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #open = new Map<string, Seen>();
  #listening = new Set<number>();
  #isFirst = true;

  constructor(take: Take, options: { readonly holderOf: HolderOf; readonly withEnds: boolean }) {
    this.#take = take;
    this.#holderOf = options.holderOf;
    this.name = options.withEnds ? "sock_diag" : "polling";
    if (options.withEnds)
      this.#ends = new Netlink(family.sockDiag, { groups: DESTROYED, receiveBytes: RECEIVE_BYTES });
    this.look();
    this.#timers.push(setInterval(() => this.look(), LOOK_MS));
    if (this.#ends) this.#timers.push(setInterval(() => this.drain(), DRAIN_MS));
  }

  drain(): void {
    for (let rounds = 0; this.#ends && rounds < MOST_ROUNDS; rounds += 1) {
      const messages = this.#ends.receive();
      if (messages.length === 0) return;
      for (const { body } of messages) {
        const closed = closedOf(body);
        if (closed) this.#closed(closed);
      }
    }
  }

  /** Looks at what is open now. */
  look(): void {
    const now = Date.now();
    this.#listening = new Set(this.#diag.waiting().map(({ port }) => port));
    const talking = this.#diag.talking();
    const fresh = talking.filter((socket) => !this.#open.has(keyOf(socket)));
    const holders =
      fresh.length > 0 ? this.#holderOf(new Set(fresh.map(({ inode }) => inode))) : new Map<string, number>();
    for (const socket of fresh) {
      const seen = this.#seen(socket, holders.get(socket.inode) ?? 0, now);
      this.#remember(keyOf(socket), seen);
      // What was open before the agent came is nothing new.
      if (!this.#isFirst) this.#take({ kind: "connect", ...endsOf(socket, seen), at: now });
    }
    this.#isFirst = false;
    if (this.#ends === undefined) this.#endedSince(new Set(talking.map(keyOf)), now);
  }

  lost(): number {
    return this.#ends?.overflows ?? 0;
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#ends?.close();
    this.#diag.close();
  }

  #closed(closed: Closed): void {
    const now = Date.now();
    const key = keyOf(closed);
    const before = this.#open.get(key);
    this.#open.delete(key);
    const seen = before ?? this.#seen(closed, 0, now);
    const ends = endsOf(closed, seen);
    if (!before) this.#take({ kind: "connect", ...ends, at: now } satisfies Connected);
    this.#take({
      kind: "disconnect",
      ...ends,
      at: now,
      ...(before ? { lasted: now - before.since } : {}),
      ...(closed.sent === undefined ? {} : { sent: closed.sent }),
      ...(closed.received === undefined ? {} : { received: closed.received }),
    } satisfies Disconnected);
  }

  #endedSince(there: ReadonlySet<string>, now: number): void {
    for (const [key, seen] of this.#open) {
      if (there.has(key)) continue;
      this.#open.delete(key);
      const socket = socketOfKey(key);
      this.#take({ kind: "disconnect", ...endsOf(socket, seen), at: now, lasted: now - seen.since });
    }
  }

  #seen(socket: TalkingSocket, pid: number, since: number): Seen {
    return { pid, uid: socket.uid, since, direction: this.#listening.has(socket.port) ? "In" : "Out" };
  }

  #remember(key: string, seen: Seen): void {
    this.#open.set(key, seen);
    if (this.#open.size > MOST_KEPT) this.#open.delete(this.#open.keys().next().value!);
  }
}

const keyOf = (socket: TalkingSocket): string =>
  [socket.protocol, socket.address, socket.port, socket.remoteAddress, socket.remotePort].join(" ");

function socketOfKey(key: string): TalkingSocket {
  const [protocol, address = "", port, remoteAddress = "", remotePort] = key.split(" ");
  return {
    protocol: protocol === "udp" ? "udp" : "tcp",
    address,
    port: Number(port),
    remoteAddress,
    remotePort: Number(remotePort),
    uid: 0,
    inode: "",
  };
}

const endsOf = (socket: TalkingSocket, { pid, uid, direction }: Seen) => ({
  pid,
  uid,
  protocol: socket.protocol,
  direction,
  localAddress: socket.address,
  localPort: socket.port,
  remoteAddress: socket.remoteAddress,
  remotePort: socket.remotePort,
});
