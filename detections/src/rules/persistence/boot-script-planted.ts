import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf, TEMPORARY, writesTo } from "../../shell/look.js";

/** A script that runs at every start of the device was written or made to run by a command. */
export const bootScriptPlanted = commandRule({
  id: "boot-script-planted",
  alertType: "Picket_BootScriptPlanted",
  name: "Start script planted",
  severity: "Medium",
  about: "A script that runs at every start of the device was written or made to run by a command.",
  tactics: ["Persistence"],
  techniques: ["T1037.004", "T1543"],
  falsePositives: ["Vendors' installers; those of packages are left alone."],
  witness: ["rc.local", "init.d", "rcs", "rc.d", "inittab", "rc.common", "s99", "/etc/local.d"],
  sees: (reading, event) => {
    if (/(?:dpkg|rpm|opkg|apk|ansible|invoke-rc\.d)/.test(`${parentOf(event)}\n${ancestryOf(event)}`))
      return undefined;
    return (
      writesTo(
        reading,
        /^\/etc\/(?:rc\.local|rc\.d\/rc\.local|init\.d\/\S+|rc\d?\.d\/\S+|rcS\.d\/\S+|inittab|local\.d\/\S+)$/,
        ({ name, argv, redirections }) =>
          /^(?:echo|printf|cat|tee|curl|wget)$/.test(name) ||
          argv.slice(1, -1).some((word) => TEMPORARY.test(word)) ||
          (name === "" && redirections.length > 0),
      ) ??
      find(
        reading,
        /^(?:update-rc\.d|chkconfig|rc-update)$/,
        ({ argv }) =>
          argv.some((word) => /^\.|^[a-z]{12,}$/.test(word)) &&
          argv.some((word) => /^(?:defaults|--add|add|on)$/.test(word)),
      )
    );
  },
  did: "planted a start script",
  because: "it runs at every start from now on",
  fires: [
    "sh -c echo '/tmp/x &' >> /etc/rc.local",
    "cp /var/tmp/k /etc/init.d/k",
    "sh -c cat x > /etc/init.d/S99upd",
    "sh -c echo '::respawn:/tmp/x' >> /etc/inittab",
  ],
  silent: [
    "/etc/init.d/networking restart",
    "cat /etc/rc.local",
    "update-rc.d nginx defaults",
    "chmod +x /etc/rc.local",
    { line: "cp x /etc/init.d/app", parent: "/usr/bin/dpkg" },
    "ls /etc/init.d",
  ],
});
