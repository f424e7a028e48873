import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageOf } from "../errors.js";
import type { Connected, Disconnected, Ended, HostEvent, Started } from "./host-events.js";
import { KernelWatch } from "./kernel.js";
import { kernelOffsets } from "./kernel-offsets.js";

const seen: HostEvent[] = [];
let watch: KernelWatch | undefined;
let problem = existsSync("/sys/kernel/btf/vmlinux") ? "" : "this kernel has no /sys/kernel/btf/vmlinux";
try {
  if (problem === "") watch = new KernelWatch(kernelOffsets(), (event) => seen.push(event));
} catch (error) {
  problem = messageOf(error);
}
const skipped = problem === "" ? "" : ` (skipped: ${problem})`;

const is =
  <K extends HostEvent["kind"]>(kind: K) =>
  (event: HostEvent): event is Extract<HostEvent, { kind: K }> =>
    event.kind === kind;
const started = (line: string): Started | undefined => {
  watch?.drain();
  return seen.filter(is("exec")).find((event) => event.commandLine.includes(line));
};
const until = async <T>(find: () => T | undefined): Promise<T> => {
  for (let tries = 0; tries < 200; tries += 1) {
    watch?.drain();
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("nothing was seen within four seconds");
};

afterAll(() => watch?.close());

describe.skipIf(problem !== "")(`the running kernel tells of programs${skipped}`, () => {
  test("with command line, path, folder and parent", () => {
    spawnSync("/bin/sh", ["-c", "exit 3", "mark-one", "a b"], { cwd: "/usr" });
    expect(started("mark-one")).toMatchObject({
      commandLine: "/bin/sh -c exit 3 mark-one a b",
      directory: "/usr",
      parent: process.pid,
      uid: process.getuid?.(),
      isCut: false,
    });
  });

  test("that ended, with status and signal", async () => {
    spawnSync("/bin/sh", ["-c", "exit 3", "mark-two"]);
    spawnSync("/bin/sh", ["-c", "kill -9 $$", "mark-three"]);
    const end = (mark: string) => () =>
      seen.filter(is("exit")).find(({ pid }: Ended) => pid === started(mark)?.pid);
    expect(await until(end("mark-two"))).toMatchObject({ status: 3 });
    expect(await until(end("mark-three"))).toMatchObject({ status: 137 });
  });

  test("whose arguments are longer than what is kept, and says so", () => {
    spawnSync("/bin/true", ["mark-four", "x".repeat(100_000)]);
    const found = started("mark-four");
    expect(found?.isCut).toBe(true);
    expect(found?.commandLine.length).toBe(4_095);
  });

  test.each([
    { name: "no UTF-8", bytes: "\\xff\\xfe", text: "\ufffd\ufffd" },
    { name: "a newline", bytes: "\\n", text: "\n" },
    { name: "a terminal escape", bytes: "\\x1b[2J", text: "\u001b[2J" },
  ])("whose argument is $name", ({ name, bytes, text }) => {
    const mark = `mark-${name.replaceAll(" ", "-")}`;
    spawnSync("/bin/bash", ["-c", `/bin/true ${mark} $'${bytes}'`]);
    expect(seen.length).toBeGreaterThan(0);
    watch?.drain();
    const lines = seen.filter(is("exec")).map(({ commandLine }) => commandLine);
    expect(lines).toContain(`/bin/true ${mark} ${text}`);
  });
});

describe.skipIf(problem !== "")(`the running kernel tells of connections${skipped}`, () => {
  const exchange = async (host: string): Promise<number> => {
    const server = createServer((socket) => {
      socket.write("welcome");
      socket.end();
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await new Promise<void>((resolve) => {
      const socket = connect(port, host, () => socket.end("hello, you"));
      socket.resume();
      socket.on("close", () => resolve());
    });
    await new Promise((resolve) => server.close(resolve));
    return port;
  };
  const opened = (port: number, direction: "In" | "Out") => () =>
    seen
      .filter(is("connect"))
      .find(
        (event: Connected) =>
          (direction === "Out" ? event.remotePort : event.localPort) === port &&
          event.direction === direction,
      );
  const closed = (port: number, direction: "In" | "Out") => () =>
    seen
      .filter(is("disconnect"))
      .find(
        (event: Disconnected) =>
          (direction === "Out" ? event.remotePort : event.localPort) === port &&
          event.direction === direction,
      );

  let v4 = 0;
  beforeAll(async () => {
    v4 = await exchange("127.0.0.1");
  });

  test("that go out, with both ends and the process", async () => {
    const found = await until(opened(v4, "Out"));
    expect(found).toMatchObject({ pid: process.pid, localAddress: "127.0.0.1", remoteAddress: "127.0.0.1" });
    expect(found.localPort).toBeGreaterThan(0);
  });

  test("that come in", async () => {
    expect(await until(opened(v4, "In"))).toMatchObject({ localPort: v4, remoteAddress: "127.0.0.1" });
  });

  test("that ended, with bytes of both directions and the process", async () => {
    expect(await until(closed(v4, "Out"))).toMatchObject({ pid: process.pid, sent: 10, received: 7 });
    expect(await until(closed(v4, "In"))).toMatchObject({ pid: process.pid, sent: 7, received: 10 });
  });

  test("over IPv6", async () => {
    const port = await exchange("::1");
    expect(await until(opened(port, "Out"))).toMatchObject({ remoteAddress: "::1", localAddress: "::1" });
  });

  test("that were refused", async () => {
    const port = await exchange("127.0.0.1");
    await new Promise<void>((resolve) => connect(port, "127.0.0.1").on("error", () => resolve()));
    const refused = () =>
      seen.filter(is("connect")).find((event) => event.remotePort === port && event.failure);
    expect(await until(refused)).toMatchObject({ failure: "Refused", pid: process.pid });
  });

  test("nothing was lost", () => {
    expect(watch?.lost()).toBe(0);
  });
});
