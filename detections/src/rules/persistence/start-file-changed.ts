import { INSTALLERS } from "../../addresses.js";
import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

const STARTS =
  /^(?:\/etc\/(?:cron\.\w+\/|crontab$|systemd\/system\/|init\.d\/|rc\.local$|rc\d?\.d\/|profile\.d\/|profile$|udev\/rules\.d\/|inittab$|update-motd\.d\/|network\/if-up\.d\/)|\/var\/spool\/cron\/|\/(?:usr\/)?lib\/systemd\/system\/|\/root\/\.(?:bashrc|profile|config\/systemd\/))/;
const KEEPERS =
  /\/(?:systemctl|crontab|systemd|ansible\S*|puppet|salt-minion|chef-client|cloud-init|deb-systemd-helper)$/;

/** A file that starts programs by itself was made or changed by a program that is no installer: a service, a cron table, a start or login script, a rule of udev. */
export const startFileChanged = eventRule({
  id: "start-file-changed",
  alertType: "Picket_StartFileChanged",
  name: "File that starts programs changed",
  severity: "Medium",
  about:
    "A file that starts programs by itself was made or changed by a program that is no installer: a service, a cron table, a start or login script, a rule of udev.",
  tactics: ["Persistence"],
  techniques: ["T1543.002", "T1053.003", "T1037.004", "T1546.004"],
  remediation: "Look at what the file starts and who wrote it. Remove it if nobody knows it.",
  falsePositives: [
    "Administrators' editors and configuration management; name their program in an exception.",
  ],
  needs: "the agent's file events",
  reads: "FileChange",
  sees: (event) =>
    STARTS.test(textOf(event, "Path")) &&
    /^(?:Create|Modify)$/.test(textOf(event, "Operation")) &&
    !INSTALLERS.test(textOf(event, "Executable")) &&
    !KEEPERS.test(textOf(event, "Executable"))
      ? textOf(event, "Path")
      : undefined,
  entity: (event) => textOf(event, "Path"),
  title: (event) => `${textOf(event, "Path")} starts something on ${event.deviceId}`,
  reason: (event, matched) =>
    `${shown(matched)} was ${textOf(event, "Operation") === "Create" ? "made" : "changed"} by ${textOf(event, "Executable") || "a program that is not known"}; what it names starts by itself.`,
  next: afterFile,
  fires: [
    ["a cron table", { Path: "/etc/cron.d/upd", Operation: "Create", Executable: "/usr/bin/bash" }],
    ["a service", { Path: "/etc/systemd/system/kd.service", Operation: "Create", Executable: "/usr/bin/cp" }],
    ["a start script", { Path: "/etc/rc.local", Operation: "Modify", Executable: "/bin/sh" }],
  ],
  silent: [
    [
      "a package's service",
      { Path: "/usr/lib/systemd/system/nginx.service", Operation: "Create", Executable: "/usr/bin/dpkg" },
    ],
    [
      "a link of systemctl",
      {
        Path: "/etc/systemd/system/multi-user.target.wants/nginx.service",
        Operation: "Create",
        Executable: "/usr/bin/systemctl",
      },
    ],
    [
      "a crontab by its tool",
      { Path: "/var/spool/cron/crontabs/op", Operation: "Modify", Executable: "/usr/bin/crontab" },
    ],
    ["another file", { Path: "/etc/hosts", Operation: "Modify", Executable: "/usr/bin/bash" }],
  ],
});
