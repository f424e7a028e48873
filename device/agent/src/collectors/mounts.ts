import type { Payload } from "@picket/schema";
import { collector } from "./collector.js";
import { textOf } from "./files.js";

/** The file systems that are mounted. */
export const mounts = collector({
  name: "Mounts",
  about: "The file systems that are mounted.",
  details: {},
  async collect(host) {
    const text = await textOf(host, "/proc/self/mountinfo");
    return text === "" ? undefined : mountsOf(text);
  },
});

/** Reads `/proc/self/mountinfo`; options of the mount and of its file system are told together. */
export function mountsOf(text: string): Payload<"Mounts">[] {
  return text.split("\n").flatMap((line): Payload<"Mounts">[] => {
    const [head = "", tail = ""] = line.split(" - ");
    const [, , , , point, options = ""] = head.split(" ");
    const [kind, source = "", more = ""] = tail.split(" ");
    if (point === undefined || kind === undefined || kind === "") return [];
    return [
      {
        MountPoint: unescaped(point),
        FileSystem: kind,
        MountSource: unescaped(source),
        MountOptions: [...new Set([...options.split(","), ...more.split(",")])].filter(Boolean).join(","),
      },
    ];
  });
}

/** The kernel writes blanks and the like as three octal digits. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
