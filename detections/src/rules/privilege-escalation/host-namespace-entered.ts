import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";
import { find, parentOf } from "../../shell/look.js";

/** A program was started inside the namespaces of the first process: out of a container and into the host. */
export const hostNamespaceEntered = commandRule({
  id: "host-namespace-entered",
  alertType: "Picket_HostNamespaceEntered",
  name: "Namespaces of the host entered",
  severity: "High",
  about:
    "A program was started inside the namespaces of the first process: out of a container and into the host.",
  tactics: ["Privilege Escalation"],
  techniques: ["T1611"],
  falsePositives: ["Node agents of clusters and debugging tools do so on purpose."],
  witness: ["nsenter", "/proc/1/root", "/proc/1/ns"],
  sees: (reading, event) =>
    /\/(?:kubelet|containerd-shim\S*|csi-\S+|lxcfs|snapd|flatpak)$/.test(parentOf(event))
      ? undefined
      : (reading.commands.find(
          ({ via, argv, name }) =>
            (via.includes("nsenter") || name === "nsenter") &&
            (/--?t(?:arget)?[= ]?1\b/.test(reading.plain) ||
              /--target[= ]1\b|-t\s*1\b/.test(textOf(event, "CommandLine"))) &&
            argv.length > 0,
        )?.text ??
        find(reading, /^(?:chroot|cat|ls|cp)$/, ({ text }) => /\/proc\/1\/root\b/.test(text)) ??
        /\bchroot\s+\/proc\/1\/root\b/.exec(`${reading.plain}\n${textOf(event, "CommandLine")}`)?.[0]),
  did: "entered the namespaces of the host",
  because: "it leaves the container that it is in",
  fires: [
    "nsenter -t 1 -m -u -i -n sh",
    "nsenter --target 1 --mount -- bash",
    "chroot /proc/1/root /bin/bash",
    "sh -c cat /proc/1/root/etc/shadow",
  ],
  silent: [
    "nsenter -t 4321 -n ip a",
    "lsns",
    "ls -l /proc/1/ns",
    { line: "nsenter --target 1 --mount -- mount", parent: "/usr/bin/kubelet" },
    "chroot /srv/chroot /bin/sh",
    "readlink /proc/1/ns/mnt",
  ],
});
