import { readdirSync, readlinkSync } from "node:fs";

/** The processes that hold sockets, by the sockets' numbers, as far as they can be seen. */
export function holdersOf(inodes: ReadonlySet<string>): Map<string, number> {
  const found = new Map<string, number>();
  const pids = listed("/proc").filter((name) => /^\d+$/.test(name));
  // What opened a socket now was most often started last.
  for (const pid of pids.sort((a, b) => Number(b) - Number(a))) {
    if (found.size >= inodes.size) break;
    for (const descriptor of listed(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(target(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined && inodes.has(inode) && !found.has(inode)) found.set(inode, Number(pid));
    }
  }
  return found;
}

function listed(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function target(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
