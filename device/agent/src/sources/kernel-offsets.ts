import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { agentErrors, messageOf } from "../errors.js";
import { Btf } from "./btf.js";

/** Members in the order of the enumeration in picket.bpf.c. */
export const wanted = [
  ["task_struct", "mm"],
  ["task_struct", "real_parent"],
  ["task_struct", "tgid"],
  ["task_struct", "exit_code"],
  ["task_struct", "fs"],
  ["mm_struct", "arg_start"],
  ["mm_struct", "arg_end"],
  ["mm_struct", "exe_file"],
  ["linux_binprm", "filename"],
  ["file", "f_path"],
  ["fs_struct", "pwd"],
  ["path", "mnt"],
  ["path", "dentry"],
  ["dentry", "d_name"],
  ["qstr", "name"],
  ["dentry", "d_parent"],
  ["vfsmount", "mnt_root"],
  ["mount", "mnt"],
  ["mount", "mnt_parent"],
  ["mount", "mnt_mountpoint"],
  ["sock_common", "skc_family"],
  ["sock_common", "skc_daddr"],
  ["sock_common", "skc_rcv_saddr"],
  ["sock_common", "skc_dport"],
  ["sock_common", "skc_num"],
  ["sock_common", "skc_v6_daddr"],
  ["sock_common", "skc_v6_rcv_saddr"],
  ["task_struct", "loginuid"],
  ["task_struct", "nsproxy"],
  ["nsproxy", "mnt_ns"],
  ["mnt_namespace", "ns"],
  ["ns_common", "inum"],
  ["tcp_sock", "bytes_sent"],
  ["tcp_sock", "bytes_retrans"],
  ["tcp_sock", "bytes_received"],
  ["sock_common", "skc_state"],
] as const;

/** Members that a kernel may be built without; the programs pass over them. */
const optional: ReadonlySet<string> = new Set(["task_struct.loginuid"]);
const MISSING = 0xffff;

/** The offsets that the programs need, of the running kernel; reads all its types, which takes 20 MB for a moment. */
export function kernelOffsets(path = "/sys/kernel/btf/vmlinux"): number[] {
  const btf = new Btf(readBytes(path));
  return wanted.map(([struct, member]) => {
    try {
      return btf.offset(struct, member);
    } catch (error) {
      if (optional.has(`${struct}.${member}`)) return MISSING;
      throw error;
    }
  });
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw agentErrors.kernelUnfit(
      { why: `its type information ${path} cannot be read (${messageOf(error)})` },
      { cause: error },
    );
  }
}

/** The same, read by another process once for each build of the kernel and kept. */
export function keptOffsets(folder: string): number[] {
  const file = join(folder, `offsets-${buildId()}.json`);
  const kept = readKept(file);
  if (kept) return kept;
  const printed = execFileSync(process.execPath, [process.argv[1] ?? "", "--print-offsets"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  writeFileSync(file, printed, { mode: 0o600 });
  const made = readKept(file);
  if (!made) throw agentErrors.kernelUnfit({ why: `its offsets could not be kept in ${file}` });
  return made;
}

function readKept(file: string): number[] | undefined {
  try {
    const offsets: unknown = JSON.parse(readFileSync(file, "utf8"));
    const isGood = Array.isArray(offsets) && offsets.length === wanted.length;
    return isGood && offsets.every((each) => Number.isInteger(each) && each >= 0) ? offsets : undefined;
  } catch {
    return undefined;
  }
}

/** Names a build of the kernel: the same release can be built twice. */
function buildId(): string {
  const text = [release(), String(wanted)];
  for (const path of ["/sys/kernel/notes", "/proc/version"]) {
    try {
      text.push(readFileSync(path, "latin1"));
    } catch {
      text.push("");
    }
  }
  return createHash("sha256").update(text.join("\0")).digest("hex").slice(0, 16);
}
