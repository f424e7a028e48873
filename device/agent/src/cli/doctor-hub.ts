import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ConnectionString, openHubClient } from "@picket/sdk";
import { messageOf } from "../errors.js";
import type { HubLinkOptions } from "../identity/hub-link.js";
import { HubResolver } from "../identity/hub-resolver.js";

/** One thing that was looked at: what it is, what was found, and what to do when it is wrong. */
export interface Finding {
  readonly what: string;
  /** Empty when it is as it should be. */
  readonly problem: string;
  readonly found?: string;
  readonly mend?: string;
}

/** No device ran this program before it was written. */
const WRITTEN = Date.parse("2025-06-01T00:00:00Z");

/** Looks at the clock, the process and the data folder, whatever the hub. */
export function ownFindings(data: string): Finding[] {
  return [clock(Date.now()), rights(), capabilities(), folder(data)];
}

/** Whether the clock can be right; certificates and tokens need it. */
export const clock = (now: number): Finding => ({
  what: "clock",
  found: new Date(now).toISOString(),
  problem: now < WRITTEN ? `it says ${new Date(now).toISOString()}, before this program was written` : "",
  mend: "Set the time (chrony, systemd-timesyncd or ntpd), or give the device a clock with a battery.",
});

function rights(): Finding {
  const isSet = process.getuid?.() !== process.geteuid?.() || process.getgid?.() !== process.getegid?.();
  return {
    what: "set-uid",
    found: "not used",
    problem: isSet ? "the program runs with the rights of its file's owner, and refuses to start" : "",
    mend: "Take the set-uid and set-gid bits away (chmod ug-s) and give capabilities by the service unit.",
  };
}

const names: Readonly<Record<number, readonly [name: string, for_: string]>> = {
  2: ["DAC_READ_SEARCH", "files of other users: keys, password ages, cron jobs"],
  12: ["NET_ADMIN", "firewall rules, connections, isolation"],
  13: ["NET_RAW", "DNS queries"],
  19: ["SYS_PTRACE", "programs and folders of other users' processes"],
  37: ["AUDIT_READ", "audit records"],
  38: ["PERFMON", "eBPF"],
  39: ["BPF", "eBPF"],
};

/** Which capabilities the process has of those it can use. */
export function capabilitiesOf(status: string): string[] {
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  return Object.entries(names).flatMap(([bit, [name]]) => ((held >> BigInt(bit)) & 1n ? [] : [name]));
}

function capabilities(): Finding {
  const missing = capabilitiesOf(readFileSync("/proc/self/status", "utf8"));
  const lost = Object.values(names).filter(([name]) => missing.includes(name));
  return {
    what: "capabilities",
    found: "all that are used",
    problem: lost.map(([name, use]) => `CAP_${name} is missing (${use})`).join("; "),
    mend: "Start it by its service unit, which gives them; in a container add --cap-add for each.",
  };
}

function folder(path: string): Finding {
  const mend = `Make it with: install -d -o picket-agent -m 0700 ${path}, on a disk that keeps it over restarts.`;
  try {
    const { mode, uid } = statSync(path);
    const isOwn = uid === process.getuid?.() || process.getuid?.() === 0;
    const open = (mode & 0o077) === 0 ? "" : `${path} can be read by others`;
    return {
      what: "data folder",
      found: path,
      problem: isOwn ? open : `${path} belongs to user ${uid}`,
      mend,
    };
  } catch (error) {
    return { what: "data folder", problem: messageOf(error), mend };
  }
}

/** Tries the way to the hub step by step: name, connection, certificate, key. Nothing after the first failure is tried. */
export async function hubFindings(options: HubLinkOptions, data: string): Promise<Finding[]> {
  const { connection, proxy } = options;
  const host = options.address ?? connection.gatewayHostName ?? connection.hostName;
  const name: Finding = proxy ? { what: "DNS", found: "left to the proxy", problem: "" } : await dns(host);
  if (name.problem !== "") return [name];
  if (isRunning(data)) {
    const problem = "";
    return [
      name,
      {
        what: "hub",
        found: "not tried: the agent runs, and a hub lets a device in once; its log says how it fares",
        problem,
      },
    ];
  }
  return [name, await entry(options, connection)];
}

async function dns(host: string): Promise<Finding> {
  const mend = `Look at /etc/resolv.conf and ask by hand: getent ahosts ${host}. Without DNS, name an address with --address.`;
  try {
    return { what: "DNS", found: `${host} is ${await new HubResolver().resolve(host)}`, problem: "" };
  } catch (error) {
    return { what: "DNS", problem: messageOf(error), mend };
  }
}

const mends: Readonly<Record<string, readonly [what: string, mend: string]>> = {
  CLIENT_CLOCK: [
    "clock and certificate",
    "Set the clock; when it is right, the hub's certificate must be renewed.",
  ],
  CLIENT_CERTIFICATE: [
    "TLS",
    "Give the hub's CA with --ca, or put it into /etc/ssl/certs. Mind a proxy that opens TLS.",
  ],
  CLIENT_REFUSED: [
    "key",
    "Compare the connection string with the hub's (picket device connect ID); look whether the device is enabled; set the clock.",
  ],
  CLIENT_UNREACHABLE: [
    "network",
    "Port 8883 may be closed on the way: try --transport websocket (port 443), and --proxy where there is one.",
  ],
};

async function entry(options: HubLinkOptions, { hostName }: ConnectionString): Promise<Finding> {
  const client = openHubClient({ ...options, userAgent: "picket-agent doctor" });
  try {
    await client.connect();
    return { what: "hub", found: `${hostName} lets this device in`, problem: "" };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const [what, mend] = mends[code] ?? ["hub", "See the message."];
    return { what, problem: messageOf(error), mend };
  } finally {
    await client.close();
  }
}

function isRunning(data: string): boolean {
  try {
    const pid = Number(readFileSync(join(data, "agent.pid"), "utf8"));
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("picket-agent");
  } catch {
    return false;
  }
}
