import type { Host } from "../host.js";

/** How bad it is when a check does not pass. */
export type Severity = "Critical" | "Important" | "Warning" | "Informational";

/** What a check found: nothing wrong, something wrong in a sentence, or that it does not apply to this host. */
export type Finding = { readonly passes: true } | { readonly fails: string } | { readonly skipped: true };

/** One check of the operating system's configuration. */
export interface Check {
  /** Stays the same for ever; a number is never used twice. */
  readonly id: `PICKET-${string}`;
  /** What is right, as a sentence. */
  readonly expects: string;
  readonly severity: Severity;
  look(host: Host): Promise<Finding>;
}

/** Nothing wrong. */
export const passes: Finding = { passes: true };
/** The host has nothing of the kind. */
export const skipped: Finding = { skipped: true };
/** Passes or fails with what was found. */
export const finding = (isGood: boolean, found: string): Finding => (isGood ? passes : { fails: found });

/** The text of a file; undefined when there is none. */
export const textAt = (host: Host, path: string): Promise<string | undefined> =>
  host.read(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
