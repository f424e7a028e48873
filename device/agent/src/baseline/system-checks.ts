// A list.
import type { Host } from "../host.js";
import {
  type Check,
  type Finding,
  finding,
  type Group,
  type Named,
  passes,
  skipped,
  textAt,
} from "./check.js";
import {
  custom,
  enabledServices,
  fileRights,
  filesRights,
  fileText,
  mountRows,
  programAt,
  settingIn,
  several,
} from "./kinds.js";
import { byHand, changedFile, valueInFile } from "./scripts.js";

const check = (
  group: Group,
  named: Named,
  scripts: Parameters<typeof custom>[2],
  look: (host: Host) => Promise<Finding>,
): Check => custom(group, named, scripts, look);
const anyOf = async (host: Host, names: readonly string[]): Promise<string | undefined> => {
  for (const name of names) if (await programAt(host, name)) return name;
  return undefined;
};
const TRACES = "Nobody could tell afterwards what happened.";
const JOURNAL = "/etc/systemd/journald.conf";
const AUDIT = "/etc/audit/auditd.conf";
const journal = (
  key: string,
  value: string,
  isGood: (found: string | undefined) => boolean,
  ...named: Named
): Check =>
  fileText(
    "Logging",
    named,
    { path: JOURNAL, scripts: valueInFile(named[0], JOURNAL, { key, value, separator: "=" }) },
    (text) => {
      const found = settingIn(text, key);
      return finding(isGood(found), `${key} is ${found ?? "not set"}, expected ${value}`);
    },
  );

