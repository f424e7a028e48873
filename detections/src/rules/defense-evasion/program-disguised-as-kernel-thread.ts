import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";

/** A program calls itself by a name in square brackets, as only threads of the kernel look in a list of processes. */
export const programDisguisedAsKernelThread = commandRule({
  id: "program-disguised-as-kernel-thread",
  alertType: "Picket_ProgramDisguisedAsKernelThread",
  name: "Program disguised as a thread of the kernel",
  severity: "High",
  about:
    "A program calls itself by a name in square brackets, as only threads of the kernel look in a list of processes.",
  tactics: ["Defense Evasion"],
  techniques: ["T1036.009", "T1036.004"],
  falsePositives: ["None are known: threads of the kernel are never started by a command."],
  witness: ["[k", "[w", "[m", "[s", "[r", "[c", "[e", "[i", "[j", "[n", "[x", "[b", "exec -a"],
  sees: (reading, event) => {
    const line = textOf(event, "CommandLine");
    const executable = textOf(event, "Executable");
    if (/^\[[a-z][\w/:.-]{2,30}\]\s*$/.test(line) && executable.startsWith("/")) return line;
    return /\bexec\s+-a\s+['"]?\[?(?:k(?:worker|swapd|thread|softirq|devtmpfs)|migration|watchdog|rcu_|jbd2|systemd|sshd|crond?|dbus)[^\s]{0,30}/.exec(
      `${reading.plain}\n${line}`,
    )?.[0];
  },
  did: "disguised a program as a thread of the kernel",
  because: "threads of the kernel have no program and are not started by commands",
  fires: [
    { line: "[kworker/0:1]", executable: "/tmp/.x/kw" },
    "bash -c exec -a '[kswapd0]' /tmp/x",
    "sh -c exec -a sshd /dev/shm/a",
  ],
  silent: [
    "ps aux | grep [k]worker",
    "bash -c exec -a app /opt/app/bin/app",
    "grep [m]ysqld list",
    "sh -c [ -f /etc/x ] && exec /opt/run",
    "bash -c [[ -d /tmp ]]",
    "test -n [x]",
  ],
});
