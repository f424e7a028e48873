import { commandRule } from "../../command-rule.js";

/** A program with the name of a service of the system runs from a folder where services do not lie. */
export const systemNameInTemp = commandRule({
  id: "system-name-in-temp",
  alertType: "Picket_SystemNameInTemp",
  name: "System program's name in an unusual folder",
  severity: "High",
  about: "A program with the name of a service of the system runs from a folder where services do not lie.",
  tactics: ["Defense Evasion"],
  techniques: ["T1036.005", "T1036.003"],
  falsePositives: ["Test builds of such services by their developers."],
  witness: ["/tmp/", "/dev/shm/", "/run/shm/", "/var/run/", "/var/lock/", "/mnt/", "/media/", "/."],
  sees: (reading) =>
    reading.commands.find(
      ({ argv }) =>
        /^\/(?:tmp|var\/tmp|dev\/shm|run\/shm|var\/run|var\/lock|home\/[^/]+\/\.[^/]+|root\/\.[^/]+|mnt|media)\/(?:[^/]+\/){0,3}(?:sshd|systemd[\w-]*|crond?|kworker[\w:/-]*|kswapd\d*|kthreadd\w*|dbus-daemon|init|s?udevd|httpd|nginx|apache2|rsyslogd|networkd|ntpd|chronyd|agetty|dockerd|java|mysqld|bash|sh|top|ps)$/.test(
          argv[0] ?? "",
        ) &&
        !/\/(?:build|target|venv|node_modules|\.sdkman|\.jdks?|\.vscode\S*|\.cache\/bazel)\//.test(
          argv[0] ?? "",
        ),
    )?.text,
  did: "ran a program under a system's name from an unusual folder",
  because: "it has the name of a service and lies where services do not",
  fires: [
    "/tmp/sshd",
    "/dev/shm/systemd-networkd -c x",
    "/var/tmp/.q/kworker -B",
    "sh -c cd /tmp; /tmp/bash -p",
  ],
  silent: [
    "/usr/sbin/sshd -D",
    "/usr/lib/systemd/systemd-networkd",
    "/opt/nginx/sbin/nginx",
    "ls /tmp/sshd",
    "/usr/sbin/cron -f",
    "/home/dev/.sdkman/candidates/java/bin/java -version",
  ],
});
