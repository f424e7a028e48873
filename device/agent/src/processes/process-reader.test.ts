import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { FileProcessReader } from "./process-reader.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "picket-proc-"));
  put("/proc/stat", "btime 1000\n");
  put("/etc/passwd", "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\nop:x:1000:1000::/:/bin/sh\n");
});
const put = (path: string, text: string | Buffer): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
};
function process(
  pid: number,
  parts: { name?: string; line?: string | Buffer; exe?: string; login?: string },
): void {
  const { name = "tar", line = "tar\0czf\0", exe, login } = parts;
  put(`/proc/${pid}/stat`, `${pid} (${name}) S 7 ${pid} 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0 0\n`);
  put(`/proc/${pid}/status`, "Name:\tx\nUid:\t1000\t0\t0\t0\n");
  put(`/proc/${pid}/cmdline`, line);
  if (login !== undefined) put(`/proc/${pid}/loginuid`, login);
  if (exe) symlinkSync(exe, join(root, `/proc/${pid}/exe`));
}

describe("processes as /proc shows them", () => {
  test.each([
    {
      name: "a program",
      parts: { exe: "/usr/bin/tar", login: "1000" },
      found: {
        parent: 7,
        uid: 1000,
        born: 1_005_000,
        executable: "/usr/bin/tar",
        commandLine: "tar czf",
        loginUid: 1000,
      },
    },
    {
      name: "a name that looks like the fields behind it",
      parts: { name: "x) S 1 1 1 (", exe: "/x" },
      found: { parent: 7, executable: "/x" },
    },
    {
      name: "a name with a newline",
      parts: { name: "a\nb", line: "" },
      found: { executable: "[a\nb]", commandLine: "[a\nb]" },
    },
    {
      name: "nobody has logged in",
      parts: { login: "4294967295" },
      found: { executable: "tar" },
    },
    {
      name: "a command line of 128 KB",
      parts: { line: Buffer.alloc(131_072, "x") },
      found: { commandLine: "x".repeat(4_095) },
    },
    {
      name: "a command line that is no UTF-8",
      parts: { line: Buffer.from([0xff, 0xfe, 0]) },
      found: { commandLine: "\ufffd\ufffd" },
    },
  ])("$name", ({ parts, found }) => {
    process(44, parts);
    const known = new FileProcessReader(root).read(44);
    expect(known).toMatchObject(found);
    if (!("loginUid" in found)) expect(known?.loginUid).toBeUndefined();
  });

  test.each([
    { name: "a process that is gone", prepare: () => {} },
    {
      name: "a process that ends while it is read",
      prepare: () => mkdirSync(join(root, "/proc/44"), { recursive: true }),
    },
  ])("$name is none", ({ prepare }) => {
    prepare();
    const reader = new FileProcessReader(root);
    expect(reader.read(44)).toBeUndefined();
    expect(reader.started(44)).toBeUndefined();
    expect(reader.controlGroup(44)).toBe("");
  });

  test("a stat that is cut short is a process without parent, not a failure", () => {
    put("/proc/44/stat", "44 (tar");
    expect(() => new FileProcessReader(root).read(44)).not.toThrow();
  });

  test("threads of the kernel start no program", () => {
    process(44, { name: "kworker/0:1", line: "" });
    expect(new FileProcessReader(root).started(44)).toBeUndefined();
  });

  test("names of users are found, the first of one number, and numbers without a name stay numbers", () => {
    const reader = new FileProcessReader(root);
    expect([0, 1000, 77].map((uid) => reader.userName(uid))).toEqual(["root", "op", "77"]);
  });

  test("this test sees itself", () => {
    const { pid, ppid } = globalThis.process;
    expect(new FileProcessReader().read(pid)).toMatchObject({
      parent: ppid,
      executable: globalThis.process.execPath,
    });
  });
});
