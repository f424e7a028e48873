import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecurityEvent } from "@picket/schema";
import { beforeEach, describe, expect, test } from "vitest";
import { messageOf } from "../errors.js";
import { AuditControl } from "../sources/audit-control.js";
import { violationsIn } from "../testing.js";
import { openAuditLogins } from "./audit-login-watch.js";
import { openLoginFiles } from "./login-watch.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "picket-logins-"));
  mkdirSync(join(root, "var/log"), { recursive: true });
});
const put = (path: string, text: string | Buffer): void => writeFileSync(join(root, path), text);
const record = (type: number, user: string, line: string): Buffer => {
  const bytes = Buffer.alloc(384);
  bytes.writeInt16LE(type, 0);
  bytes.writeInt32LE(44, 4);
  bytes.write(line, 8);
  bytes.write(user, 44);
  bytes.writeUInt32LE(1_700_000_000, 340);
  return bytes;
};

describe("the first file of logins that can be read is followed", () => {
  test.each([
    { name: "the log of Debian", files: ["auth.log", "wtmp"], architecture: "x64", source: "auth.log" },
    { name: "the log of Fedora", files: ["secure"], architecture: "x64", source: "secure" },
    {
      name: "records, where nothing writes a log",
      files: ["wtmp", "btmp"],
      architecture: "x64",
      source: "wtmp and btmp",
    },
    {
      name: "none, where records have another form",
      files: ["wtmp"],
      architecture: "s390x",
      source: undefined,
    },
    { name: "none", files: [], architecture: "x64", source: undefined },
  ])("$name", ({ files, architecture, source }) => {
    for (const file of files) put(`var/log/${file}`, "");
    const found = openLoginFiles(existsSync, architecture, root);
    expect(found?.name.replaceAll(`${root}/var/log/`, "")).toBe(source);
  });

  test("lines of a log become events, with the time they tell", () => {
    put(
      "var/log/auth.log",
      "2026-11-26T10:00:00+00:00 gw sshd[9]: Accepted password for old from 192.0.2.1 port 2 ssh2\n",
    );
    const source = openLoginFiles(existsSync, "x64", root);
    expect(source?.read()).toEqual([]);
    appendFileSync(
      join(root, "var/log/auth.log"),
      "2026-11-26T10:00:05+00:00 gw sshd[9]: Accepted password for op from 192.0.2.1 port 2 ssh2\n2026-11-26T10:00:09+00:00 gw sshd[9]: pam_unix(sshd:session): session closed for user op\n",
    );
    const events = source?.read() ?? [];
    expect(events.map(({ Name, TimestampUTC }) => `${Name} ${TimestampUTC}`)).toEqual([
      "Login 2026-11-26T10:00:05.000Z",
      "Logout 2026-11-26T10:00:09.000Z",
    ]);
    expect(violationsIn(events)).toEqual([]);
  });

  test("records become events, and the end of a session says whose it was", () => {
    put("var/log/wtmp", "");
    const source = openLoginFiles(existsSync, "x64", root);
    appendFileSync(
      join(root, "var/log/wtmp"),
      Buffer.concat([record(7, "op", "pts/3"), record(8, "", "pts/3")]),
    );
    const events = source?.read() ?? [];
    expect(events.map(({ Name }) => Name)).toEqual(["Login", "Logout"]);
    expect(events[1]?.Payload[0]).toMatchObject({ UserName: "op", Terminal: "pts/3" });
    expect(violationsIn(events)).toEqual([]);
  });
});

test("logins are heard from the audit system of this host, when it is on", async ({ skip }) => {
  let control: AuditControl;
  try {
    control = new AuditControl();
    control.status();
  } catch (error) {
    return skip(messageOf(error));
  }
  try {
    control.watchPrograms();
    const source = await openAuditLogins();
    const events: SecurityEvent[] = [];
    try {
      execFileSync("su", ["-s", "/bin/true", "nobody"], { stdio: "ignore" });
      for (let tries = 0; tries < 100 && events.length < 2; tries += 1) {
        events.push(...source.read());
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } finally {
      source.close();
    }
    expect(violationsIn(events)).toEqual([]);
    expect(events.map(({ Name }) => Name)).toEqual(expect.arrayContaining(["Login", "Logout"]));
    expect(events[0]?.Payload[0]).toMatchObject({
      UserName: "nobody",
      Result: "Success",
      Executable: expect.stringMatching(/\/su$/),
    });
  } finally {
    control.close();
  }
});

test("an audit system that is off is not switched on for logins", async ({ skip }) => {
  let control: AuditControl;
  try {
    control = new AuditControl();
    if (control.status().enabled !== 0) return skip("it is on");
  } catch (error) {
    return skip(messageOf(error));
  }
  await expect(openAuditLogins()).rejects.toThrow("is off");
  expect(control.status().enabled).toBe(0);
  control.close();
});
