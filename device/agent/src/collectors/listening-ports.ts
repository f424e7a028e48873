import { string } from "@picket/kit";
import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { addressOf } from "../sources/host-events.js";
import type { WaitingSocket } from "../sources/sock-diag.js";
import { collector } from "./collector.js";

const LISTEN = "0A";
const UNCONNECTED = "07";
const tables = [
  { protocol: "tcp", state: LISTEN },
  { protocol: "tcp6", state: LISTEN },
  { protocol: "udp", state: UNCONNECTED },
  { protocol: "udp6", state: UNCONNECTED },
] as const;

type Holder = Readonly<Record<string, string>>;

/** Sockets that wait for traffic, with the process that holds each. */
export const listeningPorts = collector({
  name: "ListeningPorts",
  about: "Sockets that wait for traffic, with the process that holds each.",
  details: {
    Pid: string("Process that holds the socket, when it can be seen."),
    Executable: string("Program of that process."),
  },
  collect: (host) => new PortWatch(host).look(),
});

/** Looks at the ports again and again. Finding a socket's process takes a walk over all descriptors, so it is kept. */
export class PortWatch {
  readonly #host: Host;
  readonly #opener: (port: number) => number | undefined;
  #holders = new Map<string, Holder>();

  /** `opener` answers the process that opened a port, when somebody heard of it; its descriptors are looked at first. */
  constructor(host: Host, opener: (port: number) => number | undefined = () => undefined) {
    this.#host = host;
    this.#opener = opener;
  }

  async look(): Promise<Payload<"ListeningPorts">[]> {
    const found = this.#host.sockets?.() ?? (await fromTables(this.#host));
    await this.#findHolders(found);
    const items = found.map((socket): Payload<"ListeningPorts"> => {
      const holder = this.#holders.get(socket.inode) ?? {};
      return {
        Protocol: socket.protocol,
        LocalAddress: socket.address,
        LocalPort: String(socket.port),
        RemoteAddress: socket.protocol.endsWith("6") ? "::" : "0.0.0.0",
        RemotePort: "*",
        ...("Pid" in holder ? { ExtraDetails: holder } : {}),
      };
    });
    return items.sort(
      (a, b) =>
        Number(a.LocalPort) - Number(b.LocalPort) ||
        a.Protocol.localeCompare(b.Protocol) ||
        (a.LocalAddress ?? "").localeCompare(b.LocalAddress ?? ""),
    );
  }

  async #findHolders(sockets: readonly WaitingSocket[]): Promise<void> {
    const kept = new Map(
      sockets.flatMap(({ inode }) => {
        const holder = this.#holders.get(inode);
        return holder ? [[inode, holder] as const] : [];
      }),
    );
    const unknown = new Set(sockets.map(({ inode }) => inode).filter((inode) => !kept.has(inode)));
    const openers = new Set(
      sockets.flatMap(({ inode, port }) => (unknown.has(inode) ? (this.#opener(port) ?? []) : [])),
    );
    for (const [inode, holder] of await holdersAmong(this.#host, unknown, [...openers].map(String)))
      kept.set(inode, holder);
    const rest = new Set([...unknown].filter((inode) => !kept.has(inode)));
    if (rest.size > 0)
      for (const [inode, holder] of await holdersOf(this.#host, rest)) kept.set(inode, holder);
    // What nobody holds that we may see is not looked for again.
    for (const inode of unknown) if (!kept.has(inode)) kept.set(inode, {});
    this.#holders = kept;
  }
}

async function fromTables(host: Host): Promise<WaitingSocket[]> {
  const read = async ({ protocol, state: wanted }: (typeof tables)[number]): Promise<WaitingSocket[]> => {
    const table = await host.read(`/proc/net/${protocol}`).catch(() => "");
    return table
      .split("\n")
      .slice(1)
      .flatMap((line) => {
        const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
        if (state !== wanted) return [];
        const [address = "", port = "0"] = local.split(":");
        return [{ protocol, address: printed(address), port: Number.parseInt(port, 16), inode }];
      });
  };
  return (await Promise.all(tables.map(read))).flat();
}

/** The kernel prints addresses as words in the machine's own byte order. */
function printed(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  return addressOf(bytes, bytes.length === 16);
}

/** Walks over every process: what listens now was most often started last. */
async function holdersOf(host: Host, inodes: ReadonlySet<string>): Promise<Map<string, Holder>> {
  const pids = (await host.list("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  return holdersAmong(
    host,
    inodes,
    pids.sort((a, b) => Number(b) - Number(a)),
  );
}

async function holdersAmong(
  host: Host,
  inodes: ReadonlySet<string>,
  pids: readonly string[],
): Promise<Map<string, Holder>> {
  const holders = new Map<string, Holder>();
  for (const pid of pids) {
    if (holders.size >= inodes.size) break;
    for (const descriptor of await host.list(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await host.link(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode) || holders.has(inode)) continue;
      const executable = await host.link(`/proc/${pid}/exe`).catch(() => "");
      holders.set(inode, { Pid: pid, ...(executable === "" ? {} : { Executable: executable }) });
    }
  }
  return holders;
}
