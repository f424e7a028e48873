import { commandRule } from "../../command-rule.js";
import { find, parentOf, writesTo } from "../../shell/look.js";

/** A file through which the kernel starts programs as root was written: the classic way out of a container. */
export const kernelCallbackWritten = commandRule({
  id: "kernel-callback-written",
  alertType: "Picket_KernelCallbackWritten",
  name: "Program registered for the kernel to start",
  severity: "High",
  about:
    "A file through which the kernel starts programs as root was written: the classic way out of a container.",
  tactics: ["Privilege Escalation", "Persistence"],
  techniques: ["T1611", "T1068"],
  falsePositives: ["Crash collectors set core_pattern at boot; they are services and no shells."],
  witness: [
    "release_agent",
    "core_pattern",
    "uevent_helper",
    "notify_on_release",
    "binfmt_misc",
    "modprobe_path",
    "kernel.modprobe",
  ],
  sees: (reading, event) =>
    /\/(?:systemd\S*|apport|abrtd|systemd-coredump|postinst|dpkg|qemu-binfmt\S*)$/.test(parentOf(event))
      ? undefined
      : (writesTo(
          reading,
          /\/(?:release_agent|notify_on_release)$|^\/proc\/sys\/kernel\/(?:core_pattern|modprobe|hotplug)$|^\/sys\/kernel\/uevent_helper$|^\/proc\/sys\/fs\/binfmt_misc\/register$/,
        ) ??
        find(reading, /^sysctl$/, ({ text }) =>
          /kernel\.core_pattern=['"]?\|(?!\/usr\/(?:share\/apport|lib\/systemd|libexec\/abrt))|kernel\.modprobe=(?!\/s?bin\/modprobe)/.test(
            text,
          ),
        )),
  did: "registered a program for the kernel to start",
  because: "the kernel starts it as root on the host, out of any container",
  fires: [
    "sh -c echo /tmp/x > /tmp/cgrp/release_agent",
    "sh -c echo '|/tmp/x' > /proc/sys/kernel/core_pattern",
    "sysctl -w kernel.core_pattern=|/tmp/x",
    "sh -c echo 1 > /tmp/cgrp/x/notify_on_release",
  ],
  silent: [
    "cat /proc/sys/kernel/core_pattern",
    "sysctl kernel.core_pattern",
    "sysctl -w kernel.core_pattern=core",
    {
      line: "sh -c echo '|/usr/share/apport/apport' > /proc/sys/kernel/core_pattern",
      parent: "/usr/lib/systemd/systemd",
    },
    "ls /proc/sys/fs/binfmt_misc/",
    "sysctl -w net.ipv4.ip_forward=1",
  ],
});
