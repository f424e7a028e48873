import { pathToFileURL } from "node:url";
import type { Versions } from "./versions.js";

const MARK = "PICKET_AGENT_UPDATE";

/** Whether this program was started by the installed one as an update. */
export const isUpdate = (): boolean => process.env[MARK] === "1";

/** Runs an update instead of this program, when there is one that may; answers false when this one is to go on. */
export async function launched(
  versions: Versions,
  program: string,
  failed: (error: unknown) => void,
): Promise<boolean> {
  if (isUpdate()) return false;
  try {
    const path = versions.choose(program);
    if (path === undefined) return false;
    process.env[MARK] = "1";
    await import(pathToFileURL(path).href);
    return true;
  } catch (error) {
    delete process.env[MARK];
    failed(error);
    return false;
  }
}
