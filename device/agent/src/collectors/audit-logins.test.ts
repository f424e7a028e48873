import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditRecord } from "../sources/audit-records.js";
import { hostileTexts, violationsOf } from "../testing.js";
import { auditLogin, LoginFilter } from "./audit-logins.js";

const record = (type: number, text: string) =>
  auditRecord(type, Buffer.from(`audit(1700000000.123:7): ${text}`));
const user = (type: number, message: string) =>
  record(type, `pid=913 uid=0 auid=4294967295 ses=4294967295 subj=unconfined msg='${message}'`);
const read = (type: number, message: string) => auditLogin(user(type, message)!);
const hex = (text: string): string => Buffer.from(text).toString("hex").toUpperCase();

describe("logins as programs tell the audit system", () => {
  test.each([
    {
      name: "ssh that was let in",
      type: 1105,
      message:
        'op=PAM:session_open grantors=pam_unix acct="op" exe="/usr/sbin/sshd" hostname=203.0.113.7 addr=203.0.113.7 terminal=ssh res=success',
      login: {
        Result: "Success",
        UserName: "op",
        RemoteAddress: "203.0.113.7",
        Operation: "PAM:session_open",
        ExtraDetails: { Terminal: "ssh" },
      },
    },
    {
      name: "ssh with a wrong password",
      type: 1100,
      message:
        'op=PAM:authentication grantors=? acct="root" exe="/usr/sbin/sshd" hostname=203.0.113.7 addr=203.0.113.7 terminal=ssh res=failed',
      login: { Result: "Fail", UserName: "root", RemoteAddress: "203.0.113.7" },
    },
    {
      name: "ssh of a user that is not there",
      type: 1112,
      message: `op=login acct=${hex("(invalid user)")} exe="/usr/sbin/sshd" hostname=? addr=2001:db8::7 terminal=sshd res=failed`,
      login: { Result: "Fail", UserName: "(invalid user)", RemoteAddress: "2001:db8::7" },
    },
    {
      name: "su, with who asked",
      type: 1105,
      message:
        'op=PAM:session_open acct="root" exe="/usr/bin/su" hostname=? addr=? terminal=/dev/pts/0 res=success',
      login: {
        Result: "Success",
        UserName: "root",
        Executable: "/usr/bin/su",
        ExtraDetails: { Terminal: "/dev/pts/0", ByUserId: "0" },
      },
    },
    {
      name: "a host name in place of an address",
      type: 1100,
      message:
        'op=PAM:authentication acct="op" exe="/usr/bin/login" hostname=bastion addr=bastion terminal=tty1 res=failed',
      login: { Result: "Fail", ExtraDetails: { RemoteHost: "bastion" } },
    },
  ])("$name", ({ type, message, login }) => {
    const found = read(type, message);
    expect(found).toMatchObject({ login });
    expect(violationsOf("Login", found && "login" in found ? [found.login] : [])).toEqual([]);
  });

  test.each([
    {
      name: "a session that ends",
      type: 1106,
      message:
        'op=PAM:session_close acct="op" exe="/usr/sbin/sshd" addr=203.0.113.7 terminal=ssh res=success',
    },
    {
      name: "a logout",
      type: 1113,
      message: 'op=login id=1000 exe="/usr/sbin/sshd" addr=203.0.113.7 terminal=/dev/pts/0 res=success',
    },
  ])("$name", ({ type, message }) => {
    const found = read(type, message);
    expect(found).toMatchObject({ logout: { RemoteAddress: "203.0.113.7" } });
    expect(violationsOf("Logout", found && "logout" in found ? [found.logout] : [])).toEqual([]);
  });

  test.each([
    {
      name: "a job of cron",
      type: 1105,
      message: 'op=PAM:session_open acct="root" exe="/usr/sbin/cron" res=success',
    },
    {
      name: "a password that was right, before the session",
      type: 1100,
      message: 'op=PAM:authentication acct="op" exe="/usr/sbin/sshd" res=success',
    },
    {
      name: "a record of something else",
      type: 1130,
      message: 'unit=ssh exe="/usr/lib/systemd/systemd" res=success',
    },
    { name: "a record without a program", type: 1105, message: "op=x res=success" },
  ])("$name is none", ({ type, message }) => {
    expect(read(type, message)).toBeUndefined();
  });

  test.each(hostileTexts)("a name that is $name fits the schema", ({ text }) => {
    const found = read(
      1100,
      `op=PAM:authentication acct=${hex(text)} exe="/usr/sbin/sshd" addr=192.0.2.1 terminal=ssh res=failed`,
    );
    expect(violationsOf("Login", found && "login" in found ? [found.login] : [])).toEqual([]);
  });

  test("any words are a login that fits the schema, or none", () => {
    const words = fc.constantFrom(
      "op=x",
      'acct="a"',
      "acct=?",
      "res=failed",
      "res=success",
      'exe="/x"',
      "addr=::1",
      "addr=x",
      "id=1000",
      "terminal=?",
      "=",
    );
    fc.assert(
      fc.property(
        fc.constantFrom(1100, 1105, 1106, 1109, 1112, 1113),
        fc.array(words, { maxLength: 10 }),
        (type, all) => {
          const found = read(type, all.join(" "));
          if (found && "login" in found) expect(violationsOf("Login", [found.login])).toEqual([]);
          if (found && "logout" in found) expect(violationsOf("Logout", [found.logout])).toEqual([]);
        },
      ),
    );
  });
});

test("what several records say of one refusal is told once, each try on its own", () => {
  const filter = new LoginFilter();
  const refused = (type: number) => read(type, 'op=x acct="root" exe="/usr/sbin/sshd" res=failed')!;
  expect([1100, 1100, 1112].map((type) => filter.isNew(type, refused(type), 1_000))).toEqual([
    true,
    true,
    false,
  ]);
  expect(filter.isNew(1112, refused(1112), 200_000)).toBe(true);
});
