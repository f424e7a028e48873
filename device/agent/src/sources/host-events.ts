/** A program that started. */
export interface Started {
  readonly kind: "exec";
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  /** Path of the program's file; empty when it is not known. */
  readonly executable: string;
  /** The path it was called by, such as a script or a link. */
  readonly calledBy: string;
  readonly commandLine: string;
  readonly directory: string;
  /** Whether the command line is longer than what was kept of it. */
  readonly isCut: boolean;
  /** Whether it had ended before anything of it could be read but its number. */
  readonly isGone?: true;
  /** Who logged in first, whatever user it runs as now; absent when nobody did or the source cannot know. */
  readonly loginUid?: number;
  /** Number of its view of the file system; absent when the source cannot know. */
  readonly mounts?: number;
}

/** A process that made another, which still runs the same program. */
export interface Forked {
  readonly kind: "fork";
  readonly pid: number;
  readonly parent: number;
}

/** A process that ended; a signal ends it with 128 and its number, as shells say it. */
export interface Ended {
  readonly kind: "exit";
  readonly at: number;
  readonly pid: number;
  /** Undefined when the source cannot know. */
  readonly status: number | undefined;
}

/** The two ends of a connection and who holds this one. */
export interface Ends {
  readonly at: number;
  /** 0 when not known. */
  readonly pid: number;
  readonly uid: number;
  readonly protocol: "tcp" | "udp";
  readonly direction: "In" | "Out";
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** A connection that was opened (`Out`, with its process) or accepted (`In`). */
export interface Connected extends Ends {
  readonly kind: "connect";
  /** When it did not come to be: it was refused, or nobody has answered for a second. */
  readonly failure?: "Refused" | "Unanswered";
}

/** A connection that ended. */
export interface Disconnected extends Ends {
  readonly kind: "disconnect";
  /** Bytes and milliseconds; absent when the source cannot know. */
  readonly sent?: number;
  readonly received?: number;
  readonly lasted?: number;
}

/** A TCP port began or ended to listen. */
export interface PortChanged {
  readonly kind: "port";
  readonly pid: number;
  readonly port: number;
}

/** What a source of happenings tells. */
export type HostEvent = Started | Forked | Ended | Connected | Disconnected | PortChanged;

/** Takes what a source tells, in its order. */
export type Take = (event: HostEvent) => void;

/** Something that tells what happens on the host, until it is closed. */
export interface Source {
  readonly name: string;
  /** Takes what has happened since the last time. */
  drain(): void;
  /** Events that were lost since the start for want of room. */
  lost(): number;
  close(): void;
}

/** Prints the address of a socket; IPv4 inside IPv6 is shown as IPv4. */
export function addressOf(bytes: Buffer, isV6: boolean): string {
  if (!isV6) return bytes.subarray(0, 4).join(".");
  if (bytes.readBigUInt64BE(0) === 0n && bytes.readUInt32BE(8) === 0xffff)
    return bytes.subarray(12, 16).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  const text = groups.join(":");
  const longest = (text.match(/(?:^|:)0(?::0)+(?::|$)/g) ?? []).sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? text : text.replace(longest, "::");
}

/** Arguments are ended by zeros in memory; people read them with blanks between. */
export const commandLineOf = (args: Buffer): string =>
  args.toString("utf8").replace(/\0+$/, "").replaceAll("\0", " ");
