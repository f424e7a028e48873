// A list.
import { type Check, finding, type Named, passes, skipped, textAt } from "./check.js";
import { custom, module, program, service } from "./kinds.js";
import { byHand } from "./scripts.js";

const OPEN = "Everything that is said can be listened to, passwords included.";
const UNUSED = "What nobody uses on a device is only a way in.";
const unused = (names: readonly string[], ...named: Named): Check => service(named, ...names);

/** Services that a device seldom needs. */
export const serviceChecks: readonly Check[] = [
  unused(
    ["telnet", "inetutils-telnetd", "telnetd"],
    "PICKET-SRV-01",
    "Critical",
    "Nobody logs in by telnet.",
    OPEN,
  ),
  unused(
    ["rsh", "rlogin", "rexec"],
    "PICKET-SRV-02",
    "Critical",
    "Nobody logs in by the programs of old.",
    OPEN,
  ),
  unused(
    ["tftpd-hpa", "tftp", "atftpd"],
    "PICKET-SRV-03",
    "Important",
    "No files are handed out without asking who it is.",
    "Configuration with its secrets could be fetched.",
  ),
  unused(
    ["vsftpd", "proftpd", "pure-ftpd"],
    "PICKET-SRV-04",
    "Important",
    "No files are handed out by FTP.",
    OPEN,
  ),
  unused(
    ["xinetd", "inetd", "openbsd-inetd"],
    "PICKET-SRV-05",
    "Warning",
    "No program starts services of old.",
    UNUSED,
  ),
  unused(
    ["avahi-daemon"],
    "PICKET-SRV-06",
    "Warning",
    "The device does not announce itself to the network.",
    "It tells everybody what it is and runs.",
  ),
  unused(["cups", "cups-browsed"], "PICKET-SRV-07", "Warning", "The device prints for nobody.", UNUSED),
  unused(
    ["isc-dhcp-server", "dhcpd", "kea-dhcp4-server"],
    "PICKET-SRV-08",
    "Informational",
    "The device gives out no addresses.",
    "Two that do so quarrel; whoever has this one leads the network's traffic.",
  ),
  unused(["slapd"], "PICKET-SRV-09", "Informational", "The device keeps no directory.", UNUSED),
  unused(
    ["nfs-server", "nfs-kernel-server"],
    "PICKET-SRV-10",
    "Warning",
    "The device shares no folders by NFS.",
    "NFS believes what number the caller says he has.",
  ),
  unused(
    ["rpcbind", "portmap"],
    "PICKET-SRV-11",
    "Warning",
    "No service tells which others there are.",
    UNUSED,
  ),
  unused(["named", "bind9"], "PICKET-SRV-12", "Informational", "The device answers for no names.", UNUSED),
  unused(
    ["apache2", "httpd"],
    "PICKET-SRV-13",
    "Informational",
    "No web server of general use runs.",
    UNUSED,
  ),
  unused(["dovecot", "cyrus-imap"], "PICKET-SRV-14", "Warning", "The device keeps no mail.", UNUSED),
  unused(["smbd", "smb", "nmbd"], "PICKET-SRV-15", "Warning", "The device shares no folders by SMB.", UNUSED),
  unused(
    ["squid"],
    "PICKET-SRV-16",
    "Warning",
    "The device passes on no web traffic.",
    "It would hide who calls.",
  ),
  unused(
    ["snmpd"],
    "PICKET-SRV-17",
    "Warning",
    "The device is not asked by SNMP.",
    "Older versions ask for no more than a word that everybody knows.",
  ),
  unused(
    ["ypserv", "nis", "ypbind"],
    "PICKET-SRV-18",
    "Important",
    "Accounts are not taken from a directory of old.",
    OPEN,
  ),
  unused(["rsync", "rsyncd"], "PICKET-SRV-19", "Warning", "No folders are handed out by rsync.", OPEN),
  unused(
    ["adbd", "android-tools-adbd"],
    "PICKET-SRV-20",
    "Critical",
    "Nobody reaches the device by its maker's debug bridge.",
    "It opens a shell of root, without a password.",
  ),
  unused(
    ["gdbserver"],
    "PICKET-SRV-21",
    "Critical",
    "No debugger waits for callers.",
    "It runs whatever a caller sends.",
  ),
  unused(
    ["vncserver", "x11vnc", "xrdp"],
    "PICKET-SRV-22",
    "Important",
    "Nobody looks at the screen from afar.",
    UNUSED,
  ),
  unused(
    ["bluetooth"],
    "PICKET-SRV-23",
    "Informational",
    "Bluetooth is off where it has no use.",
    "It is a way in that no firewall sees.",
  ),
  unused(
    ["debug-shell"],
    "PICKET-SRV-24",
    "Critical",
    "No shell of root waits on a terminal.",
    "It needs no password.",
  ),
  custom(
    "Services",
    ["PICKET-SRV-25", "Warning", "Mail is taken from the device itself only.", UNUSED],
    byHand("Set inet_interfaces = loopback-only in /etc/postfix/main.cf and restart it.", "Set it back."),
    async (host) => {
      const text = await textAt(host, "/etc/postfix/main.cf");
      if (text === undefined) return skipped("there is no /etc/postfix/main.cf");
      const found = /^\s*inet_interfaces\s*=\s*(.+)$/m.exec(text)?.[1]?.trim() ?? "all";
      return finding(/^(?:loopback-only|localhost|127\.0\.0\.1)/.test(found), `inet_interfaces is ${found}`);
    },
  ),
];

