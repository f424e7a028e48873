import { arch, hostname, release } from "node:os";
import { string } from "@picket/kit";
import { collector } from "./collector.js";

/** What the host is and runs. */
export const systemInformation = collector({
  name: "SystemInformation",
  about: "What the host is and runs.",
  details: {
    KernelVersion: string("Release of the kernel."),
    OSPrettyName: string("The operating system's own name with its version."),
    MachineId: string("Id that the host was given at its installation."),
  },
  async collect(host) {
    const text = (path: string): Promise<string> => host.read(path).catch(() => "");
    const system = fields(await text("/etc/os-release"), "=");
    const memory = fields(await text("/proc/meminfo"), ":");
    const kilobytes = (name: string): number => Number.parseInt(memory.get(name) ?? "0", 10) || 0;
    const root = /^(\S+) \/ /m.exec(await text("/proc/self/mounts"))?.[1] ?? "";
    const bios = [await text("/sys/class/dmi/id/bios_vendor"), await text("/sys/class/dmi/id/bios_version")];
    return [
      {
        OSName: unquoted(system.get("NAME")) || "Linux",
        OSVersion: unquoted(system.get("VERSION_ID")) || release(),
        OSVendor: unquoted(system.get("ID")),
        OsArchitecture: arch(),
        HostName: hostname(),
        BIOSVersion: bios
          .map((part) => part.trim())
          .join(" ")
          .trim(),
        BootDevice: root,
        TotalPhysicalMemoryInKB: kilobytes("MemTotal"),
        FreePhysicalMemoryInKB: kilobytes("MemAvailable"),
        TotalVirtualMemoryInKB: kilobytes("MemTotal") + kilobytes("SwapTotal"),
        FreeVirtualMemoryInKB: kilobytes("MemAvailable") + kilobytes("SwapFree"),
        ExtraDetails: {
          KernelVersion: release(),
          OSPrettyName: unquoted(system.get("PRETTY_NAME")),
          MachineId: (await text("/etc/machine-id")).trim(),
        },
      },
    ];
  },
});

function fields(text: string, separator: string): Map<string, string> {
  return new Map(
    text.split("\n").map((line): [string, string] => {
      const at = line.indexOf(separator);
      return [line.slice(0, Math.max(at, 0)), line.slice(at + 1).trim()];
    }),
  );
}

const unquoted = (text = ""): string => text.replace(/^(["'])(.*)\1$/, "$2");
