import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { violationsOf } from "../testing.js";
import { loginRecord, logoutRecord, RECORD_BYTES } from "./login-records.js";

interface Parts {
  readonly type: number;
  readonly user?: string | Buffer;
  readonly line?: string;
  readonly host?: string;
  readonly address?: readonly number[];
}

function record({ type, user = "op", line = "pts/0", host = "", address = [] }: Parts): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.writeInt16LE(type, 0);
  bytes.writeInt32LE(4711, 4);
  bytes.write(line, 8);
  Buffer.from(user).copy(bytes, 44, 0, 32);
  bytes.write(host, 76);
  bytes.writeUInt32LE(1_700_000_000, 340);
  Buffer.from(address).copy(bytes, 348);
  return bytes;
}

const v6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];

describe("records of who came in and who was refused", () => {
  test.each([
    {
      name: "a local login",
      bytes: record({ type: 7, line: "tty1" }),
      result: "Success" as const,
      login: { UserName: "op", Executable: "/bin/login", ExtraDetails: { Terminal: "tty1" } },
    },
    {
      name: "a login from afar",
      bytes: record({ type: 7, host: "203.0.113.7", address: [203, 0, 113, 7] }),
      result: "Success" as const,
      login: { Executable: "/usr/sbin/sshd", RemoteAddress: "203.0.113.7" },
    },
    {
      name: "one that was refused, over IPv6",
      bytes: record({ type: 6, line: "ssh:notty", host: "2001:db8::7", address: v6 }),
      result: "Fail" as const,
      login: { Result: "Fail", RemoteAddress: "2001:db8::7" },
    },
    {
      name: "a host that is only a name is told, and no address made of it",
      bytes: record({ type: 7, host: "bastion.example" }),
      result: "Success" as const,
      login: { ExtraDetails: { Terminal: "pts/0", RemoteHost: "bastion.example" } },
    },
    {
      name: "a name that fills its field to the last byte",
      bytes: record({ type: 7, user: "x".repeat(32) }),
      result: "Success" as const,
      login: { UserName: "x".repeat(32) },
    },
    {
      name: "a name that is no UTF-8",
      bytes: record({ type: 7, user: Buffer.from([0xff, 0xfe]) }),
      result: "Success" as const,
      login: { UserName: "\ufffd\ufffd" },
    },
  ])("$name", ({ bytes, result, login }) => {
    const found = loginRecord(bytes, result);
    expect(found).toMatchObject({ at: 1_700_000_000_000, login: { ProcessId: 4711, ...login } });
    expect(violationsOf("Login", [found!.login])).toEqual([]);
  });

  test.each([
    { name: "a boot", bytes: record({ type: 2, user: "reboot" }) },
    { name: "a terminal that waits", bytes: record({ type: 6 }) },
    { name: "a record that is cut short", bytes: record({ type: 7 }).subarray(0, 380) },
    { name: "one without a name", bytes: record({ type: 7, user: "" }) },
  ])("$name is no login", ({ bytes }) => {
    expect(loginRecord(bytes, "Success")).toBeUndefined();
  });

  test("the end of a session is told by its line", () => {
    expect(logoutRecord(record({ type: 8, user: "" }))).toMatchObject({ line: "pts/0", pid: 4711 });
    expect(logoutRecord(record({ type: 7 }))).toBeUndefined();
  });

  test("any bytes are a login that fits the schema, or none", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 0, maxLength: RECORD_BYTES }),
        fc.constantFrom(0, 6, 7, 8),
        (given, type) => {
          const bytes = Buffer.alloc(given.length, given);
          if (bytes.length > 2) bytes.writeInt16LE(type, 0);
          const found = loginRecord(bytes, "Fail");
          if (found) expect(violationsOf("Login", [found.login])).toEqual([]);
          logoutRecord(bytes);
        },
      ),
    );
  });
});
