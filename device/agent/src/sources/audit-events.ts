import { type AuditRecord, argumentsOf, auditType } from "./audit-records.js";
import type { Started } from "./host-events.js";

const MOST_OPEN = 512;
const MOST_RECORDS = 64;
const MOST_LINE = 4_095;
const NOBODY = 4_294_967_295;

/** Puts the records of one happening together: a program that started comes as a call, its arguments and its folder. */
export class AuditAssembler {
  readonly #open = new Map<string, AuditRecord[]>();
  #broken = 0;

  /** Happenings whose end did not come. */
  get broken(): number {
    return this.#broken;
  }

  /** Takes a record; answers the program that started when this was the last one about it. */
  take(record: AuditRecord): Started | undefined {
    const { type, serial } = record;
    if (type === auditType.end || type === auditType.proctitle) return this.#finish(serial);
    if (type !== auditType.syscall && type !== auditType.execve && type !== auditType.cwd) return undefined;
    const records = this.#open.get(serial);
    if (records) {
      if (records.length < MOST_RECORDS) records.push(record);
    } else {
      this.#open.set(serial, [record]);
      if (this.#open.size > MOST_OPEN) {
        this.#open.delete(this.#open.keys().next().value!);
        this.#broken += 1;
      }
    }
    return undefined;
  }

  #finish(serial: string): Started | undefined {
    const records = this.#open.get(serial);
    this.#open.delete(serial);
    return records && startedOf(records);
  }
}

function startedOf(records: readonly AuditRecord[]): Started | undefined {
  const call = records.find(({ type }) => type === auditType.syscall);
  const lines = records.filter(({ type }) => type === auditType.execve);
  if (!call || lines.length === 0 || call.fields.get("success") !== "yes") return undefined;
  const number = (name: string): number => Number(call.fields.get(name) ?? 0) || 0;
  const { line, isCut } = argumentsOf(lines, MOST_LINE);
  const login = number("auid");
  return {
    kind: "exec",
    at: call.at,
    pid: number("pid"),
    parent: number("ppid"),
    uid: number("uid"),
    executable: call.fields.get("exe") ?? "",
    calledBy: "",
    commandLine: line,
    directory: records.find(({ type }) => type === auditType.cwd)?.fields.get("cwd") ?? "",
    isCut,
    ...(login === NOBODY || !call.fields.has("auid") ? {} : { loginUid: login }),
  };
}
