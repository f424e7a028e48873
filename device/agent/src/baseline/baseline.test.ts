import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Baseline } from "../collectors/os-baseline.js";
import { type Host, thisHost } from "../host.js";
import { type HostParts, hostileTexts, hostOf, violationsOf } from "../testing.js";
import { groups } from "./check.js";
import { checks } from "./checks.js";
import { checksOf } from "./custom-checks.js";
import { runChecks } from "./run.js";

const all = { groupsDisabled: [], checksDisabled: [] };
async function resultOf(id: string, host: Host): Promise<string> {
  const [found] = await runChecks(
    host,
    checks.filter((check) => check.id === id),
    all,
  );
  return found
    ? `${found.result}${found.evidence === "" ? "" : `: ${found.evidence}`}`
    : "there is no such check";
}

describe("every check", () => {
  test("there are at least 150, each with an id of its own", () => {
    expect(checks.length).toBeGreaterThanOrEqual(150);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });

  test.each(checks)("$id says in sentences what is right and why, and how to mend and put back", (check) => {
    expect(check.id).toMatch(/^PICKET-[A-Z]{3}-\d\d$/);
    expect(check.expects).toMatch(/^[A-Z].*\.$/s);
    expect(check.why).toMatch(/^[A-Z].*\.$/s);
    expect(groups).toContain(check.group);
    expect(check.remediation.length * check.undo.length).toBeGreaterThan(0);
  });

  test("its scripts are scripts of the shell", () => {
    for (const { remediation, undo } of checks)
      for (const script of [remediation, undo]) execFileSync("/bin/sh", ["-n"], { input: `${script}\n` });
  });

  test("is skipped, passed or failed on an empty host, and fails nowhere by itself", async () => {
    const results = await runChecks(hostOf({}), checks, all);
    expect(results.filter(({ result }) => result === "Error")).toEqual([]);
  });

  test.each(hostileTexts)("survives files that hold $name", async ({ text }) => {
    const host: Host = {
      ...hostOf({}),
      read: async () => text,
      list: async () => [text, "a.conf"],
      bytes: async () => Buffer.from(text),
    };
    const results = await runChecks(host, checks, all);
    expect(results).toHaveLength(checks.length);
  });

  test("of this host takes less than three seconds and starts no program", async () => {
    const host: Host = { ...thisHost, run: () => Promise.reject(new Error("a program was started")) };
    const since = performance.now();
    const results = await runChecks(host, checks, all);
    expect(performance.now() - since).toBeLessThan(3_000);
    expect(results.filter(({ result }) => result === "Error")).toEqual([]);
  });
});

interface Case {
  readonly id: string;
  readonly name: string;
  readonly host: HostParts;
  readonly result: string;
}
const file = (path: string, text: string): HostParts => ({ files: { [path]: text } });
const sshd = (text: string): HostParts => file("/etc/ssh/sshd_config", text);
const passwd = (text: string): HostParts => file("/etc/passwd", text);

