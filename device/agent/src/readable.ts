import { closeSync, opendirSync, openSync, statSync } from "node:fs";

/** Tries to read a file or folder; throws why not. Asking with access(2) would leave out what capabilities allow. */
export function tryToRead(path: string): void {
  if (statSync(path).isDirectory()) opendirSync(path).closeSync();
  else closeSync(openSync(path, "r"));
}

/** Whether a file or folder can be read. */
export function canRead(path: string): boolean {
  try {
    tryToRead(path);
    return true;
  } catch {
    return false;
  }
}
