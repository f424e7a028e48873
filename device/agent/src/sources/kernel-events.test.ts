import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KernelEventReader } from "./kernel-events.js";

const reader = (): KernelEventReader => new KernelEventReader((ms) => ms);

/** Paths lie in the ring from their end to the root. */
const names = (path: string): Buffer =>
  Buffer.from(
    path
      .split("/")
      .slice(1)
      .reverse()
      .map((name) => `${name}\0`)
      .join(""),
  );

function exec(parts: { exe: string; cwd?: string; file?: string; args: Buffer; cut?: boolean }): Buffer {
  const blocks = [
    names(parts.exe),
    names(parts.cwd ?? "/"),
    Buffer.from(`${parts.file ?? parts.exe}\0`),
    parts.args,
  ];
  const head = Buffer.alloc(EXEC_HEAD);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(4711, 4);
  head.writeUInt32LE(1, 8);
  head.writeUInt32LE(1000, 12);
  head.writeBigUInt64LE(5_000_000_000n, 16);
  for (const [index, block] of blocks.entries()) head.writeUInt32LE(block.length, 24 + index * 4);
  head.writeUInt32LE(parts.cut ? 1 : 0, 40);
  head.writeUInt32LE(1001, 44);
  head.writeUInt32LE(4_026_531_841, 48);
  return Buffer.concat([head, ...blocks]);
}
const EXEC_HEAD = 56;

describe("programs that started", () => {
  test("one is read with all that the kernel wrote", () => {
    const bytes = exec({
      exe: "/usr/bin/tar",
      cwd: "/home/op",
      file: "/bin/tar",
      args: Buffer.from("tar\0czf\0a b\0"),
    });
    expect(reader().read(bytes)).toMatchObject({
      kind: "exec",
      at: 5_000,
      pid: 4711,
      parent: 1,
      uid: 1000,
      executable: "/usr/bin/tar",
      directory: "/home/op",
      calledBy: "/bin/tar",
      commandLine: "tar czf a b",
      isCut: false,
      loginUid: 1001,
      mounts: 4_026_531_841,
    });
  });

  test.each([
    { name: "no arguments at all", args: Buffer.alloc(0), line: "" },
    { name: "only zeros", args: Buffer.alloc(9), line: "" },
    { name: "no UTF-8", args: Buffer.from([0xff, 0]), line: "\ufffd" },
    {
      name: "a newline and an escape",
      args: Buffer.from("a\n\u001b]0;x\u0007\0"),
      line: "a\n\u001b]0;x\u0007",
    },
    { name: "as much as is kept", args: Buffer.alloc(4_095, "x"), line: "x".repeat(4_095) },
  ])("arguments: $name", ({ args, line }) => {
    expect(reader().read(exec({ exe: "/a", args }))).toMatchObject({ commandLine: line });
  });

  test("paths stay right when more are seen than are kept", () => {
    const own = reader();
    for (let index = 0; index < 5_000; index += 1)
      expect(own.read(exec({ exe: `/bin/p${index}`, args: Buffer.from("p\0") }))).toMatchObject({
        executable: `/bin/p${index}`,
      });
  });
});

describe("other events", () => {
  const event = (kind: number, size: number, fill: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.alloc(size);
    bytes.writeUInt32LE(kind, 0);
    bytes.writeUInt32LE(77, 4);
    fill(bytes);
    return bytes;
  };
  test.each([
    {
      name: "a program that returned 2",
      bytes: event(2, 24, (bytes) => bytes.writeUInt32LE(2 << 8, 8)),
      found: { kind: "exit", pid: 77, status: 2 },
    },
    {
      name: "a program that was killed says so as shells do",
      bytes: event(2, 24, (bytes) => bytes.writeUInt32LE(9, 8)),
      found: { kind: "exit", pid: 77, status: 137 },
    },
    {
      name: "a process that split off",
      bytes: event(4, 16, (bytes) => bytes.writeUInt32LE(5, 8)),
      found: { kind: "fork", pid: 77, parent: 5 },
    },
    {
      name: "a connection that came in",
      bytes: event(3, 88, (bytes) => {
        bytes.writeUInt32LE(2, 12);
        bytes.writeUInt16LE(8080, 24);
        bytes.writeUInt16BE(51_000, 26);
        bytes.writeUInt32LE(1, 28);
        bytes.set([127, 0, 0, 1], 32);
        bytes.set([192, 0, 2, 9], 48);
      }),
      found: {
        kind: "connect",
        direction: "In",
        localAddress: "127.0.0.1",
        localPort: 8080,
        remoteAddress: "192.0.2.9",
        remotePort: 51_000,
      },
    },
    {
      name: "a connection that was refused",
      bytes: event(3, 88, (bytes) => bytes.writeUInt32LE(2, 28)),
      found: { kind: "connect", direction: "Out", failure: "Refused" },
    },
    {
      name: "a connection that ended, with its bytes and time",
      bytes: event(6, 88, (bytes) => {
        bytes.writeBigUInt64LE(10n, 64);
        bytes.writeBigUInt64LE(20n, 72);
        bytes.writeBigUInt64LE(3_000_000n, 80);
      }),
      found: { kind: "disconnect", pid: 77, sent: 10, received: 20, lasted: 3 },
    },
    { name: "a kind of a later version is passed over", bytes: event(99, 64, () => {}), found: undefined },
  ])("$name", ({ bytes, found }) => {
    const read = reader().read(bytes);
    if (found) expect(read).toMatchObject(found);
    else expect(read).toBeUndefined();
  });
});

test("any bytes at all are an event or none, never a failure", () => {
  const own = reader();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ maxLength: 300 }), (kind, bytes) => {
      const event = Buffer.from(bytes);
      if (event.length >= 4) event.writeUInt32LE(kind, 0);
      expect(() => own.read(event)).not.toThrow();
    }),
    { numRuns: 1_000 },
  );
});