const cases: readonly Case[] = [
  {
    id: "PICKET-KRN-01",
    name: "a setting that is right",
    host: file("/proc/sys/kernel/randomize_va_space", "2\n"),
    result: "Pass",
  },
  {
    id: "PICKET-KRN-01",
    name: "a setting that is wrong",
    host: file("/proc/sys/kernel/randomize_va_space", "0\n"),
    result: "Fail: kernel.randomize_va_space is 0, expected 2",
  },
  {
    id: "PICKET-KRN-01",
    name: "a setting that the kernel does not have",
    host: {},
    result: "Skip: this kernel has no kernel.randomize_va_space",
  },
  {
    id: "PICKET-FIL-02",
    name: "rights that are less than allowed",
    host: { states: { "/etc/shadow": { mode: 0o100_600 } } },
    result: "Pass",
  },
  {
    id: "PICKET-FIL-02",
    name: "rights that are more",
    host: { states: { "/etc/shadow": { mode: 0o100_644 } } },
    result: "Fail: /etc/shadow has mode 0644, expected 0640 or less",
  },
  {
    id: "PICKET-FIL-02",
    name: "another owner",
    host: { states: { "/etc/shadow": { mode: 0o100_600, uid: 5 } } },
    result: "Fail: /etc/shadow belongs to user 5, expected 0",
  },
  {
    id: "PICKET-FIL-07",
    name: "a shared folder without its bit",
    host: { states: { "/tmp": { mode: 0o040_777, isDirectory: true } } },
    result: "Fail: /tmp has mode 0777, expected 1777",
  },
  {
    id: "PICKET-FIL-45",
    name: "a key that all may read",
    host: { states: { "/etc/ssh/ssh_host_rsa_key": { mode: 0o100_644 } } },
    result: "Fail: in /etc/ssh ssh_host_rsa_key has mode 0644 and owner 0, expected 0640 or less and owner 0",
  },
  {
    id: "PICKET-SSH-01",
    name: "an option that is not said has the server's default",
    host: sshd("Port 22\n"),
    result: "Pass",
  },
  {
    id: "PICKET-SSH-01",
    name: "the first value counts",
    host: sshd("PermitRootLogin yes\nPermitRootLogin no\n"),
    result: "Fail: PermitRootLogin is yes, expected prohibit-password",
  },
  {
    id: "PICKET-SSH-01",
    name: "a value for some connections only does not count",
    host: sshd("Match User git\n  PermitRootLogin yes\n"),
    result: "Pass",
  },
  {
    id: "PICKET-SSH-03",
    name: "an included file stands before",
    host: {
      files: {
        "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n",
        "/etc/ssh/sshd_config.d/50-x.conf": "PasswordAuthentication no\n",
      },
    },
    result: "Pass",
  },
  {
    id: "PICKET-SSH-18",
    name: "a weak cipher among good ones",
    host: sshd("Ciphers aes256-ctr,aes128-cbc\n"),
    result:
      "Fail: Ciphers is aes256-ctr,aes128-cbc, expected chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com",
  },
  { id: "PICKET-SSH-09", name: "a time in minutes", host: sshd("ClientAliveInterval 5m\n"), result: "Pass" },
  {
    id: "PICKET-ACC-01",
    name: "an account without a password",
    host: file("/etc/shadow", "op::19000:0:::::\n"),
    result: "Fail: /etc/shadow: op",
  },
  {
    id: "PICKET-ACC-02",
    name: "a second root",
    host: passwd("root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n"),
    result: "Fail: /etc/passwd: toor",
  },
  {
    id: "PICKET-ACC-03",
    name: "two accounts of one number",
    host: passwd("a:x:7:7::/:/bin/sh\nb:x:7:7::/:/bin/sh\n"),
    result: "Fail: /etc/passwd: a, b",
  },
  {
    id: "PICKET-ACC-16",
    name: "a service with a shell",
    host: passwd("www:x:33:33::/var/www:/bin/bash\n"),
    result: "Fail: /etc/passwd: www",
  },
  {
    id: "PICKET-ACC-21",
    name: "the account that a board is sold with",
    host: passwd("pi:x:1000:1000::/home/pi:/bin/bash\n"),
    result: "Fail: /etc/passwd: pi",
  },
  {
    id: "PICKET-ACC-13",
    name: "a file that opens an account",
    host: { files: { "/etc/passwd": "op:x:1000:1000::/home/op:/bin/sh\n", "/home/op/.rhosts": "+" } },
    result: "Fail: /home/op/.rhosts is there",
  },
  {
    id: "PICKET-ACC-23",
    name: "sudo without a password",
    host: file("/etc/sudoers", "op ALL=(ALL) NOPASSWD: ALL\n"),
    result: "Fail: /etc/sudoers has a rule without a password",
  },
  {
    id: "PICKET-ACC-23",
    name: "the same in a comment",
    host: file("/etc/sudoers", "# op ALL=(ALL) NOPASSWD: ALL\n"),
    result: "Pass",
  },
  {
    id: "PICKET-MNT-02",
    name: "a mount without its options",
    host: file("/proc/self/mounts", "tmpfs /tmp tmpfs rw,nodev 0 0\n"),
    result: "Fail: /tmp is mounted without nosuid",
  },
  {
    id: "PICKET-MNT-02",
    name: "a folder that is no mount",
    host: file("/proc/self/mounts", "a / ext4 rw 0 0\n"),
    result: "Skip: /tmp is no mount of its own",
  },
  {
    id: "PICKET-MOD-07",
    name: "a module that is loaded",
    host: file("/proc/modules", "usb_storage 1 0 - Live 0x0\n"),
    result: "Fail: the module usb-storage is loaded",
  },
  {
    id: "PICKET-MOD-08",
    name: "a module that could be loaded",
    host: {
      files: {
        "/proc/sys/kernel/osrelease": "6.1\n",
        "/lib/modules/6.1/modules.dep": "kernel/net/dccp/dccp.ko:\n",
      },
    },
    result: "Fail: the module dccp can be loaded by whoever asks for it",
  },
  {
    id: "PICKET-MOD-08",
    name: "a module that is blocked",
    host: {
      files: {
        "/proc/sys/kernel/osrelease": "6.1\n",
        "/lib/modules/6.1/modules.dep": "kernel/net/dccp/dccp.ko:\n",
        "/etc/modprobe.d/x.conf": "install dccp /bin/false\n",
      },
    },
    result: "Pass",
  },
  {
    id: "PICKET-MOD-16",
    name: "a module from elsewhere",
    host: file("/proc/modules", "evil 1 0 - Live 0x0 (OE)\n"),
    result: "Fail: evil (OE): O is not of the kernel's tree, E is not signed, F was forced",
  },
  {
    id: "PICKET-SRV-01",
    name: "a service that starts at boot, by systemd",
    host: { links: { "/etc/systemd/system/sockets.target.wants/telnet.socket": "x" } },
    result: "Fail: the service telnet is started at boot",
  },
  {
    id: "PICKET-SRV-17",
    name: "a service that starts at boot, on Alpine",
    host: { links: { "/etc/runlevels/default/snmpd": "x" } },
    result: "Fail: the service snmpd is started at boot",
  },
  {
    id: "PICKET-PKG-01",
    name: "a program that is there",
    host: file("/usr/bin/telnet", ""),
    result: "Fail: /usr/bin/telnet is there",
  },
  {
    id: "PICKET-PWD-05",
    name: "a weak hash for new passwords",
    host: file("/etc/login.defs", "ENCRYPT_METHOD\tMD5\n"),
    result: "Fail: ENCRYPT_METHOD is MD5, expected YESCRYPT",
  },
  {
    id: "PICKET-PWD-04",
    name: "a mask that takes more away than asked for",
    host: file("/etc/login.defs", "UMASK 077\n"),
    result: "Pass",
  },
  {
    id: "PICKET-BOO-03",
    name: "protections switched off",
    host: file("/proc/cmdline", "quiet mitigations=off"),
    result: "Fail: the kernel was started with quiet mitigations=off",
  },
  {
    id: "PICKET-BOO-05",
    name: "a hole of the processor",
    host: file("/sys/devices/system/cpu/vulnerabilities/mds", "Vulnerable: no microcode\n"),
    result: "Fail: not closed: mds",
  },
  {
    id: "PICKET-UPD-01",
    name: "packages that are taken unsigned",
    host: file("/etc/apt/sources.list", "deb [trusted=yes] http://x y\n"),
    result: "Fail: not asked for in /etc/apt/sources.list",
  },
  {
    id: "PICKET-DEV-01",
    name: "a container engine that is open to all",
    host: { states: { "/var/run/docker.sock": { mode: 0o140_666 } } },
    result: "Fail: its socket has mode 666",
  },
  {
    id: "PICKET-DEV-03",
    name: "a serial line with a shell, on Yocto",
    host: file("/etc/inittab", "::respawn:-/bin/sh\n"),
    result: "Fail: a terminal logs somebody in by itself",
  },
  {
    id: "PICKET-DEV-07",
    name: "a number that every device of an image has",
    host: file("/etc/machine-id", "uninitialized\n"),
    result: "Fail: /etc/machine-id is uninitialized",
  },
  {
    id: "PICKET-PRE-01",
    name: "a library forced into everything",
    host: file("/etc/ld.so.preload", "/tmp/x.so\n"),
    result: "Fail: /etc/ld.so.preload names /tmp/x.so",
  },
];
test.each(cases)("$id: $name", async ({ id, host, result }) => {
  expect(await resultOf(id, hostOf(host))).toBe(result);
});