/** Programs that a device seldom needs. */
export const programChecks: readonly Check[] = [
  program(["PICKET-PKG-01", "Warning", "The program telnet is not there.", OPEN], "telnet"),
  program(
    ["PICKET-PKG-02", "Warning", "The programs rsh and rlogin are not there.", OPEN],
    "rsh-redone-rsh",
    "rlogin",
    "netkit-rsh",
  ),
  program(["PICKET-PKG-03", "Informational", "The program ftp is not there.", OPEN], "ftp", "tnftp"),
  program(["PICKET-PKG-04", "Informational", "The program tftp is not there.", OPEN], "tftp"),
  program(["PICKET-PKG-05", "Informational", "No talk with other terminals is there.", OPEN], "talk"),
  program(
    [
      "PICKET-PKG-06",
      "Warning",
      "No program changes others for speed.",
      "Their hashes no longer match what was delivered.",
    ],
    "prelink",
  ),
  program(["PICKET-PKG-07", "Informational", "No graphical screen is there.", UNUSED], "Xorg", "Xwayland"),
  program(
    [
      "PICKET-PKG-08",
      "Warning",
      "No program that listens to the network is there.",
      "An intruder finds the tools already laid out.",
    ],
    "tcpdump",
    "wireshark",
    "ettercap",
    "ngrep",
  ),
  program(
    [
      "PICKET-PKG-09",
      "Informational",
      "No program that looks for open ports is there.",
      "An intruder finds the tools already laid out.",
    ],
    "nmap",
    "masscan",
    "zmap",
  ),
  program(
    [
      "PICKET-PKG-10",
      "Informational",
      "No compiler is there.",
      "An intruder builds what fits the device, on the device.",
    ],
    "gcc",
    "cc",
    "clang",
    "tcc",
  ),
  program(
    ["PICKET-PKG-11", "Warning", "No debugger is there.", "It reads the memory of other programs."],
    "gdb",
    "gdbserver",
  ),
  program(
    [
      "PICKET-PKG-12",
      "Warning",
      "No program that opens a connection to a shell is there.",
      "It is how intruders get a shell that calls home.",
    ],
    "nc.traditional",
    "ncat",
    "socat",
  ),
];

const blocked = (name: string, ...named: Named): Check => module(named, name);
const OLD_DISK = "A stick with a damaged file system of a kind that nobody uses can take over the kernel.";
const OLD_NET = "It has had many holes, and loads by itself when a program asks for it.";

