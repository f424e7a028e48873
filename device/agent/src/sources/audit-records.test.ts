import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AuditAssembler } from "./audit-events.js";
import { argumentsOf, auditRecord, auditType } from "./audit-records.js";

const record = (type: number, text: string, serial = 7) =>
  auditRecord(type, Buffer.from(`audit(1700000000.123:${serial}): ${text}`));
const hex = (text: string | Buffer): string => Buffer.from(text).toString("hex").toUpperCase();

describe("records of the audit system", () => {
  test("have a time, a number and fields", () => {
    const found = record(
      1300,
      'arch=c000003e syscall=59 success=yes exit=0 pid=44 auid=4294967295 comm="ls" exe="/bin/ls"',
    );
    expect(found).toMatchObject({ type: 1300, at: 1_700_000_000_123, serial: "7" });
    expect(Object.fromEntries(found?.fields ?? [])).toMatchObject({
      pid: "44",
      exe: "/bin/ls",
      success: "yes",
    });
  });

  test.each([
    { name: "a text in quotes", text: 'cwd="/home/op"', field: "cwd", value: "/home/op" },
    {
      name: "a text with blanks, as digits",
      text: `cwd=${hex("/home/a b")}`,
      field: "cwd",
      value: "/home/a b",
    },
    {
      name: "a text that is no UTF-8",
      text: `exe=${hex(Buffer.from([0xff, 0x41]))}`,
      field: "exe",
      value: "\ufffdA",
    },
    {
      name: "a text with a newline and an escape",
      text: `a0=${hex("a\n\u001b[2J")}`,
      field: "a0",
      value: "a\n\u001b[2J",
    },
    { name: "no text", text: "comm=(null)", field: "comm", value: "" },
    { name: "a number that looks like digits of a text", text: "pid=44", field: "pid", value: "44" },
    {
      name: "what a program says of a user",
      text: `pid=1 msg='op=PAM:authentication acct=${hex("(invalid user)")} addr=192.0.2.1 res=failed'`,
      field: "acct",
      value: "(invalid user)",
    },
    {
      name: "the kernel's own word before a program's",
      text: "uid=0 msg='op=login uid=77 res=success'",
      field: "uid",
      value: "0",
    },
  ])("$name", ({ text, field, value }) => {
    expect(record(1112, text)?.fields.get(field)).toBe(value);
  });

  test.each([
    { name: "nothing", body: Buffer.alloc(0) },
    { name: "another text", body: Buffer.from("hello") },
    { name: "a head that is cut short", body: Buffer.from("audit(17000") },
  ])("$name is no record", ({ body }) => {
    expect(auditRecord(1300, body)).toBeUndefined();
  });

  test("any bytes are a record or none, never a failure", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        auditRecord(1300, Buffer.from(bytes));
        record(1300, Buffer.from(bytes).toString("latin1"));
      }),
    );
  });
});

describe("arguments", () => {
  const execve = (text: string) => record(auditType.execve, text)!;
  test.each([
    {
      name: "are joined by blanks",
      records: [execve('argc=2 a0="ls" a1="-l"')],
      line: "ls -l",
      isCut: false,
    },
    {
      name: "in pieces are put together",
      records: [execve('argc=2 a0="x" a1_len=8 a1[0]=61626364 a1[1]=65666768')],
      line: "x abcdefgh",
      isCut: false,
    },
    {
      name: "in pieces over several records",
      records: [execve('argc=3 a0="x" a1_len=4 a1[0]=6162'), execve('a1[1]=6364 a2="z"')],
      line: "x abcd z",
      isCut: false,
    },
    {
      name: "that did not come are said to be cut",
      records: [execve('argc=3 a0="x"')],
      line: "x",
      isCut: true,
    },
    {
      name: "of more than is kept are cut",
      records: [execve(`argc=1 a0=${hex("y".repeat(5_000))}`)],
      line: "y".repeat(4_095),
      isCut: true,
    },
    {
      name: "that claim to be millions end at once",
      records: [execve('argc=4294967295 a0="x"')],
      line: "x",
      isCut: true,
    },
  ])("$name", ({ records, line, isCut }) => {
    expect(argumentsOf(records, 4_095)).toEqual({ line, isCut });
  });
});

describe("records of one program are put together", () => {
  const call = (more = "") =>
    record(auditType.syscall, `syscall=59 success=yes ppid=1 pid=44 auid=1000 uid=0 exe="/bin/ls"${more}`)!;
  const line = record(auditType.execve, 'argc=1 a0="ls"')!;
  const folder = record(auditType.cwd, 'cwd="/tmp"')!;
  const end = record(auditType.end, "")!;

  test.each([
    { name: "in the usual order", records: [call(), line, folder] },
    { name: "in another order", records: [folder, line, call()] },
  ])("$name", ({ records }) => {
    const assembler = new AuditAssembler();
    expect(records.map((each) => assembler.take(each))).toEqual([undefined, undefined, undefined]);
    expect(assembler.take(end)).toMatchObject({
      pid: 44,
      parent: 1,
      uid: 0,
      loginUid: 1000,
      executable: "/bin/ls",
      commandLine: "ls",
      directory: "/tmp",
    });
  });

  test.each([
    { name: "a call that failed", records: [record(auditType.syscall, "success=no pid=44")!, line] },
    { name: "a call without arguments", records: [call()] },
    { name: "arguments without a call", records: [line] },
  ])("$name is no program", ({ records }) => {
    const assembler = new AuditAssembler();
    for (const each of records) assembler.take(each);
    expect(assembler.take(end)).toBeUndefined();
  });

  test("happenings without an end are forgotten and counted", () => {
    const assembler = new AuditAssembler();
    for (let serial = 0; serial < 1_000; serial += 1) assembler.take({ ...call(), serial: String(serial) });
    expect(assembler.broken).toBe(1_000 - 512);
  });
});
