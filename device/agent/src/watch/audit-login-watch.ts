import type { SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import { auditLogin, LoginFilter } from "../collectors/audit-logins.js";
import { agentErrors } from "../errors.js";
import { AuditStream } from "../sources/audit.js";
import { AuditControl } from "../sources/audit-control.js";
import { type AuditRecord, auditType } from "../sources/audit-records.js";
import type { LoginSource } from "./login-watch.js";

const TRIES = 50;
const LOOK_MS = 20;

const aboutUsers: ReadonlySet<number> = new Set([
  auditType.userAuth,
  auditType.userStart,
  auditType.userEnd,
  auditType.userError,
  auditType.userLogin,
  auditType.userLogout,
  auditType.said,
]);

/**
 * Logins as programs tell the audit system, wherever it is switched on already: it is not switched on for this, since that
 * costs the host something. What opened has proved nothing, so a message of our own must be heard.
 */
export async function openAuditLogins(): Promise<LoginSource> {
  const mark = `picket-canary-${process.pid}-${Date.now()}`;
  const events: SecurityEvent[] = [];
  const filter = new LoginFilter();
  let isHeard = false;
  const take = (record: AuditRecord): void => {
    if (record.fields.get("op") === mark) isHeard = true;
    const line = auditLogin(record);
    if (!line || !filter.isNew(record.type, line, record.at)) return;
    const options = { at: record.at };
    events.push(
      "login" in line
        ? securityEvent("Login", [line.login], options)
        : securityEvent("Logout", [line.logout], options),
    );
  };
  const control = new AuditControl();
  try {
    if (control.status().enabled === 0)
      throw agentErrors.kernelUnfit({ why: "its audit system is off; start auditd to switch it on" });
    const stream = new AuditStream(aboutUsers, take);
    control.say(`op=${mark} res=success`);
    for (let tries = 0; tries < TRIES && !isHeard; tries += 1) {
      stream.drain();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    if (isHeard) return sourceOf(stream, events);
    stream.close();
    throw agentErrors.canarySilent({ source: "audit", what: "a message" });
  } finally {
    control.close();
  }
}

const sourceOf = (stream: AuditStream, events: SecurityEvent[]): LoginSource => ({
  name: "audit",
  read: () => {
    stream.drain();
    return events.splice(0);
  },
  close: () => stream.close(),
});
