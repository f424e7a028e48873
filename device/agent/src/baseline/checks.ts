// A list.
import { type Check, finding, passes } from "./check.js";
import { accounts, fileRights, fileText, kernelSetting, mountOptions, sshOption } from "./kinds.js";

const rule = (id: Check["id"], severity: Check["severity"], expects: string) => ({ id, severity, expects });

/** The checks, in our own words. They read files and start nothing. */
export const checks: readonly Check[] = [
  kernelSetting(
    rule("PICKET-KRN-01", "Important", "Addresses in memory are chosen at random for every program."),
    "kernel.randomize_va_space",
    [2],
  ),
  kernelSetting(
    rule("PICKET-KRN-02", "Warning", "Only privileged users see addresses of the kernel."),
    "kernel.kptr_restrict",
    [1, 2],
  ),
  kernelSetting(
    rule("PICKET-KRN-03", "Warning", "Only privileged users read the kernel's log."),
    "kernel.dmesg_restrict",
    [1],
  ),
  kernelSetting(
    rule("PICKET-KRN-04", "Important", "Programs with special rights leave no memory image when they crash."),
    "fs.suid_dumpable",
    [0],
  ),
  kernelSetting(
    rule("PICKET-KRN-05", "Warning", "A program can watch only its own descendants."),
    "kernel.yama.ptrace_scope",
    [1, 2, 3],
  ),
  kernelSetting(
    rule("PICKET-KRN-06", "Important", "Users cannot trick others through hard links in shared folders."),
    "fs.protected_hardlinks",
    [1],
  ),
  kernelSetting(
    rule("PICKET-KRN-07", "Important", "Users cannot trick others through symbolic links in shared folders."),
    "fs.protected_symlinks",
    [1],
  ),
  kernelSetting(
    rule("PICKET-KRN-08", "Warning", "Users without privileges cannot load BPF programs."),
    "kernel.unprivileged_bpf_disabled",
    [1, 2],
  ),
  kernelSetting(
    rule("PICKET-NET-01", "Important", "The host does not take routes from packets."),
    "net.ipv4.conf.all.accept_source_route",
    [0],
  ),
  kernelSetting(
    rule("PICKET-NET-02", "Important", "The host does not let others change its routes by ICMP."),
    "net.ipv4.conf.all.accept_redirects",
    [0],
  ),
  kernelSetting(
    rule("PICKET-NET-03", "Important", "The host does not let others change its IPv6 routes by ICMP."),
    "net.ipv6.conf.all.accept_redirects",
    [0],
  ),
  kernelSetting(
    rule("PICKET-NET-04", "Warning", "Floods of half-open connections are answered with cookies."),
    "net.ipv4.tcp_syncookies",
    [1, 2],
  ),
  kernelSetting(
    rule("PICKET-NET-05", "Warning", "Packets whose source cannot be true are dropped."),
    "net.ipv4.conf.all.rp_filter",
    [1, 2],
  ),
  kernelSetting(
    rule("PICKET-NET-06", "Informational", "Broadcast pings are not answered."),
    "net.ipv4.icmp_echo_ignore_broadcasts",
    [1],
  ),
  fileRights(
    rule("PICKET-FIL-01", "Critical", "Only root changes the list of accounts."),
    "/etc/passwd",
    0o644,
  ),
  fileRights(
    rule("PICKET-FIL-02", "Critical", "Only root and its group read the hashes of passwords."),
    "/etc/shadow",
    0o640,
  ),
  fileRights(rule("PICKET-FIL-03", "Critical", "Only root changes the list of groups."), "/etc/group", 0o644),
  fileRights(rule("PICKET-FIL-04", "Critical", "Only root says who may act as root."), "/etc/sudoers", 0o440),
  fileRights(
    rule("PICKET-FIL-05", "Important", "Only root changes how the SSH server works."),
    "/etc/ssh/sshd_config",
    0o644,
  ),
  fileRights(
    rule("PICKET-FIL-06", "Important", "Only root changes what the system starts by time."),
    "/etc/crontab",
    0o644,
  ),
  fileRights(
    rule("PICKET-FIL-07", "Important", "Shared temporary files are each their owner's."),
    "/tmp",
    0o1777,
  ),
  sshOption(rule("PICKET-SSH-01", "Important", "Nobody logs in as root with a password over SSH."), {
    name: "PermitRootLogin",
    fallback: "prohibit-password",
    isGood: (value) => value !== "yes",
  }),
  sshOption(rule("PICKET-SSH-02", "Critical", "Empty passwords do not open an SSH session."), {
    name: "PermitEmptyPasswords",
    fallback: "no",
    isGood: (value) => value === "no",
  }),
  sshOption(rule("PICKET-SSH-03", "Warning", "SSH sessions need a key, not a password."), {
    name: "PasswordAuthentication",
    fallback: "yes",
    isGood: (value) => value === "no",
  }),
  sshOption(rule("PICKET-SSH-04", "Warning", "An SSH connection has few tries to log in."), {
    name: "MaxAuthTries",
    fallback: "6",
    isGood: (value) => Number(value) <= 6,
  }),
  accounts(
    rule("PICKET-ACC-01", "Critical", "Every account with a password has one that is not empty."),
    "/etc/shadow",
    ([, hash]) => hash === "",
  ),
  accounts(
    rule("PICKET-ACC-02", "Critical", "Only root has the user id 0."),
    "/etc/passwd",
    ([name, , id]) => id === "0" && name !== "root",
  ),
  accounts(
    rule("PICKET-ACC-03", "Important", "No two accounts share a user id."),
    "/etc/passwd",
    ([name, , id], all) => all.some(([other, , otherId]) => otherId === id && other !== name),
  ),
  accounts(
    rule("PICKET-ACC-04", "Important", "Passwords are kept with a hash of this century."),
    "/etc/shadow",
    ([, hash = ""]) => /^(?:\$1\$|[A-Za-z0-9./]{13}$)/.test(hash),
  ),
  accounts(
    rule("PICKET-ACC-05", "Important", "Hashes of passwords stand in no file that all may read."),
    "/etc/passwd",
    ([, password = ""]) => !["x", "*", "!", "!!"].includes(password),
  ),
  mountOptions(
    rule("PICKET-MNT-01", "Warning", "Nothing in shared memory gains special rights."),
    "/dev/shm",
    ["nosuid", "nodev"],
  ),
  mountOptions(rule("PICKET-MNT-02", "Warning", "Nothing in /tmp gains special rights."), "/tmp", [
    "nosuid",
    "nodev",
  ]),
  fileText(
    rule("PICKET-PRE-01", "Critical", "No library is forced into every program."),
    "/etc/ld.so.preload",
    (text) =>
      text.trim() === "" ? passes : finding(false, `/etc/ld.so.preload names ${text.trim().slice(0, 200)}`),
  ),
];
