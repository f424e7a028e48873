import { commandRule } from "../../command-rule.js";
import { ancestryOf, parentOf, TEMPORARY, writesTo } from "../../shell/look.js";

/** A script was written into a folder whose programs start on an event: a network that comes up, a login, a package that is installed, a session. */
export const eventScriptPlanted = commandRule({
  id: "event-script-planted",
  alertType: "Picket_EventScriptPlanted",
  name: "Script planted where events start it",
  severity: "Medium",
  about:
    "A script was written into a folder whose programs start on an event: a network that comes up, a login, a package that is installed, a session.",
  tactics: ["Persistence"],
  techniques: ["T1546"],
  falsePositives: ["Administrators who add a hook of their own; it is written with an editor as a rule."],
  witness: [
    "dispatcher",
    "update-motd.d",
    "apt.conf.d",
    "dhclient",
    "if-up.d",
    "autostart",
    "ppp/ip-up",
    "networkd-dispatcher",
    "acpi",
    "logrotate.d",
    "hotplug",
    "initramfs",
  ],
  sees: (reading, event) =>
    /(?:dpkg|rpm|ansible|opkg|cloud-init)/.test(`${parentOf(event)}\n${ancestryOf(event)}`)
      ? undefined
      : writesTo(
          reading,
          /^(?:\/etc\/(?:NetworkManager\/dispatcher\.d|networkd-dispatcher\/\S+|update-motd\.d|apt\/apt\.conf\.d|dhcp\/dhclient-\w+-hooks\.d|network\/if-(?:up|down|pre-up|post-down)\.d|ppp\/ip-(?:up|down)\.d|acpi|logrotate\.d|hotplug\.d\/\w+|initramfs-tools\/(?:hooks|scripts)\S*)|\/(?:home\/[^/]+|root)\/\.config\/autostart|\/etc\/xdg\/autostart)\/\S+$/,
          ({ name, argv }) =>
            /^(?:echo|printf|cat|tee|curl|wget)$/.test(name) ||
            argv.slice(1, -1).some((word) => TEMPORARY.test(word)),
        ),
  did: "planted a script that an event starts",
  because: "it runs whenever that event comes",
  fires: [
    "sh -c echo '/tmp/x &' > /etc/network/if-up.d/x",
    "sh -c printf '#!/bin/sh\\n/tmp/x' > /etc/update-motd.d/00-header",
    "sh -c echo 'APT::Update::Pre-Invoke {\"/tmp/x\";};' > /etc/apt/apt.conf.d/99x",
    "cp /tmp/a.desktop /root/.config/autostart/a.desktop",
  ],
  silent: [
    "ls /etc/update-motd.d",
    "run-parts /etc/network/if-up.d",
    "cat /etc/apt/apt.conf.d/50unattended-upgrades",
    { line: "cp a /etc/logrotate.d/a", parent: "/usr/bin/dpkg" },
    "cp rotate.conf /etc/logrotate.d/app",
    "logrotate /etc/logrotate.conf",
  ],
});
