import { setFlagsFromString } from "node:v8";
import { loadKoffi } from "../sources/libc.js";

/** Compiled code costs more memory than it saves time here: what is hot is in the kernel. */
const flags = ["--no-opt", "--optimize-for-size"];

/** Makes the engine prefer less memory; to be called before anything else is done. */
export function beThrifty(): void {
  for (const flag of flags) setFlagsFromString(flag);
}

type Trim = (keep: number) => number;
let trim: Trim | undefined;

/** Gives memory back to the system that the C library keeps for later. Not every C library can; then nothing happens. */
export function giveBack(): void {
  try {
    trim ??= loadKoffi().load(null).func("int malloc_trim(size_t)");
    trim?.(0);
  } catch {
    trim = () => 0;
  }
}
