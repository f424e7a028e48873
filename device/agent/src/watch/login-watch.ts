import { parseTimestamp, type SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import { knownArchitectures, loginRecord, logoutRecord, RECORD_BYTES } from "../collectors/login-records.js";
import { type Login, type LoginLine, loginOf } from "../collectors/logins.js";
import { LineTail, RecordTail } from "../sources/file-tail.js";

/** Something that tells of logins. */
export interface LoginSource {
  readonly name: string;
  read(): SecurityEvent[];
  close(): void;
}

/** Tells whether a file can be read, by its path. */
export type CanRead = (path: string) => boolean;

const logs = ["/var/log/auth.log", "/var/log/secure", "/var/log/messages"];
const records = ["/var/log/wtmp", "/var/log/btmp"];
const STAMP = /^(\d{4}-\d\d-\d\dT\S+)/;
const MOST_OPEN = 1_000;

/** The first of the login sources among files that can be read; undefined when there is none. `root` lies before each path. */
export function openLoginFiles(canRead: CanRead, architecture: string, root = ""): LoginSource | undefined {
  const log = logs.map((path) => root + path).find(canRead);
  if (log) return logSource(log);
  const found = records.map((path) => root + path).filter(canRead);
  return found.length > 0 && knownArchitectures.has(architecture) ? recordSource(found) : undefined;
}

/** A login or a logout as an event. */
export function loginEvent(line: LoginLine, at: number | undefined): SecurityEvent {
  const options = at === undefined ? {} : { at };
  return "login" in line
    ? securityEvent("Login", [line.login], options)
    : securityEvent("Logout", [line.logout], options);
}

function logSource(path: string): LoginSource {
  const tail = new LineTail(path);
  tail.read();
  return {
    name: path,
    read: () =>
      tail.read().flatMap((line) => {
        const found = loginOf(line);
        return found ? [loginEvent(found, parseTimestamp(STAMP.exec(line)?.[1] ?? ""))] : [];
      }),
    close: () => {},
  };
}

function recordSource(paths: readonly string[]): LoginSource {
  // Who holds a line, so that the end of a session says whose it was.
  const open = new Map<string, Login>();
  const tails = paths.map((path) => {
    const tail = new RecordTail(path, RECORD_BYTES);
    tail.read();
    return { tail, result: path.endsWith("btmp") ? ("Fail" as const) : ("Success" as const) };
  });
  return {
    name: paths.join(" and "),
    read: () =>
      tails.flatMap(({ tail, result }) => tail.read().flatMap((record) => eventsOf(record, result, open))),
    close: () => {},
  };
}

function eventsOf(record: Buffer, result: Login["Result"], open: Map<string, Login>): SecurityEvent[] {
  const found = loginRecord(record, result);
  if (found) {
    const line = found.login.ExtraDetails?.["Terminal"] ?? "";
    if (result === "Success" && open.size < MOST_OPEN) open.set(line, found.login);
    return [loginEvent({ login: found.login }, found.at)];
  }
  const ended = result === "Success" ? logoutRecord(record) : undefined;
  if (!ended) return [];
  const whose = open.get(ended.line);
  open.delete(ended.line);
  const logout = {
    ProcessId: ended.pid,
    Executable: whose?.Executable ?? "/bin/login",
    Operation: whose?.Operation ?? "login",
    ...(whose?.UserName ? { UserName: whose.UserName } : {}),
    ...(whose?.RemoteAddress ? { RemoteAddress: whose.RemoteAddress } : {}),
    Terminal: ended.line,
  };
  return [loginEvent({ logout }, ended.at)];
}
