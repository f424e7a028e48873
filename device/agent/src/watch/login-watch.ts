import { parseTimestamp, type SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import { knownArchitectures, loginRecord, RECORD_BYTES } from "../collectors/login-records.js";
import { loginOf } from "../collectors/logins.js";
import { LineTail, RecordTail } from "../sources/file-tail.js";

/** Something that tells of logins. */
export interface LoginSource {
  readonly name: string;
  read(): SecurityEvent[];
  close(): void;
}

/** Tells whether a file can be read, by its path. */
export type CanRead = (path: string) => boolean;

const logs = ["/var/log/auth.log", "/var/log/secure"];
const STAMP = /^(\d{4}-\d\d-\d\dT\S+)/;

/** The first of the login sources among files that can be read; undefined when there is none. */
export function openLoginFiles(canRead: CanRead, architecture: string): LoginSource | undefined {
  const log = logs.find(canRead);
  if (log) return logSource(log);
  const records = ["/var/log/wtmp", "/var/log/btmp"].filter(canRead);
  return records.length > 0 && knownArchitectures.has(architecture) ? recordSource(records) : undefined;
}

function logSource(path: string): LoginSource {
  const tail = new LineTail(path);
  tail.read();
  return {
    name: path,
    read: () =>
      tail.read().flatMap((line) => {
        const found = loginOf(line);
        if (!found) return [];
        const at = parseTimestamp(STAMP.exec(line)?.[1] ?? "");
        const options = at === undefined ? {} : { at };
        return "login" in found
          ? [securityEvent("Login", [found.login], options)]
          : [securityEvent("Logout", [found.logout], options)];
      }),
    close: () => {},
  };
}

function recordSource(paths: readonly string[]): LoginSource {
  const tails = paths.map((path) => {
    const tail = new RecordTail(path, RECORD_BYTES);
    tail.read();
    return { tail, result: path.endsWith("btmp") ? ("Fail" as const) : ("Success" as const) };
  });
  return {
    name: paths.join(" and "),
    read: () =>
      tails.flatMap(({ tail, result }) =>
        tail.read().flatMap((record) => {
          const found = loginRecord(record, result);
          return found ? [securityEvent("Login", [found.login], { at: found.at })] : [];
        }),
      ),
    close: () => {},
  };
}