/** Modules of the kernel that a device seldom needs. */
export const moduleChecks: readonly Check[] = [
  blocked("cramfs", "PICKET-MOD-01", "Informational", "The file system cramfs is not loaded.", OLD_DISK),
  blocked("freevxfs", "PICKET-MOD-02", "Informational", "The file system freevxfs is not loaded.", OLD_DISK),
  blocked("hfs", "PICKET-MOD-03", "Informational", "The file system hfs is not loaded.", OLD_DISK),
  blocked("hfsplus", "PICKET-MOD-04", "Informational", "The file system hfsplus is not loaded.", OLD_DISK),
  blocked(
    "jffs2",
    "PICKET-MOD-05",
    "Informational",
    "The file system jffs2 is not loaded; devices with raw flash need it.",
    OLD_DISK,
  ),
  blocked("udf", "PICKET-MOD-06", "Informational", "The file system udf is not loaded.", OLD_DISK),
  blocked(
    "usb-storage",
    "PICKET-MOD-07",
    "Warning",
    "Sticks are not mounted.",
    "Whoever reaches the port brings programs in and data out.",
  ),
  blocked("dccp", "PICKET-MOD-08", "Warning", "The protocol DCCP is not loaded.", OLD_NET),
  blocked("sctp", "PICKET-MOD-09", "Warning", "The protocol SCTP is not loaded.", OLD_NET),
  blocked("rds", "PICKET-MOD-10", "Warning", "The protocol RDS is not loaded.", OLD_NET),
  blocked("tipc", "PICKET-MOD-11", "Warning", "The protocol TIPC is not loaded.", OLD_NET),
  blocked("n_hdlc", "PICKET-MOD-12", "Warning", "The line discipline HDLC is not loaded.", OLD_NET),
  blocked("ax25", "PICKET-MOD-13", "Informational", "The protocol AX.25 is not loaded.", OLD_NET),
  blocked(
    "firewire-ohci",
    "PICKET-MOD-14",
    "Informational",
    "FireWire is not loaded.",
    "What is plugged in reads the memory.",
  ),
  blocked("vivid", "PICKET-MOD-15", "Informational", "The driver for testing video is not loaded.", OLD_NET),
  custom(
    "Kernel Modules",
    [
      "PICKET-MOD-16",
      "Critical",
      "Every loaded module came with the kernel or is signed.",
      "Rootkits are modules that came from elsewhere.",
    ],
    byHand(
      "Find out where the module came from (modinfo NAME), remove it and what loads it.",
      "modprobe NAME",
    ),
    async (host) => {
      const text = await textAt(host, "/proc/modules");
      if (text === undefined) return skipped("this kernel has no modules");
      const bad = [...text.matchAll(/^(\S+) .*\(([A-Z]*[EOF][A-Z]*)\)/gm)].map(
        ([, name, marks]) => `${name} (${marks})`,
      );
      return finding(
        bad.length === 0,
        `${bad.slice(0, 8).join(", ")}: O is not of the kernel's tree, E is not signed, F was forced`,
      );
    },
  ),
  custom(
    "Kernel Modules",
    [
      "PICKET-MOD-17",
      "Informational",
      "The kernel takes signed modules only.",
      "Root could load one that hides everything.",
    ],
    byHand("Start the kernel with module.sig_enforce=1.", "Take it out of the kernel's command line."),
    async (host) => {
      const text = await textAt(host, "/sys/module/module/parameters/sig_enforce");
      if (text === undefined) return skipped("this kernel has no modules");
      return text.trim() === "Y" ? passes : finding(false, "module.sig_enforce is N");
    },
  ),
  custom(
    "Kernel Modules",
    [
      "PICKET-MOD-18",
      "Informational",
      "Wireless is blocked where it has no use.",
      "It is a way in that no firewall sees.",
    ],
    { remediation: "rfkill block all", undo: "rfkill unblock all" },
    async (host) => {
      const names = await host.list("/sys/class/rfkill").catch(() => []);
      if (names.length === 0) return skipped("there is no radio");
      const open: string[] = [];
      for (const name of names)
        if ((await textAt(host, `/sys/class/rfkill/${name}/soft`))?.trim() === "0")
          open.push((await textAt(host, `/sys/class/rfkill/${name}/name`))?.trim() ?? name);
      return finding(open.length === 0, `${open.join(", ")} may send`);
    },
  ),
];
