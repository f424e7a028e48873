import { isAddress } from "@picket/schema";
import { addressOf } from "../sources/host-events.js";
import type { Login } from "./logins.js";

/** Bytes of one record; another architecture may have another form, which is not read then. */
export const RECORD_BYTES = 384;
/** Architectures whose records have that form. */
export const knownArchitectures: ReadonlySet<string> = new Set(["x64", "ia32", "arm"]);
const LOGIN_PROCESS = 6;
const USER_PROCESS = 7;
const DEAD_PROCESS = 8;

/** A login with the time it happened. */
export interface TimedLogin {
  readonly at: number;
  readonly login: Login;
}

/** The end of a session, on the line that it was held. */
export interface TimedLogout {
  readonly at: number;
  readonly pid: number;
  readonly line: string;
}

/** Reads one record of `wtmp` that says that a line is free again; undefined for another. */
export function logoutRecord(record: Buffer): TimedLogout | undefined {
  if (record.length < RECORD_BYTES || record.readInt16LE(0) !== DEAD_PROCESS) return undefined;
  const line = text(record, 8, 32);
  return line === ""
    ? undefined
    : { at: record.readUInt32LE(340) * 1000, pid: Math.max(0, record.readInt32LE(4)), line };
}

/** Reads one record of `wtmp` (who came in) or `btmp` (who was refused); undefined for one that is no login. */
export function loginRecord(record: Buffer, result: Login["Result"]): TimedLogin | undefined {
  if (record.length < RECORD_BYTES) return undefined;
  const type = record.readInt16LE(0);
  const user = text(record, 44, 32);
  if (user === "" || (type !== USER_PROCESS && !(type === LOGIN_PROCESS && result === "Fail")))
    return undefined;
  const line = text(record, 8, 32);
  const host = text(record, 76, 256);
  const address = remoteAddress(record, host);
  const isRemote = host !== "" || line.startsWith("ssh");
  return {
    at: record.readUInt32LE(340) * 1000,
    login: {
      ProcessId: Math.max(0, record.readInt32LE(4)),
      Executable: isRemote ? "/usr/sbin/sshd" : "/bin/login",
      Operation: isRemote ? "ssh" : "login",
      Result: result,
      UserName: user,
      ...(address === "" ? {} : { RemoteAddress: address }),
      ExtraDetails: { Terminal: line, ...(host === "" ? {} : { RemoteHost: host }) },
    },
  };
}

const text = (record: Buffer, from: number, size: number): string => {
  const end = record.indexOf(0, from);
  return record.toString("utf8", from, end < 0 ? from + size : Math.min(end, from + size));
};

/** The last three words are zero for IPv4. */
function remoteAddress(record: Buffer, host: string): string {
  const bytes = record.subarray(348, 364);
  if (bytes.every((byte) => byte === 0)) return isAddress(host) ? host : "";
  return addressOf(bytes, !bytes.subarray(4).every((byte) => byte === 0));
}
