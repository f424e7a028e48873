import type { EventName } from "@picket/schema";
import type { Host } from "../host.js";
import { certificates } from "./certificates.js";
import type { Collector } from "./collector.js";
import { connectedHardware } from "./connected-hardware.js";
import { containers } from "./containers.js";
import { firewallConfiguration } from "./firewall-configuration.js";
import { kernelModules } from "./kernel-modules.js";
import { localGroups, localUsers } from "./local-users.js";
import { mounts } from "./mounts.js";
import { packages } from "./packages.js";
import { scheduledJobs } from "./scheduled-jobs.js";
import { setuidFiles } from "./setuid-files.js";
import { sshAuthorizedKeys } from "./ssh-authorized-keys.js";
import { systemInformation } from "./system-information.js";
import { systemServices } from "./system-services.js";

/** A collector with what is cheap to look at and differs when its snapshot would. */
export interface Watched {
  readonly collector: Collector<EventName>;
  /** Absent when nothing cheap tells; it is then looked at with the others only. */
  readonly mark?: (host: Host) => Promise<string>;
  /** Events that its items may be spread over; those that are compared item by item are told in one. */
  readonly mostEvents?: number;
}

const times =
  (...paths: readonly string[]) =>
  async (host: Host): Promise<string> =>
    (await Promise.all(paths.map((path) => host.changedAt(path)))).join();

const text =
  (path: string) =>
  (host: Host): Promise<string> =>
    host.read(path).catch(() => "");

/** Every collector of snapshots but the ports and the baseline, the cheap ones first. */
export const watched: readonly Watched[] = [
  { collector: localUsers, mark: times("/etc/passwd", "/etc/group") },
  { collector: localGroups, mark: times("/etc/passwd", "/etc/group") },
  { collector: systemInformation },
  {
    collector: connectedHardware,
    mark: async (host) => (await host.list("/sys/bus/usb/devices").catch(() => [])).join(),
  },
  {
    collector: firewallConfiguration,
    mark: times(
      "/etc/nftables.conf",
      "/etc/iptables/rules.v4",
      "/etc/iptables/rules.v6",
      "/etc/config/firewall",
    ),
  },
  {
    collector: kernelModules,
    mark: async (host) => (await text("/proc/modules")(host)).replaceAll(/ .*/g, ""),
  },
  { collector: mounts, mark: text("/proc/self/mountinfo") },
  {
    collector: scheduledJobs,
    mark: times(
      "/etc/crontab",
      "/etc/cron.d",
      "/var/spool/cron",
      "/var/spool/cron/crontabs",
      "/etc/crontabs",
      "/etc/cron.hourly",
      "/etc/cron.daily",
      "/etc/anacrontab",
      "/var/spool/cron/atjobs",
      "/etc/systemd/system",
    ),
    mostEvents: 4,
  },
  {
    collector: sshAuthorizedKeys,
    mark: times("/root/.ssh/authorized_keys", "/etc/dropbear/authorized_keys", "/etc/passwd"),
  },
  { collector: containers, mostEvents: 4 },
  { collector: certificates, mostEvents: 4 },
  {
    collector: systemServices,
    mark: times(
      "/etc/systemd/system",
      "/etc/systemd/system/multi-user.target.wants",
      "/usr/lib/systemd/system",
      "/etc/init.d",
    ),
    mostEvents: 8,
  },
  {
    collector: packages,
    mark: times("/var/lib/dpkg/status", "/lib/apk/db/installed", "/usr/lib/opkg/status", "/var/lib/rpm"),
    mostEvents: 16,
  },
  { collector: setuidFiles, mostEvents: 4 },
];
