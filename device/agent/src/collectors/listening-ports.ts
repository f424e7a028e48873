import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { addressOf } from "../sources/kernel.js";

const LISTEN = "0A";
const UNCONNECTED = "07";
const tables = [
  { protocol: "tcp", state: LISTEN },
  { protocol: "tcp6", state: LISTEN },
  { protocol: "udp", state: UNCONNECTED },
  { protocol: "udp6", state: UNCONNECTED },
] as const;

interface Socket {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** Sockets that wait for traffic, with the process that holds each. */
export async function listeningPorts(host: Host): Promise<Payload<"ListeningPorts">[]> {
  const found = (
    await Promise.all(tables.map(({ protocol, state }) => waiting(host, protocol, state)))
  ).flat();
  const holders = await holdersOf(host, new Set(found.map(({ inode }) => inode)));
  const items = found.map(({ protocol, address, port, inode }): Payload<"ListeningPorts"> => {
    const holder = holders.get(inode);
    const any = protocol.endsWith("6") ? "::" : "0.0.0.0";
    return {
      Protocol: protocol,
      LocalAddress: address,
      LocalPort: String(port),
      RemoteAddress: any,
      RemotePort: "*",
      ...(holder ? { ExtraDetails: holder } : {}),
    };
  });
  return items.sort(
    (a, b) => Number(a.LocalPort) - Number(b.LocalPort) || (a.Protocol < b.Protocol ? -1 : 1),
  );
}

async function waiting(host: Host, protocol: string, wanted: string): Promise<Socket[]> {
  const table = await host.read(`/proc/net/${protocol}`).catch(() => "");
  const sockets: Socket[] = [];
  for (const line of table.trim().split("\n").slice(1)) {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    if (state !== wanted) continue;
    const [address = "", port = "0"] = local.split(":");
    sockets.push({ protocol, address: dotted(address), port: Number.parseInt(port, 16), inode });
  }
  return sockets;
}

/** The kernel prints addresses as words in the machine's own byte order. */
function dotted(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  return addressOf(bytes, bytes.length === 16 ? 10 : 2);
}

async function holdersOf(
  host: Host,
  inodes: ReadonlySet<string>,
): Promise<Map<string, Record<string, string>>> {
  const holders = new Map<string, Record<string, string>>();
  for (const pid of (await host.list("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (holders.size >= inodes.size) break;
    const descriptors = await host.list(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await host.link(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode) || holders.has(inode)) continue;
      const executable = await host.link(`/proc/${pid}/exe`).catch(() => "");
      holders.set(inode, { Pid: pid, ...(executable === "" ? {} : { Executable: executable }) });
    }
  }
  return holders;
}
