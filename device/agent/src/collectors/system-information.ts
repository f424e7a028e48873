import { arch, hostname, release } from "node:os";
import { string } from "@picket/kit";
import { collector } from "./collector.js";

const MOST_TEXT = 200;

/** What the host is and runs. */
export const systemInformation = collector({
  name: "SystemInformation",
  about: "What the host is and runs.",
  details: {
    KernelVersion: string("Release of the kernel."),
    OSPrettyName: string("The operating system's own name with its version."),
    MachineId: string("Id that the host was given at its installation."),
    HardwareVendor: string("Who made the hardware."),
    HardwareModel: string("What its maker calls it."),
    HardwareSerialNumber: string("Its serial number; readable by root only."),
    FirmwareVendor: string("Who made the firmware."),
    FirmwareVersion: string("The firmware's version."),
    BootId: string("Changes with each start."),
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
          BootId: (await text("/proc/sys/kernel/random/boot_id")).trim(),
          ...(await hardwareOf(text)),
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

/** From the firmware's tables on PCs, from the device tree on boards. */
async function hardwareOf(text: (path: string) => Promise<string>): Promise<Record<string, string>> {
  const first = async (...paths: readonly string[]): Promise<string> => {
    for (const path of paths) {
      const found = (await text(path)).replaceAll("\0", "").trim();
      if (found !== "") return found.slice(0, MOST_TEXT);
    }
    return "";
  };
  const found = {
    HardwareVendor: await first("/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/board_vendor"),
    HardwareModel: await first("/sys/class/dmi/id/product_name", "/proc/device-tree/model"),
    HardwareSerialNumber: await first("/sys/class/dmi/id/product_serial", "/proc/device-tree/serial-number"),
    FirmwareVendor: await first("/sys/class/dmi/id/bios_vendor"),
    FirmwareVersion: await first("/sys/class/dmi/id/bios_version"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ""));
}
