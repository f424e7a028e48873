import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { collector } from "./collector.js";
import { textOf } from "./files.js";
import { mountsOf } from "./mounts.js";

type SetuidFile = Payload<"SetuidFiles">;

const SPECIAL = 0o6000;
const RIGHTS = 0o7777;
const FILE = 0o100_000;
const KIND = 0o170_000;
const MOST_ENTRIES = 2_000_000;
const AT_ONCE = 500;
/** File systems that hold files of a disk. */
const disks = new Set([
  "ext2",
  "ext3",
  "ext4",
  "xfs",
  "btrfs",
  "f2fs",
  "overlay",
  "squashfs",
  "ubifs",
  "jffs2",
  "erofs",
  "zfs",
  "vfat",
  "tmpfs",
]);

/** The programs that run with the rights of their owner or group. */
export const setuidFiles = collector({
  name: "SetuidFiles",
  about:
    "The programs that run with the rights of their owner or group. The whole of each disk is walked, in small steps; off unless asked for.",
  details: {},
  async collect(host) {
    const points = mountsOf(await textOf(host, "/proc/self/mountinfo"));
    const roots = points
      .filter(({ FileSystem }) => disks.has(FileSystem))
      .map(({ MountPoint }) => MountPoint);
    const others = new Set(points.map(({ MountPoint }) => MountPoint));
    const found: SetuidFile[] = [];
    const counted = { entries: 0 };
    for (const root of new Set(roots.length > 0 ? roots : ["/"]))
      for await (const each of specialFiles(host, root, { others, counted })) found.push(each);
    return found;
  },
});

interface Walk {
  /** Where other file systems are mounted; they are walked by themselves. */
  readonly others: ReadonlySet<string>;
  readonly counted: { entries: number };
}

async function* specialFiles(
  host: Host,
  root: string,
  { others, counted }: Walk,
): AsyncGenerator<SetuidFile> {
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const names = await host.list(folder).catch(() => []);
    for (const name of names) {
      counted.entries += 1;
      if (counted.entries > MOST_ENTRIES) return;
      // Everything else gets its turn in between.
      if (counted.entries % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
      const state = await host.ownState(path);
      if (state?.isDirectory && !others.has(path)) waiting.push(path);
      if (state && (state.mode & KIND) === FILE && (state.mode & SPECIAL) !== 0)
        yield {
          Path: path,
          Mode: (state.mode & RIGHTS).toString(8).padStart(4, "0"),
          OwnerId: `${state.uid}:${state.gid}`,
        };
    }
  }
}
