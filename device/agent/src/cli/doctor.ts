import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { arch, release, tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../errors.js";
import { waysToWatch } from "../sources/open.js";
import { SockDiag } from "../sources/sock-diag.js";
import { openLoginFiles } from "../watch/login-watch.js";

interface Row {
  readonly serves: string;
  readonly source: string;
  readonly problem: string;
}

/** Tries every source of this host and answers a table: what works, and why the rest does not. */
export async function doctor(): Promise<string> {
  const rows: Row[] = [...(await happenings()), ...others()];
  const lines = rows.map(({ serves, source, problem }) =>
    [problem === "" ? "ok" : "no", source, serves, problem || "works"].map((cell, index) =>
      cell.padEnd(widths[index] ?? 0),
    ),
  );
  const head = ["", "SOURCE", "SERVES", "FINDING"].map((cell, index) => cell.padEnd(widths[index] ?? 0));
  const who = process.getuid?.() === 0 ? "root" : `user ${process.getuid?.()}`;
  return [
    `Linux ${release()} on ${arch()}, node ${process.version}, ${who}`,
    "",
    ...[head, ...lines].map((cells) => cells.join("  ").trimEnd()),
  ].join("\n");
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
  const readable = (path: string): boolean => tried(() => accessSync(path, constants.R_OK)) === "";
  const logins = openLoginFiles(readable, arch());
  return [
    { source: "sock_diag", serves: "ListeningPorts", problem: tried(() => new SockDiag().waiting()) },
    {
      source: "/proc/net",
      serves: "ListeningPorts (when sock_diag does not)",
      problem: tried(() => accessSync("/proc/net/tcp")),
    },
    {
      source: "/proc/*/fd",
      serves: "the process behind a port",
      problem: tried(() => accessSync("/proc/1/fd", constants.R_OK)),
    },
    {
      source: logins?.name ?? "log files",
      serves: "Login",
      problem: logins ? "" : "none of auth.log, secure, wtmp and btmp can be read",
    },
    { source: "/etc/passwd", serves: "LocalUsers", problem: tried(() => accessSync("/etc/passwd")) },
    { source: "nft, iptables-save", serves: "FirewallConfiguration", problem: firewall(readable) },
    {
      source: "/etc/shadow",
      serves: "OSBaseline (passwords)",
      problem: tried(() => accessSync("/etc/shadow", constants.R_OK)),
    },
    {
      source: "/sys/bus/usb",
      serves: "ConnectedHardware",
      problem: tried(() => accessSync("/sys/bus/usb/devices")),
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
