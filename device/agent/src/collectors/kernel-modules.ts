import type { Payload } from "@picket/schema";
import { collector } from "./collector.js";
import { textOf } from "./files.js";

/** The modules that are loaded into the kernel. */
export const kernelModules = collector({
  name: "KernelModules",
  about: "The modules that are loaded into the kernel.",
  details: {},
  async collect(host) {
    if (!(await host.state("/proc/modules"))) return undefined;
    return modulesOf(await textOf(host, "/proc/modules"));
  },
});

/** Reads `/proc/modules`. */
export function modulesOf(text: string): Payload<"KernelModules">[] {
  return text.split("\n").flatMap((line): Payload<"KernelModules">[] => {
    const [, name, size, , users = "-", state = "", taints = ""] =
      /^(\S+) (\d+) (\S+) (\S+) (\S+) 0x[0-9a-f]+(?: \(([A-Z+-]+)\))?/.exec(line) ?? [];
    if (name === undefined) return [];
    return [
      {
        ModuleName: name,
        SizeInBytes: Number(size),
        UsedBy: users === "-" ? "" : users.split(",").filter(Boolean).join(";"),
        State: state,
        ...(taints === "" ? {} : { Taints: taints }),
      },
    ];
  });
}