describe("settings of the baseline", () => {
  const wrong = hostOf(file("/proc/sys/kernel/randomize_va_space", "0"));
  test.each([
    {
      name: "a group that is switched off, in any case",
      switched: { groupsDisabled: ["kernel"], checksDisabled: [] },
    },
    {
      name: "a check that is switched off",
      switched: { groupsDisabled: [], checksDisabled: ["picket-krn-01"] },
    },
  ])("$name is skipped, and says so", async ({ switched }) => {
    const [found] = await runChecks(wrong, checks.slice(0, 1), switched);
    expect(found).toMatchObject({ result: "Skip", evidence: "it is switched off by a setting" });
  });

  test("a check that fails by itself or hangs keeps no other from being made", async () => {
    const [first] = checks;
    const broken = { ...first!, look: () => Promise.reject(new Error("EACCES")) };
    const found = await runChecks(wrong, [broken, first!], all);
    expect(found.map(({ result, evidence }) => `${result} ${evidence}`)).toEqual([
      "Error EACCES",
      "Fail kernel.randomize_va_space is 0, expected 2",
    ]);
  });
});

describe("the baseline as events", () => {
  const host = hostOf({
    files: {
      "/proc/sys/kernel/randomize_va_space": "0",
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n",
    },
  });
  test("tells what did not pass, the critical first, with evidence and scripts; and counts the rest", async () => {
    const baseline = new Baseline();
    const items = (await baseline.failed.collect(host)) ?? [];
    expect(items[0]?.Severity).toBe("Critical");
    expect(items.find(({ CceId }) => CceId === "PICKET-KRN-01")).toMatchObject({
      Description: "Addresses in memory are chosen at random for every program.",
      Result: "Fail",
      Error: "kernel.randomize_va_space is 0, expected 2",
      ExtraDetails: {
        Group: "Kernel",
        Remediation: expect.stringContaining("sysctl -w kernel.randomize_va_space=2"),
        Undo: expect.stringContaining("rm -f"),
      },
    });
    expect(violationsOf("OSBaseline", items)).toEqual([]);
    const summary = (await baseline.summary.collect(host)) ?? [];
    expect(violationsOf("BaselineSummary", summary)).toEqual([]);
    const { Checks = 0, Passed = 0, Failed = 0, Skipped = 0, Errors = 0 } = summary[0] ?? {};
    expect(Passed + Failed + Skipped + Errors).toBe(Checks);
    expect(Failed + Errors).toBe(items.length);
  });
});

