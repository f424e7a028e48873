import { describe, expect, test } from "vitest";
import { hostOf, violationsOf } from "../testing.js";
import { listeningPorts, PortWatch } from "./listening-ports.js";

const head =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const row = (local: string, state: string, inode: number): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0`;
const v6Any = "00000000000000000000000000000000";

describe("sockets that wait", () => {
  test.each([
    {
      name: "tcp",
      file: "tcp",
      line: row("0100007F:1F90", "0A", 7),
      item: { Protocol: "tcp", LocalAddress: "127.0.0.1", LocalPort: "8080" },
    },
    {
      name: "tcp6 on all addresses",
      file: "tcp6",
      line: row(`${v6Any}:0016`, "0A", 7),
      item: { Protocol: "tcp6", LocalAddress: "::", LocalPort: "22", RemoteAddress: "::" },
    },
    {
      name: "udp",
      file: "udp",
      line: row("00000000:0035", "07", 7),
      item: { Protocol: "udp", LocalPort: "53", RemotePort: "*" },
    },
  ])("$name, from the kernel's table, with its process", async ({ file, line, item }) => {
    const host = hostOf({
      files: { [`/proc/net/${file}`]: `${head}\n${line}\n`, "/proc/44/stat": "" },
      links: { "/proc/44/fd/3": "socket:[7]", "/proc/44/fd/4": "/dev/null", "/proc/44/exe": "/usr/bin/web" },
    });
    const items = await listeningPorts.collect(host);
    expect(items).toMatchObject([{ ...item, ExtraDetails: { Pid: "44", Executable: "/usr/bin/web" } }]);
    expect(violationsOf("ListeningPorts", items ?? [])).toEqual([]);
  });

  test.each([
    { name: "a connection is no listener", text: `${head}\n${row("0100007F:1F90", "01", 7)}` },
    { name: "a line that is cut short is none", text: `${head}\n   0: 0100007F` },
    { name: "a table that is gone is empty", text: undefined },
  ])("$name", async ({ text }) => {
    const items = await listeningPorts.collect(
      hostOf({ files: text === undefined ? {} : { "/proc/net/tcp": text } }),
    );
    expect(items).toEqual([]);
  });

  test("what the kernel answers is taken before its tables, and a process that is gone leaves no trace", async () => {
    const socket = { protocol: "tcp", address: "0.0.0.0", port: 22, inode: "9" } as const;
    const items = await listeningPorts.collect(hostOf({ sockets: () => [socket] }));
    expect(items).toEqual([
      {
        Protocol: "tcp",
        LocalAddress: "0.0.0.0",
        LocalPort: "22",
        RemoteAddress: "0.0.0.0",
        RemotePort: "*",
      },
    ]);
  });

  test("a hundred thousand sockets are looked at in order of their ports", async () => {
    const sockets = Array.from({ length: 100_000 }, (_, index) => ({
      protocol: "udp" as const,
      address: "0.0.0.0",
      port: 65_535 - (index % 60_000),
      inode: String(index),
    }));
    const items = await new PortWatch(hostOf({ sockets: () => sockets })).look();
    expect(items).toHaveLength(100_000);
    expect(Number(items[0]?.LocalPort)).toBeLessThan(Number(items.at(-1)?.LocalPort));
  });
});
