import { mkdtempSync, rmSync } from "node:fs";
import { arch, release, tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../errors.js";
import { canRead, tryToRead } from "../readable.js";
import { waysToWatch } from "../sources/open.js";
import { SockDiag } from "../sources/sock-diag.js";
import { openLoginFiles } from "../watch/login-watch.js";
import type { Finding } from "./doctor-hub.js";

interface Row {
  readonly serves: string;
  readonly source: string;
  readonly problem: string;
}

/** Tries every source of this host and answers a page: what works, why the rest does not, and what to do about it. */
export async function doctor(findings: readonly Finding[]): Promise<string> {
  const rows: Row[] = [...(await happenings()), ...others()];
  const lines = rows.map(({ serves, source, problem }) =>
    aligned([problem === "" ? "ok" : "no", source, serves, problem || "works"]),
  );
  const who = process.getuid?.() === 0 ? "root" : `user ${process.getuid?.()}`;
  return [
    `Linux ${release()} on ${arch()}, node ${process.version}, ${who}`,
    "",
    ...findings.flatMap(told),
    "",
    aligned(["", "SOURCE", "SERVES", "FINDING"]),
    ...lines,
    ...advice(rows),
  ].join("\n");
}

/** A finding, and below it what to do when it is wrong. */
const told = ({ what, problem, found = "", mend }: Finding): string[] =>
  problem === ""
    ? [aligned(["ok", what, found])]
    : [aligned(["no", what, problem]), ...(mend ? [aligned(["", "", `→ ${mend}`])] : [])];

const aligned = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => cell.padEnd(index === cells.length - 1 ? 0 : (widths[index] ?? 0)))
    .join("  ")
    .trimEnd();

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /not permitted|EPERM|EACCES|permission denied/i,
    "Not permitted: start the agent by its service unit, which gives it the capabilities it needs.",
  ],
  [
    /type information|BTF/i,
    "No BTF: the kernel needs CONFIG_DEBUG_INFO_BTF=y for eBPF; audit or polling serve instead.",
  ],
  [/koffi/i, "koffi: install the native library for this processor, on a disk that is not mounted noexec."],
  [/did not show/i, "Nothing seen: in a container, share the host's namespaces (--pid=host --network=host)."],
  [
    /does not know it|does not have/i,
    "The kernel was built without it; what is listed below it in the same column serves instead.",
  ],
];

/** What to do about what does not work, each advice once. */
function advice(rows: readonly Row[]): string[] {
  const found = hints.filter(([sign]) => rows.some(({ problem }) => sign.test(problem)));
  return found.length === 0 ? [] : ["", ...found.map(([, hint]) => `→ ${hint}`)];
}

const widths = [2, 20, 52];

async function happenings(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "picket-doctor-"));
  try {
    const rows: Row[] = [];
    for (const way of waysToWatch(folder)) {
      let problem = "";
      try {
        (await way.open(() => {})).close();
      } catch (error) {
        problem = messageOf(error);
      }
      rows.push({ source: way.name, serves: way.serves.join(", "), problem });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function others(): Row[] {
  const readable = canRead;
  const logins = openLoginFiles(readable, arch());
  return [
    { source: "sock_diag", serves: "ListeningPorts", problem: tried(() => new SockDiag().waiting()) },
    {
      source: "/proc/net",
      serves: "ListeningPorts (when sock_diag does not)",
      problem: tried(() => tryToRead("/proc/net/tcp")),
    },
    {
      source: "/proc/*/fd",
      serves: "the process behind a port",
      problem: tried(() => tryToRead("/proc/1/fd")),
    },
    {
      source: logins?.name ?? "log files",
      serves: "Login",
      problem: logins ? "" : "none of auth.log, secure, wtmp and btmp can be read",
    },
    { source: "/etc/passwd", serves: "LocalUsers", problem: tried(() => tryToRead("/etc/passwd")) },
    { source: "nft, iptables-save", serves: "FirewallConfiguration", problem: firewall(readable) },
    {
      source: "/etc/shadow",
      serves: "OSBaseline (passwords)",
      problem: tried(() => tryToRead("/etc/shadow")),
    },
    {
      source: "/sys/bus/usb",
      serves: "ConnectedHardware",
      problem: tried(() => tryToRead("/sys/bus/usb/devices")),
    },
  ];
}

const firewall = (readable: (path: string) => boolean): string =>
  ["/usr/sbin/nft", "/sbin/nft", "/usr/sbin/iptables-save", "/sbin/iptables-save"].some(readable)
    ? ""
    : "neither program is installed";

function tried(check: () => unknown): string {
  try {
    check();
    return "";
  } catch (error) {
    return messageOf(error);
  }
}