/** Whether what happens leaves traces. */
export const loggingChecks: readonly Check[] = [
  check(
    "Logging",
    ["PICKET-LOG-01", "Important", "Something keeps the system's log.", TRACES],
    byHand("Install rsyslog, or use the journal of systemd.", "Remove it again."),
    async (host) =>
      finding(
        (await anyOf(host, ["rsyslogd", "syslog-ng", "syslogd", "logd", "metalog"])) !== undefined ||
          (await host.state("/run/systemd/journal")) !== undefined ||
          (await host.state("/usr/lib/systemd/systemd-journald")) !== undefined,
        "neither rsyslog nor syslog-ng nor the journal is there",
      ),
  ),
  journal(
    "Storage",
    "persistent",
    (found) => found === "persistent",
    "PICKET-LOG-02",
    "Warning",
    "The journal outlives a restart.",
    TRACES,
  ),
  journal(
    "Compress",
    "yes",
    (found) => found !== "no",
    "PICKET-LOG-03",
    "Informational",
    "The journal is compressed.",
    "It would reach back less far.",
  ),
  journal(
    "SystemMaxUse",
    "200M",
    (found) => found !== undefined,
    "PICKET-LOG-04",
    "Informational",
    "The journal has a limit that was thought about.",
    "A full disk stops the device.",
  ),
  fileText(
    "Logging",
    [
      "PICKET-LOG-05",
      "Warning",
      "New logs are open to nobody else.",
      "They hold names, addresses and mistyped passwords.",
    ],
    {
      path: "/etc/rsyslog.conf",
      scripts: changedFile(
        "PICKET-LOG-05",
        "/etc/rsyslog.conf",
        "sed -i '/^[$]FileCreateMode/d' /etc/rsyslog.conf",
        "sed -i '1i $FileCreateMode 0640' /etc/rsyslog.conf",
        "systemctl restart rsyslog",
      ),
    },
    (text) => {
      const found = /^\s*\$FileCreateMode\s+(\d+)/m.exec(text)?.[1];
      return finding(
        found !== undefined && (Number.parseInt(found, 8) & 0o137) === 0,
        `$FileCreateMode is ${found ?? "not set"}, expected 0640`,
      );
    },
  ),
  check(
    "Logging",
    ["PICKET-LOG-06", "Informational", "Logs are turned over.", "A full disk stops the device."],
    byHand("Install logrotate.", "Remove it again."),
    async (host) => {
      if (
        (await host.list("/etc/rsyslog.d").catch(() => [])).length === 0 &&
        !(await host.state("/etc/rsyslog.conf"))
      )
        return skipped("no program writes logs into files");
      return finding((await programAt(host, "logrotate")) !== undefined, "logrotate is not there");
    },
  ),
  filesRights(
    "Logging",
    [
      "PICKET-LOG-07",
      "Important",
      "Logs of logins are open to nobody else.",
      "They show which names exist and what was mistyped as a name.",
    ],
    { folder: "/var/log", name: /^(?:auth\.log|secure|btmp|messages|syslog|kern\.log)$/, most: 0o664 },
  ),
  check(
    "Logging",
    [
      "PICKET-LOG-08",
      "Informational",
      "The kernel's audit system has a keeper.",
      "Changes of accounts and rights are written down by it.",
    ],
    byHand("Install auditd and enable it.", "Disable it."),
    async (host) => {
      if ((await textAt(host, "/proc/self/loginuid")) === undefined)
        return skipped("this kernel has no audit system");
      return finding((await programAt(host, "auditd")) !== undefined, "auditd is not there");
    },
  ),
  fileText(
    "Logging",
    ["PICKET-LOG-09", "Informational", "Records of the audit system are kept when its file is full.", TRACES],
    {
      path: AUDIT,
      scripts: valueInFile("PICKET-LOG-09", AUDIT, {
        key: "max_log_file_action",
        value: "keep_logs",
        separator: " = ",
      }),
    },
    (text) => {
      const found = settingIn(text, "max_log_file_action");
      return finding(
        /^(?:keep_logs|rotate)$/i.test(found ?? ""),
        `max_log_file_action is ${found ?? "not set"}`,
      );
    },
  ),
  fileRights(
    "Logging",
    [
      "PICKET-LOG-10",
      "Important",
      "Only root reads what the audit system wrote.",
      "It holds command lines with their secrets.",
    ],
    "/var/log/audit",
    0o750,
  ),
  fileRights(
    "Logging",
    [
      "PICKET-LOG-11",
      "Important",
      "Only root says what the audit system writes.",
      "An intruder would switch it off.",
    ],
    "/etc/audit",
    0o750,
  ),
  check(
    "Logging",
    [
      "PICKET-LOG-12",
      "Informational",
      "Logs are also kept elsewhere.",
      "An intruder with root's rights wipes out those on the device.",
    ],
    byHand(
      "Send them on: rsyslog to another host, or leave it to the Picket agent's events.",
      "Take it out again.",
    ),
    async (host) => {
      const parts = await host.list("/etc/rsyslog.d").catch(() => []);
      const texts = await Promise.all(
        [
          "/etc/rsyslog.conf",
          "/etc/systemd/journal-upload.conf",
          ...parts.map((name) => `/etc/rsyslog.d/${name}`),
        ].map((path) => textAt(host, path)),
      );
      const text = texts.join("\n");
      if (texts.every((each) => each === undefined))
        return skipped("neither rsyslog nor journal-upload is set up");
      return finding(/^\s*[^#\s].*\s@{1,2}\S+|omfwd|^\s*URL=/m.test(text), "nothing is sent on");
    },
  ),
];

const cmdline = async (host: Host): Promise<string> => ((await textAt(host, "/proc/cmdline")) ?? "").trim();
const VULNERABLE = "/sys/devices/system/cpu/vulnerabilities";

/** How the machine starts, and what protects the kernel. */
export const bootChecks: readonly Check[] = [
  check(
    "Boot",
    [
      "PICKET-BOO-01",
      "Informational",
      "Starting it otherwise needs a password.",
      "Whoever reaches the console becomes root by one word.",
    ],
    byHand(
      "Make a hash with grub-mkpasswd-pbkdf2 and add superusers and password_pbkdf2 to /etc/grub.d/40_custom, then update-grub.",
      "Take both lines out, then update-grub.",
    ),
    async (host) => {
      const text =
        (await textAt(host, "/boot/grub/grub.cfg")) ?? (await textAt(host, "/boot/grub2/grub.cfg"));
      if (text === undefined) return skipped("it is not started by GRUB");
      return finding(/^\s*password_pbkdf2\s/m.test(text), "grub.cfg asks for no password");
    },
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-02",
      "Warning",
      "Mending mode asks for root's password.",
      "Whoever reaches the console becomes root.",
    ],
    byHand(
      "Set ExecStart of rescue.service and emergency.service back to systemd-sulogin-shell.",
      "Set it as it was.",
    ),
    async (host) => {
      const texts = await Promise.all(
        [
          "/etc/systemd/system/rescue.service",
          "/usr/lib/systemd/system/rescue.service",
          "/lib/systemd/system/rescue.service",
        ].map((path) => textAt(host, path)),
      );
      const text = texts.find((each) => each !== undefined);
      if (text === undefined) return skipped("it is not started by systemd");
      return finding(/ExecStart=.*sulogin/.test(text), "rescue.service starts a shell without sulogin");
    },
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-03",
      "Warning",
      "Protections of the processor are not switched off.",
      "Programs could read the memory of others.",
    ],
    byHand("Take mitigations=off out of the kernel's command line.", "Put it back."),
    async (host) =>
      finding(
        !/\b(?:mitigations=off|nopti|nospectre_v[12]|spectre_v2=off|mds=off|l1tf=off|tsx_async_abort=off)\b/.test(
          await cmdline(host),
        ),
        `the kernel was started with ${await cmdline(host)}`,
      ),
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-04",
      "Warning",
      "The kernel lies at a place chosen by chance.",
      "Exploits need to know where it lies.",
    ],
    byHand("Take nokaslr out of the kernel's command line.", "Put it back."),
    async (host) => finding(!/\bnokaslr\b/.test(await cmdline(host)), "the kernel was started with nokaslr"),
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-05",
      "Warning",
      "The processor's known holes are closed.",
      "Programs could read the memory of others.",
    ],
    byHand("Install the processor's microcode and a newer kernel, then restart.", "Install the older ones."),
    async (host) => {
      const names = await host.list(VULNERABLE).catch(() => []);
      if (names.length === 0) return skipped("this kernel does not say");
      const bad: string[] = [];
      for (const name of names)
        if (/^Vulnerable/.test((await textAt(host, `${VULNERABLE}/${name}`)) ?? "")) bad.push(name);
      return finding(bad.length === 0, `not closed: ${bad.join(", ")}`);
    },
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-06",
      "Informational",
      "The firmware starts only what was signed.",
      "What is put in place of the kernel sees everything.",
    ],
    byHand("Switch secure boot on in the firmware, with signed kernels.", "Switch it off."),
    async (host) => {
      const names = await host.list("/sys/firmware/efi/efivars").catch(() => []);
      const name = names.find((each) => each.startsWith("SecureBoot-"));
      if (name === undefined) return skipped("the firmware is not UEFI");
      const bytes = await host.bytes(`/sys/firmware/efi/efivars/${name}`, 5);
      return finding(bytes[4] === 1, "secure boot is off");
    },
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-07",
      "Warning",
      "Programs are held to what they need.",
      "A service that was taken over may do whatever its user may.",
    ],
    byHand(
      "Install AppArmor or SELinux and start the kernel with it.",
      "Take security= out of the kernel's command line.",
    ),
    async (host) => {
      const names = ((await textAt(host, "/sys/kernel/security/lsm")) ?? "").trim().split(",");
      const isOn =
        names.some((name) => ["apparmor", "selinux", "smack", "tomoyo"].includes(name)) ||
        (await host.state("/sys/fs/selinux/enforce")) !== undefined;
      return finding(isOn, "neither AppArmor nor SELinux nor Smack is on");
    },
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-08",
      "Warning",
      "SELinux does more than watch.",
      "It only writes down what it would forbid.",
    ],
    changedFile(
      "PICKET-BOO-08",
      "/etc/selinux/config",
      "sed -i 's/^SELINUX=.*/SELINUX=enforcing/' /etc/selinux/config",
      "setenforce 1",
    ),
    async (host) => {
      const text = await textAt(host, "/sys/fs/selinux/enforce");
      if (text === undefined) return skipped("there is no SELinux");
      return finding(text.trim() === "1", "SELinux is permissive");
    },
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-09",
      "Important",
      "Memory for data does not run.",
      "Data that came in could be run as a program.",
    ],
    byHand("Switch NX or XD on in the firmware.", "Switch it off."),
    async (host) => {
      const text = await textAt(host, "/proc/cpuinfo");
      const flags = /^flags\s*:(.*)$/m.exec(text ?? "")?.[1];
      if (flags === undefined) return skipped("this processor does not say");
      return finding(/\bnx\b/.test(flags), "the processor's flags do not hold nx");
    },
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-10",
      "Informational",
      "Root cannot change the running kernel.",
      "A rootkit hides everything.",
    ],
    byHand("Start the kernel with lockdown=integrity.", "Take it out of the kernel's command line."),
    async (host) => {
      const text = await textAt(host, "/sys/kernel/security/lockdown");
      if (text === undefined) return skipped("this kernel has no lockdown");
      return finding(!/\[none\]/.test(text), `lockdown is ${text.trim()}`);
    },
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-11",
      "Informational",
      "Three keys do not restart the machine.",
      "Whoever reaches the keyboard stops it.",
    ],
    { remediation: "systemctl mask ctrl-alt-del.target", undo: "systemctl unmask ctrl-alt-del.target" },
    async (host) => {
      if (!(await host.state("/run/systemd/system"))) return skipped("it is not started by systemd");
      const target = await host.link("/etc/systemd/system/ctrl-alt-del.target").catch(() => "");
      return finding(target === "/dev/null", "ctrl-alt-del.target is not masked");
    },
  ),
  check(
    "Boot",
    [
      "PICKET-BOO-12",
      "Warning",
      "Memory images of crashed programs are not kept.",
      "They hold keys and passwords.",
    ],
    changedFile(
      "PICKET-BOO-12",
      "/etc/security/limits.conf",
      "echo '* hard core 0' >> /etc/security/limits.conf",
    ),
    async (host) => {
      const names = await host.list("/etc/security/limits.d").catch(() => []);
      const texts = await Promise.all(
        ["/etc/security/limits.conf", ...names.map((name) => `/etc/security/limits.d/${name}`)].map((path) =>
          textAt(host, path),
        ),
      );
      if (texts[0] === undefined) return skipped("there is no /etc/security/limits.conf");
      const pattern = ((await textAt(host, "/proc/sys/kernel/core_pattern")) ?? "").trim();
      return finding(
        /^\s*\*\s+hard\s+core\s+0/m.test(texts.join("\n")) || /^\|\/bin\/(?:false|true)/.test(pattern),
        `no limit is set and core_pattern is ${pattern.slice(0, 100)}`,
      );
    },
  ),
];

