import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "./agent.mjs";

const TICKS = 100;
export const home = mkdtempSync(join(tmpdir(), "picket-storm-"));

/** Processor seconds of a process. */
export const cpuOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
};
export const rssOf = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;

/** Builds a small program; static, so that a storm measures starts and not the linker. */
export function built(name, source) {
  writeFileSync(join(home, `${name}.c`), source);
  execFileSync("gcc", ["-O2", "-static", "-o", join(home, name), join(home, `${name}.c`)]);
  return join(home, name);
}

/** Runs generators side by side until all have ended. */
export const storm = async (path, generators) => {
  const all = generators.map((given) => spawn(path, given.map(String), { stdio: "ignore" }));
  await Promise.all(all.map((child) => new Promise((resolve) => child.once("close", resolve))));
};

/** Runs a storm beside a program that watches it, and answers what that cost. */
export async function watched(child, run) {
  const before = cpuOf(child.pid);
  const since = performance.now();
  await run();
  await sleep(1);
  const seconds = (performance.now() - since) / 1000;
  return { cpu: ((cpuOf(child.pid) - before) / (seconds - 1)) * 100, rss: rssOf(child.pid) };
}

/** bpftrace with a program; undefined where it cannot run. */
export async function bpftrace(program, out) {
  if (spawnSync("bpftrace", ["--version"]).status !== 0) return undefined;
  // In a view of the file system of its own, so that tracefs can be mounted for it alone.
  const script = 'mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec bpftrace -o "$1" -e "$2"';
  const child = spawn("unshare", ["-m", "sh", "-c", script, "sh", out, program], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  for (let tries = 0; tries < 100 && !existsSync(out); tries += 1) await sleep(0.1);
  await sleep(2);
  if (child.exitCode !== null) console.log(`bpftrace cannot run here: ${said.trim().slice(0, 200)}`);
  return child.exitCode === null ? child : undefined;
}

const sbin = [
  "/sbin",
  "/usr/sbin",
  ...(process.env.AUDITD ? [join(process.env.AUDITD, "sbin"), join(process.env.AUDITD, "usr/sbin")] : []),
];
const found = (name) => sbin.map((folder) => join(folder, name)).find((path) => existsSync(path));
const libraries = process.env.AUDITD
  ? ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"]
      .map((path) => join(process.env.AUDITD, path))
      .join(":")
  : "";
const env = { ...process.env, LD_LIBRARY_PATH: libraries };

/** auditd with rules of its own, in a folder of its own; everything is put back when it stops. AUDITD names where it was unpacked. */
export async function auditd(rules) {
  const [daemon, control] = [found("auditd"), found("auditctl")];
  if (!daemon || !control) return undefined;
  const ask = (...given) => execFileSync(control, given, { env, encoding: "utf8" });
  const status = ask("-s");
  const was = (name) => /\d+/.exec(new RegExp(`^${name} (.*)$`, "m").exec(status)?.[1] ?? "")?.[0] ?? "0";
  if (was("pid") !== "0") {
    console.log("auditd runs already on this host; it is left alone");
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "picket-auditd-"));
  const log = join(folder, "audit.log");
  writeFileSync(
    join(folder, "auditd.conf"),
    `local_events = yes\nwrite_logs = yes\nlog_file = ${log}\nlog_group = root\nlog_format = ENRICHED\nflush = INCREMENTAL_ASYNC\nfreq = 50\nmax_log_file = 1000\nnum_logs = 2\npriority_boost = 4\nname_format = NONE\nmax_log_file_action = ROTATE\nspace_left = 75\nspace_left_action = IGNORE\nadmin_space_left = 50\nadmin_space_left_action = IGNORE\ndisk_full_action = IGNORE\ndisk_error_action = IGNORE\nq_depth = 2000\nplugin_dir = ${folder}\n`,
    { mode: 0o640 },
  );
  // Before any rule: a full queue must never make a program of this host wait.
  ask("-f", "0");
  ask("-b", "8192");
  ask("--backlog_wait_time", "0");
  const child = spawn(daemon, ["-n", "-s", "enable", "-c", folder], { env, stdio: "ignore" });
  await sleep(1.5);
  const lostBefore = Number(/lost (\d+)/.exec(ask("-s"))?.[1] ?? 0);
  if (child.exitCode === null) for (const rule of rules) ask("-a", ...rule);
  // Whatever ends this script, no rule and no daemon of its own stays behind.
  const putBack = () => {
    for (const rule of rules) spawnSync(control, ["-d", ...rule], { env });
    if (child.exitCode === null) child.kill("SIGTERM");
    for (const given of [
      ["-e", was("enabled")],
      ["--backlog_wait_time", was("backlog_wait_time")],
      ["-b", was("backlog_limit")],
      ["-f", was("failure")],
    ])
      spawnSync(control, given, { env });
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"])
    process.once(signal, () => {
      putBack();
      process.exit(1);
    });
  return {
    child,
    log,
    lost: () => Number(/lost (\d+)/.exec(ask("-s"))?.[1] ?? 0) - lostBefore,
    stop: async () => {
      const ended =
        child.exitCode === null ? new Promise((resolve) => child.once("close", resolve)) : undefined;
      putBack();
      await ended;
      // Its last word may have switched something again.
      spawnSync(control, ["-e", was("enabled")], { env });
    },
  };
}

/** Lines of files in a folder that hold a text, however large the files. */
export function countLines(path, pattern) {
  const paths = existsSync(path)
    ? [path, ...[1, 2].map((number) => `${path}.${number}`).filter((each) => existsSync(each))]
    : [];
  return paths.reduce(
    (total, each) =>
      total + Number(spawnSync("grep", ["-acE", pattern, each], { encoding: "utf8" }).stdout || 0),
    0,
  );
}

export const percent = (share) => `${(share * 100).toFixed(2)} %`;
export const clean = () => rmSync(home, { recursive: true, force: true });
export const pids = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name));
