import { arch, hostname, release } from "node:os";
import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";

/** What the host is and runs. */
export async function systemInformation(host: Host): Promise<Payload<"SystemInformation">[]> {
  const release_ = fields(await host.read("/etc/os-release").catch(() => ""), "=");
  const memory = fields(await host.read("/proc/meminfo").catch(() => ""), ":");
  const kilobytes = (name: string): number => Number.parseInt(memory.get(name) ?? "0", 10) || 0;
  return [
    {
      OSName: unquoted(release_.get("NAME")) || "Linux",
      OSVersion: `${unquoted(release_.get("VERSION_ID"))} (kernel ${release()})`.trim(),
      OSVendor: unquoted(release_.get("ID")),
      OsArchitecture: arch(),
      HostName: hostname(),
      TotalPhysicalMemoryInKB: kilobytes("MemTotal"),
      FreePhysicalMemoryInKB: kilobytes("MemAvailable"),
      TotalVirtualMemoryInKB: kilobytes("MemTotal") + kilobytes("SwapTotal"),
      FreeVirtualMemoryInKB: kilobytes("MemAvailable") + kilobytes("SwapFree"),
    },
  ];
}

function fields(text: string, separator: string): Map<string, string> {
  return new Map(
    text.split("\n").map((line): [string, string] => {
      const at = line.indexOf(separator);
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
}

const unquoted = (text = ""): string => text.replace(/^"|"$/g, "");
