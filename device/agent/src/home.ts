import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentErrors, messageOf } from "./errors.js";

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The agent's own folder: private, writable, and of one agent at a time. */
export interface Home {
  readonly path: string;
  /** Stays the same over restarts. */
  readonly agentId: string;
  release(): void;
}

/** Takes a folder for an agent. One that was killed leaves its mark behind, which is seen by its process being gone. */
export function takeHome(path: string): Home {
  const lock = join(path, "agent.pid");
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const holder = holderOf(lock);
    if (holder !== undefined) throw agentErrors.dataInUse({ path, pid: holder });
    writeFileSync(lock, String(process.pid), { mode: 0o600 });
    return { path, agentId: agentId(join(path, "agent-id")), release: () => rmSync(lock, { force: true }) };
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("AGENT_")) throw error;
    throw agentErrors.dataUnwritable({ path, why: messageOf(error) }, { cause: error });
  }
}

function holderOf(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    if (pid === process.pid) return undefined;
    // Ids are given anew after a restart of the host: only an agent counts.
    const isAgent = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("picket-agent");
    return isAgent ? pid : undefined;
  } catch {
    return undefined;
  }
}

function agentId(file: string): string {
  const kept = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  if (GUID.test(kept)) return kept;
  const made = randomUUID();
  writeFileSync(file, made, { mode: 0o600 });
  return made;
}
