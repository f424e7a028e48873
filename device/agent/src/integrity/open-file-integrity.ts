import { messageOf } from "../errors.js";
import { Fanotify } from "../sources/fanotify.js";
import type { FolderWatch } from "../sources/folder-watch.js";
import { Inotify } from "../sources/inotify.js";

/** What is watched unless the twin names something else. */
export const usualPlaces: readonly string[] = [
  "/etc",
  "/root/.ssh",
  "/usr/local/bin",
  "/usr/local/sbin",
  "/var/spool/cron",
];

/** The best source of news about folders, and why a better one does not serve. */
export function openFolderWatch(refused: ReadonlySet<string>): { watch?: FolderWatch; why: string } {
  const reasons: string[] = [];
  for (const [name, open] of [
    ["fanotify", () => new Fanotify()],
    ["inotify", () => new Inotify()],
  ] as const) {
    if (refused.has(name)) {
      reasons.push(`${name}: it is switched off by a setting`);
      continue;
    }
    let watch: FolderWatch | undefined;
    try {
      watch = open();
      if (watch.watch("/etc")) return { watch, why: reasons.join(" ") };
      reasons.push(`${name}: it does not watch /etc`);
    } catch (error) {
      reasons.push(`${name}: ${messageOf(error)}`);
    }
    watch?.close();
  }
  return { why: reasons.join(" ") };
}