describe("custom checks", () => {
  const text = JSON.stringify({
    checks: [
      {
        id: "PLANT-1",
        severity: "Critical",
        expects: "The plant's switch is set.",
        why: "Because.",
        kind: "fileText",
        path: "/etc/plant",
        line: "mode = safe",
        remediation: "echo 'mode = safe' > /etc/plant",
      },
      {
        id: "PLANT-2",
        severity: "Warning",
        expects: "The plant forwards nothing.",
        kind: "kernelSetting",
        key: "net.ipv4.ip_forward",
        values: [0],
      },
      {
        id: "PLANT-3",
        severity: "Warning",
        expects: "Only root reads the plant's key.",
        kind: "fileRights",
        path: "/etc/plant.key",
        mode: "0600",
      },
    ],
  });
  const sha256 = createHash("sha256").update(text).digest("hex");
  const files = {
    "/etc/checks.json": text,
    "/etc/plant": "mode = fast\n",
    "/proc/sys/net/ipv4/ip_forward": "1",
  };
  const states = { "/etc/plant.key": { mode: 0o100_644 } };
  const failedOf = async (given: string) => {
    const baseline = new Baseline(() => ({ ...all, custom: { path: "/etc/checks.json", sha256: given } }));
    const items = (await baseline.failed.collect(hostOf({ files, states }))) ?? [];
    return items.filter(({ ExtraDetails }) => ExtraDetails?.["Group"] === "Custom");
  };

  test("of the right file are made like our own", async () => {
    expect((await failedOf(sha256)).map((item) => `${item.CceId} ${item.Error}`)).toEqual([
      'PLANT-1 /etc/plant has no line "mode = safe"',
      "PLANT-2 net.ipv4.ip_forward is 1, expected 0",
      "PLANT-3 /etc/plant.key has mode 0644, expected 0600 or less",
    ]);
  });

  test("of another file than the twin names are not made, and that is told", async () => {
    expect(await failedOf("0".repeat(64))).toMatchObject([
      { CceId: "PICKET-CUSTOM", Result: "Err", Error: expect.stringContaining(`its SHA-256 is ${sha256}`) },
    ]);
  });

  test.each([
    { name: "no JSON", given: "{" },
    { name: "no list", given: '{"checks":7}' },
    { name: "a check without an id", given: '{"checks":[{}]}' },
    { name: "a severity of its own", given: '{"checks":[{"id":"A","severity":"Bad","expects":"x."}]}' },
    {
      name: "a kind that runs commands",
      given: '{"checks":[{"id":"A","severity":"Warning","expects":"x.","kind":"command","run":"rm -rf /"}]}',
    },
    {
      name: "an id that stands twice",
      given:
        '{"checks":[{"id":"A","severity":"Warning","expects":"x.","kind":"serviceOff","service":"a"},{"id":"A","severity":"Warning","expects":"x.","kind":"serviceOff","service":"b"}]}',
    },
    { name: "hundreds too many", given: JSON.stringify({ checks: Array.from({ length: 501 }, () => ({})) }) },
  ])("in a file with $name are refused with a reason", ({ given }) => {
    expect(() => checksOf(given, "/etc/checks.json")).toThrow(/custom checks \/etc\/checks.json/);
  });
});
