import type { Host } from "../host.js";

/** How bad it is when a check does not pass. */
export type Severity = "Critical" | "Important" | "Warning" | "Informational";

/** What a check found: nothing wrong, something wrong in a sentence, or why it does not apply to this host. */
export type Finding = { readonly passes: true } | { readonly fails: string } | { readonly skipped: string };

/** Checks of one subject, which a setting switches off together. */
export const groups = [
  "Kernel",
  "Network Parameters",
  "File Permissions",
  "SSH Server",
  "Accounts",
  "Password Policy",
  "Mounts",
  "Kernel Modules",
  "Services",
  "Packages",
  "Logging",
  "Boot",
  "Time Synchronization",
  "Firewall",
  "Updates",
  "Device",
  "Custom",
] as const;

/** One of the groups. */
export type Group = (typeof groups)[number];

/** What a check says of itself. */
export interface About {
  /** Stays the same for ever; a number is never used twice. */
  readonly id: string;
  readonly group: Group;
  readonly severity: Severity;
  /** What is right, as a sentence. */
  readonly expects: string;
  /** What somebody could do otherwise. */
  readonly why: string;
}

/** One check of the operating system's configuration. */
export interface Check extends About {
  /** Shell script that mends it and remembers how it was. */
  readonly remediation: string;
  /** Shell script that puts it back. */
  readonly undo: string;
  look(host: Host): Promise<Finding>;
}

/** A check without its group, as the tables of a group hold it: id, severity, what is right, why. */
export type Named = readonly [id: string, severity: Severity, expects: string, why: string];

/** What a check says of itself, from its row in a table. */
export const about = (group: Group, [id, severity, expects, why]: Named): About => ({
  id,
  group,
  severity,
  expects,
  why,
});

/** Nothing wrong. */
export const passes: Finding = { passes: true };
/** The host has nothing of the kind. */
export const skipped = (why: string): Finding => ({ skipped: why });
/** Passes or fails with what was found. */
export const finding = (isGood: boolean, found: string): Finding => (isGood ? passes : { fails: found });

/** The text of a file; undefined when there is none. */
export const textAt = (host: Host, path: string): Promise<string | undefined> =>
  host.read(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });

/** A host that is asked for each thing once, since many checks look at the same files. */
export function remembering(host: Host): Host {
  const once = <T>(ask: (path: string) => Promise<T>): ((path: string) => Promise<T>) => {
    const known = new Map<string, Promise<T>>();
    return (path) => {
      const before = known.get(path);
      if (before) return before;
      const asked = ask(path);
      known.set(path, asked);
      return asked;
    };
  };
  return {
    ...host,
    read: once((path) => host.read(path)),
    list: once((path) => host.list(path)),
    state: once((path) => host.state(path)),
  };
}
