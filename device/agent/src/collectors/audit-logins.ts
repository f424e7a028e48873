import { isAddress } from "@picket/schema";
import { type AuditRecord, auditType } from "../sources/audit-records.js";
import type { Login, LoginLine } from "./logins.js";

/** Programs that open sessions for jobs and for the system itself, which nobody logged in to. */
const silent =
  /\/(?:crond?|atd|anacron|systemd|systemd-executor|polkitd|polkit-agent-helper-1|runuser|start-stop-daemon)$/;
const nobody = new Set(["", "?", "(unknown)", "(unknown user)", "(invalid user)", "(null)", "unset"]);
const NOBODY = "4294967295";

/** Reads a record of the audit system about a user; undefined when it is about something else. */
export function auditLogin(record: AuditRecord): LoginLine | undefined {
  const { type, fields } = record;
  const executable = said(fields.get("exe"));
  if (executable === "" || silent.test(executable)) return undefined;
  const isSuccess = fields.get("res") === "success";
  if (type === auditType.userStart && isSuccess) return { login: loginOf(record, "Success") };
  if (
    (type === auditType.userAuth || type === auditType.userLogin || type === auditType.userError) &&
    !isSuccess
  )
    return { login: loginOf(record, "Fail") };
  if (type === auditType.userEnd || type === auditType.userLogout) return { logout: whoOf(record) };
  return undefined;
}

function loginOf(record: AuditRecord, result: Login["Result"]): Login {
  const { fields } = record;
  const { Terminal, ...who } = whoOf(record);
  const host = said(fields.get("hostname"));
  const by = fields.get("uid") ?? "";
  const details = {
    ...(Terminal ? { Terminal } : {}),
    ...(host === "" || host === who.RemoteAddress ? {} : { RemoteHost: host }),
    ...(by === "" ? {} : { ByUserId: by }),
  };
  const name = who.UserName ?? (who.UserId === undefined ? said(fields.get("acct")) : undefined);
  return {
    ...who,
    ...(name === undefined ? {} : { UserName: name }),
    Result: result,
    ...(Object.keys(details).length > 0 ? { ExtraDetails: details } : {}),
  };
}

function whoOf({ fields }: AuditRecord) {
  const account = said(fields.get("acct"));
  const id = fields.get("id") ?? fields.get("auid") ?? "";
  const address = said(fields.get("addr"));
  const terminal = said(fields.get("terminal"));
  return {
    ProcessId: Number(fields.get("pid")) || 0,
    Executable: said(fields.get("exe")),
    Operation: said(fields.get("op")) || "login",
    ...(nobody.has(account) ? {} : { UserName: account }),
    ...(/^\d+$/.test(id) && id !== NOBODY ? { UserId: id } : {}),
    ...(isAddress(address) ? { RemoteAddress: address } : {}),
    ...(terminal === "" ? {} : { Terminal: terminal }),
  };
}

const said = (text: string | undefined): string => (text === undefined || text === "?" ? "" : text);

const MOST_KEPT = 1_000;
const SAME_MS = 60_000;

/** Leaves out what several records say of one happening: a refused login is told when it is asked for and when it is given up. */
export class LoginFilter {
  readonly #refused = new Map<number, number>();

  /** Whether a record tells something new. */
  isNew(type: number, line: LoginLine, at: number): boolean {
    if (!("login" in line) || line.login.Result !== "Fail") return true;
    const { ProcessId } = line.login;
    const before = this.#refused.get(ProcessId);
    this.#refused.delete(ProcessId);
    this.#refused.set(ProcessId, at);
    if (this.#refused.size > MOST_KEPT) this.#refused.delete(this.#refused.keys().next().value!);
    return type === auditType.userAuth || before === undefined || at - before > SAME_MS;
  }
}