/** The clock, the firewall, updates, and what only devices have. */
export const otherChecks: readonly Check[] = [
  check(
    "Time Synchronization",
    [
      "PICKET-TIM-01",
      "Warning",
      "Something sets the clock.",
      "Certificates are judged by it, and traces of several devices cannot be put in order.",
    ],
    byHand("Enable systemd-timesyncd, or install chrony.", "Disable it."),
    async (host) => {
      const enabled = await enabledServices(host);
      const found = [
        "chrony",
        "chronyd",
        "ntp",
        "ntpd",
        "ntpsec",
        "systemd-timesyncd",
        "openntpd",
        "sysntpd",
      ].find((name) => enabled.has(name));
      return finding(found !== undefined, "no service that sets the clock is started at boot");
    },
  ),
  check(
    "Time Synchronization",
    ["PICKET-TIM-02", "Informational", "Only one program sets the clock.", "Two of them pull it to and fro."],
    byHand("Disable all but one of them.", "Enable the others."),
    async (host) => {
      const enabled = await enabledServices(host);
      const found = ["chrony", "ntp", "ntpsec", "systemd-timesyncd", "openntpd"].filter((name) =>
        enabled.has(name),
      );
      return finding(found.length <= 1, `${found.join(" and ")} are started at boot`);
    },
  ),
  check(
    "Time Synchronization",
    [
      "PICKET-TIM-03",
      "Informational",
      "The clock's servers were named.",
      "Anybody's default may be wrong for this network.",
    ],
    byHand("Name servers in /etc/chrony/chrony.conf or in /etc/systemd/timesyncd.conf.", "Take them out."),
    async (host) => {
      const texts = await Promise.all(
        [
          "/etc/chrony/chrony.conf",
          "/etc/chrony.conf",
          "/etc/ntp.conf",
          "/etc/ntpsec/ntp.conf",
          "/etc/systemd/timesyncd.conf",
        ].map((path) => textAt(host, path)),
      );
      if (texts.every((text) => text === undefined))
        return skipped("no program that sets the clock is set up");
      return finding(/^\s*(?:server|pool|peer|NTP=|sourcedir)/m.test(texts.join("\n")), "no server is named");
    },
  ),
  check(
    "Firewall",
    [
      "PICKET-FWL-01",
      "Important",
      "A firewall is started at boot.",
      "Every port that a program opens is open to all.",
    ],
    byHand("Write rules into /etc/nftables.conf and enable nftables.", "Disable it."),
    async (host) => {
      const enabled = await enabledServices(host);
      const found = [
        "nftables",
        "ufw",
        "firewalld",
        "iptables",
        "ip6tables",
        "netfilter-persistent",
        "firewall",
        "shorewall",
      ].find((name) => enabled.has(name));
      return finding(found !== undefined, "none of nftables, ufw, firewalld and iptables is started at boot");
    },
  ),
  check(
    "Firewall",
    [
      "PICKET-FWL-02",
      "Warning",
      "The firewall's file refuses what is not allowed.",
      "What was forgotten would be open.",
    ],
    byHand("Give the chain input the policy drop in /etc/nftables.conf.", "Give it the policy accept."),
    async (host) => {
      const text = await textAt(host, "/etc/nftables.conf");
      if (text === undefined) return skipped("there is no /etc/nftables.conf");
      return finding(/hook\s+input[^}]*policy\s+drop/.test(text), "the chain input has no policy drop");
    },
  ),
  check(
    "Firewall",
    [
      "PICKET-FWL-03",
      "Informational",
      "Only one program writes the firewall's rules.",
      "Each takes back what the other set.",
    ],
    byHand("Disable all but one of them.", "Enable the others."),
    async (host) => {
      const enabled = await enabledServices(host);
      const found = ["nftables", "ufw", "firewalld", "netfilter-persistent"].filter((name) =>
        enabled.has(name),
      );
      return finding(found.length <= 1, `${found.join(" and ")} are started at boot`);
    },
  ),
  check(
    "Updates",
    [
      "PICKET-UPD-01",
      "Critical",
      "Packages are taken only when they are signed.",
      "Whoever stands in between installs what he wants, as root.",
    ],
    byHand("Take trusted=yes and allow-insecure=yes out of the sources; set gpgcheck=1.", "Put it back."),
    async (host) => {
      const parts = await host.list("/etc/apt/sources.list.d").catch(() => []);
      const repos = await host.list("/etc/yum.repos.d").catch(() => []);
      const paths = [
        "/etc/apt/sources.list",
        ...parts.map((name) => `/etc/apt/sources.list.d/${name}`),
        ...repos.map((name) => `/etc/yum.repos.d/${name}`),
        "/etc/dnf/dnf.conf",
        "/etc/apk/repositories",
        "/etc/opkg.conf",
      ];
      const texts = (
        await Promise.all(paths.map(async (path) => [path, await textAt(host, path)] as const))
      ).filter(([, text]) => text !== undefined);
      if (texts.length === 0) return skipped("there is no package manager that is known");
      const bad = texts
        .filter(([, text = ""]) =>
          /^(?!\s*#).*(?:trusted=yes|allow-insecure=yes|\bTrusted:\s*yes|gpgcheck\s*=\s*0)/im.test(text),
        )
        .map(([path]) => path);
      return finding(bad.length === 0, `not asked for in ${several(bad)}`);
    },
  ),
  check(
    "Updates",
    [
      "PICKET-UPD-02",
      "Warning",
      "Updates that close holes come by themselves.",
      "Holes are used within days of becoming known.",
    ],
    byHand("Install and enable unattended-upgrades or dnf-automatic.", "Disable it."),
    async (host) => {
      if (!(await programAt(host, "apt-get")) && !(await programAt(host, "dnf")))
        return skipped("its packages are not updated one by one");
      const text = (await textAt(host, "/etc/apt/apt.conf.d/20auto-upgrades")) ?? "";
      const enabled = await enabledServices(host);
      return finding(
        /Unattended-Upgrade\s+"[1-9]/.test(text) ||
          ["dnf-automatic.timer", "dnf-automatic-install.timer", "unattended-upgrades"].some((name) =>
            enabled.has(name),
          ),
        "neither unattended-upgrades nor dnf-automatic is on",
      );
    },
  ),
  check(
    "Updates",
    [
      "PICKET-UPD-03",
      "Warning",
      "Packages are fetched where nobody listens.",
      "It shows which holes a device still has.",
    ],
    byHand("Write https:// instead of http:// in the sources.", "Write it as it was."),
    async (host) => {
      const text =
        (await textAt(host, "/etc/apk/repositories")) ?? (await textAt(host, "/etc/apt/sources.list"));
      if (text === undefined || text.trim() === "") return skipped("there are no such sources");
      return finding(!/^(?!\s*#).*\bhttp:\/\//m.test(text), "a source begins with http://");
    },
  ),
  check(
    "Device",
    [
      "PICKET-DEV-01",
      "Critical",
      "The container engine is reached by root only.",
      "Whoever reaches its socket is root.",
    ],
    byHand(
      "chmod 660 /var/run/docker.sock and take people out of the group docker.",
      "chmod 666 /var/run/docker.sock",
    ),
    async (host) => {
      const state =
        (await host.state("/var/run/docker.sock")) ?? (await host.state("/run/containerd/containerd.sock"));
      if (!state) return skipped("there is no container engine");
      return finding((state.mode & 0o007) === 0, `its socket has mode ${(state.mode & 0o777).toString(8)}`);
    },
  ),
  fileText(
    "Device",
    [
      "PICKET-DEV-02",
      "Critical",
      "The container engine does not listen on the network.",
      "Whoever reaches the port is root.",
    ],
    {
      path: "/etc/docker/daemon.json",
      scripts: byHand(
        'Take tcp:// out of "hosts" in /etc/docker/daemon.json, or ask for certificates with "tlsverify".',
        "Put it back.",
      ),
    },
    (text) =>
      finding(
        !/tcp:\/\//.test(text) || /"tlsverify"\s*:\s*true/.test(text),
        "/etc/docker/daemon.json names tcp:// without tlsverify",
      ),
  ),
  check(
    "Device",
    ["PICKET-DEV-03", "Warning", "The serial line asks for a login.", "Whoever opens the case has a shell."],
    byHand("Start getty with login on the line, without --autologin.", "Start it as before."),
    async (host) => {
      const paths = [
        "/etc/inittab",
        "/etc/systemd/system/serial-getty@.service.d/autologin.conf",
        "/etc/systemd/system/getty@tty1.service.d/autologin.conf",
        "/etc/systemd/system/serial-getty@.service.d/override.conf",
      ];
      const texts = await Promise.all(paths.map((path) => textAt(host, path)));
      if (texts.every((text) => text === undefined)) return passes;
      const text = texts.join("\n");
      return finding(
        !/--autologin|\s-a\s+root\b|::(?:askfirst|respawn):(?:-?\/bin\/(?:a|ba)?sh)\b/.test(text),
        "a terminal logs somebody in by itself",
      );
    },
  ),
  check(
    "Device",
    [
      "PICKET-DEV-04",
      "Important",
      "The Picket agent's folder is open to root only.",
      "It holds the key that speaks for the device.",
    ],
    { remediation: "chmod 700 /var/lib/picket-agent", undo: "chmod 755 /var/lib/picket-agent" },
    async (host) => {
      const state = await host.state("/var/lib/picket-agent");
      if (!state) return skipped("there is no /var/lib/picket-agent");
      return finding(
        (state.mode & 0o077) === 0,
        `/var/lib/picket-agent has mode ${(state.mode & 0o777).toString(8)}`,
      );
    },
  ),
  check(
    "Device",
    [
      "PICKET-DEV-05",
      "Informational",
      "The system's own disk is not written to.",
      "What an intruder changes is gone after a restart.",
    ],
    byHand("Mount / read-only, with a disk of its own for data.", "Mount it read-write."),
    async (host) => {
      const root = (await mountRows(host)).findLast(([, at]) => at === "/");
      if (!root) return skipped("/ is no mount");
      return finding(/(?:^|,)ro(?:,|$)/.test(root[3] ?? ""), "/ is mounted read-write");
    },
  ),
  check(
    "Device",
    [
      "PICKET-DEV-06",
      "Important",
      "No key that was delivered with the image opens the SSH server.",
      "Every device of the kind would have the same one.",
    ],
    byHand("rm /etc/ssh/ssh_host_*; ssh-keygen -A", "None: nobody should want them back."),
    async (host) => {
      const [key, id] = [
        await host.changedAt("/etc/ssh/ssh_host_ed25519_key"),
        await host.changedAt("/etc/machine-id"),
      ];
      if (key === undefined || id === undefined) return skipped("there is no such key or no /etc/machine-id");
      return finding(key >= id - 3_600_000, "the server's key is older than the installation");
    },
  ),
  check(
    "Device",
    [
      "PICKET-DEV-07",
      "Warning",
      "The device has a number of its own.",
      "Devices made from one image would be taken for each other.",
    ],
    byHand("rm /etc/machine-id; systemd-machine-id-setup", "Put the former one back."),
    async (host) => {
      const text = (await textAt(host, "/etc/machine-id"))?.trim();
      if (text === undefined) return skipped("there is no /etc/machine-id");
      return finding(
        /^[0-9a-f]{32}$/.test(text) && !/^(.)\1+$/.test(text),
        `/etc/machine-id is ${text.slice(0, 40) || "empty"}`,
      );
    },
  ),
  check(
    "Device",
    [
      "PICKET-DEV-08",
      "Warning",
      "USB devices are let in one by one.",
      "A stick that claims to be a keyboard types commands.",
    ],
    byHand(
      "Install usbguard and make a list of what is plugged in: usbguard generate-policy",
      "Disable usbguard.",
    ),
    async (host) => {
      const names = await host.list("/sys/bus/usb/devices").catch(() => []);
      if (names.length === 0) return skipped("there is no USB");
      const text = (await textAt(host, "/sys/module/usbcore/parameters/authorized_default"))?.trim();
      return finding(
        (await enabledServices(host)).has("usbguard") || text === "0",
        "usbguard is not on and authorized_default is not 0",
      );
    },
  ),
  check(
    "Device",
    [
      "PICKET-DEV-09",
      "Informational",
      "A program that hangs restarts the device.",
      "A device nobody visits stays dead.",
    ],
    byHand("Set RuntimeWatchdogSec=30 in /etc/systemd/system.conf.", "Take it out."),
    async (host) => {
      if (!(await host.state("/dev/watchdog"))) return skipped("there is no watchdog");
      const text = (await textAt(host, "/etc/systemd/system.conf")) ?? "";
      return finding(
        /^\s*RuntimeWatchdogSec=(?!0|off)/m.test(text) || (await enabledServices(host)).has("watchdog"),
        "nothing feeds the watchdog",
      );
    },
  ),
];
