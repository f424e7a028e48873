import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { streamErrors } from "./errors.js";

/** Two writers would write over each other, so a file says which process is the one. A dead owner's lock is void. */
export function lockForWriting(directory: string): () => void {
  const path = join(directory, "writer.lock");
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (;;) {
    try {
      writeFileSync(path, mine, { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!isExisting(error)) throw error;
    }
    const owner = textOf(path);
    const pid = Number(owner.split(" ")[0]);
    if (pid > 0 && owner === `${pid} ${startOf(pid)}`) throw streamErrors.inUse({ directory, pid });
    rmSync(path, { force: true });
  }
}

/** Tells a process from a later one with the same number; empty when there is no such process. */
function startOf(pid: number): string {
  const fields = textOf(`/proc/${pid}/stat`).split(") ")[1]?.split(" ");
  return fields ? `${fields[19]} ${textOf("/proc/sys/kernel/random/boot_id").trim()}` : "";
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const isExisting = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "EEXIST";
