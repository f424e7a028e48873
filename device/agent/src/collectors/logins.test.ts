import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileTexts, violationsOf } from "../testing.js";
import { loginOf } from "./logins.js";

const at = "2026-11-26T10:00:00.123456+00:00 gw";
const old = "Nov  6 10:00:00 gw";

const login = (line: string) => {
  const found = loginOf(line);
  return found && "login" in found ? found.login : undefined;
};

describe("logins", () => {
  test.each([
    {
      name: "ssh with a key",
      line: `${at} sshd[913]: Accepted publickey for op from 203.0.113.77 port 40112 ssh2: ED25519 SHA256:abc`,
      found: {
        Result: "Success",
        UserName: "op",
        RemoteAddress: "203.0.113.77",
        RemotePort: "40112",
        Operation: "ssh:publickey",
      },
    },
    {
      name: "ssh with a wrong password, in the old form of time",
      line: `${old} sshd[913]: Failed password for root from 203.0.113.77 port 40112 ssh2`,
      found: { Result: "Fail", UserName: "root", ProcessId: 913 },
    },
    {
      name: "ssh of a user that is not there, over IPv6, by the split server of today",
      line: `${at} sshd-session[5]: Failed password for invalid user admin from 2001:db8::7 port 1 ssh2`,
      found: {
        Result: "Fail",
        UserName: "admin",
        RemoteAddress: "2001:db8::7",
        Executable: "/usr/sbin/sshd",
      },
    },
    {
      name: "dropbear, as on small devices",
      line: `${old} dropbear[77]: Password auth succeeded for 'root' from 192.0.2.9:51000`,
      found: { Result: "Success", UserName: "root", RemoteAddress: "192.0.2.9", RemotePort: "51000" },
    },
    {
      name: "dropbear with a wrong password",
      line: `${old} dropbear[77]: Bad password attempt for 'root' from 192.0.2.9:51000`,
      found: { Result: "Fail", Operation: "ssh:password" },
    },
    {
      name: "sudo",
      line: `${at} sudo:       op : TTY=pts/0 ; PWD=/home/op ; USER=root ; COMMAND=/usr/bin/id -u`,
      found: {
        Result: "Success",
        UserName: "root",
        Executable: "/usr/bin/sudo",
        ExtraDetails: { ByUserName: "op", Terminal: "pts/0", CommandLine: "/usr/bin/id -u" },
      },
    },
    {
      name: "sudo that was refused",
      line: `${at} sudo:       op : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh`,
      found: { Result: "Fail", ExtraDetails: { ByUserName: "op", Reason: "3 incorrect password attempts" } },
    },
    {
      name: "sudo of somebody who may not",
      line: `${at} sudo: eve : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh`,
      found: { Result: "Fail", UserName: "root" },
    },
    {
      name: "su",
      line: `${at} su[12]: pam_unix(su:session): session opened for user root(uid=0) by op(uid=1000)`,
      found: { Result: "Success", UserName: "root", Operation: "su", ExtraDetails: { ByUserName: "op" } },
    },
    {
      name: "su that failed",
      line: `${at} su[12]: FAILED SU (to root) op on pts/0`,
      found: { Result: "Fail", UserName: "root" },
    },
    {
      name: "a local login",
      line: `${at} login[3]: pam_unix(login:session): session opened for user op(uid=1000) by LOGIN(uid=0)`,
      found: { Result: "Success", UserName: "op", Executable: "/bin/login" },
    },
    {
      name: "a local login that failed",
      line: `${at} login[3]: FAILED LOGIN (1) on '/dev/tty1' FOR 'op', Authentication failure`,
      found: { Result: "Fail", UserName: "op", ExtraDetails: { Terminal: "/dev/tty1" } },
    },
  ])("$name", ({ line, found }) => {
    const read = login(line);
    expect(read).toMatchObject(found);
    expect(violationsOf("Login", [read!])).toEqual([]);
  });

  test.each([
    {
      name: "ssh",
      line: `${at} sshd[9]: pam_unix(sshd:session): session closed for user op`,
      operation: "ssh",
    },
    { name: "su", line: `${old} su[9]: pam_unix(su-l:session): session closed for user op`, operation: "su" },
  ])("the end of a session: $name", ({ line, operation }) => {
    const found = loginOf(line);
    expect(found).toMatchObject({ logout: { Operation: operation, UserName: "op", ProcessId: 9 } });
  });
});

describe("what a stranger types cannot make a login", () => {
  test.each([
    {
      name: "a user name that reads like a success",
      line: `${at} sshd[9]: Failed password for invalid user x from 6.6.6.6 port 1 ssh2 from 203.0.113.1 port 2 ssh2`,
      found: { Result: "Fail", RemoteAddress: "203.0.113.1", RemotePort: "2" },
    },
    {
      name: "a user name that reads like a whole line",
      line: `${at} sshd[9]: Invalid user sshd[1]: Accepted password for root from 6.6.6.6 port 22 from 203.0.113.1 port 5`,
      found: undefined,
    },
    {
      name: "a program of another name that logs the same words",
      line: `${at} logger: sshd[1]: Accepted password for root from 6.6.6.6 port 22 ssh2`,
      found: undefined,
    },
    {
      name: "a login name with quotes",
      line: `${at} login[3]: FAILED LOGIN (1) on '/dev/tty1' FOR 'x' FOR 'root', Authentication failure`,
      found: { Result: "Fail", UserName: "x' FOR 'root" },
    },
    {
      name: "a command of sudo that holds another user",
      line: `${at} sudo: op : TTY=pts/0 ; PWD=/ ; USER=www ; COMMAND=/bin/echo ; USER=root ; COMMAND=x`,
      found: { UserName: "www" },
    },
  ])("$name", ({ line, found }) => {
    if (found) expect(login(line)).toMatchObject(found);
    else expect(loginOf(line)).toBeUndefined();
  });

  test.each(hostileTexts)("a name that is $name is read or passed over", ({ text }) => {
    const read = login(`${at} sshd[9]: Failed password for ${text} from 192.0.2.1 port 2 ssh2`);
    if (text.length > 1_000) expect(read).toBeUndefined();
    else expect(read).toMatchObject({ UserName: text, Result: "Fail" });
  });

  test("no line at all makes it fail or take long", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }),
        fc.constantFrom("sshd", "su", "sudo", "login"),
        (text, tag) => {
          expect(() => loginOf(`${at} ${tag}[1]: ${text}`)).not.toThrow();
        },
      ),
      { numRuns: 2_000 },
    );
    const line = `${at} sudo: ${" ; ".repeat(600)}`;
    expect(loginOf(line)).toBeUndefined();
  });
});
