import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";
import { ancestryOf, find, parentOf } from "../../shell/look.js";

/** Root ran a script from a folder that anybody may write to: whoever wrote it first runs as root. */
export const interpreterFromTemp = commandRule({
  id: "interpreter-from-temp",
  alertType: "Picket_InterpreterFromTemp",
  name: "Script run from a temporary folder by root",
  severity: "Low",
  about: "Root ran a script from a folder that anybody may write to: whoever wrote it first runs as root.",
  tactics: ["Execution"],
  techniques: ["T1059", "T1036.005"],
  falsePositives: ["Installers unpack their scripts to /tmp and run them there."],
  witness: ["/tmp/", "/var/tmp/"],
  sees: (reading, event) => {
    if (textOf(event, "UserName") !== "root" && textOf(event, "UserId") !== "0") return undefined;
    if (
      /\/(?:dpkg|apt|apt-get|rpm|pip[\d.]*|npm|node|make|cmake|cc1|gcc|go|cargo|ninja|dracut|mkinitramfs|update-initramfs|debconf|ansible\S*|python[\d.]*)$/.test(
        parentOf(event),
      ) ||
      /(?:dpkg|apt-get|mkinitramfs|pip|npm|configure|make|ansible)/.test(ancestryOf(event))
    )
      return undefined;
    return find(reading, /^(?:ba|da|a)?sh$|^python[\d.]*$|^perl$|^ruby$/, ({ argv }) =>
      /^\/(?:var\/)?tmp\/[^/]+\.(?:sh|py|pl|rb)$/.test(argv[1] ?? ""),
    );
  },
  did: "ran a script from a temporary folder",
  because: "anybody can write there, and root runs it",
  fires: ["sh /tmp/a.sh", "python3 /var/tmp/x.py --run", "bash /tmp/install.sh"],
  silent: [
    { line: "sh /tmp/a.sh", user: "op" },
    "sh /opt/app/run.sh",
    { line: "sh /tmp/x.postinst.sh configure", parent: "/usr/bin/dpkg" },
    "cat /tmp/a.sh",
    "python3 -m venv /tmp/venv",
    "sh /tmp/pip-build-abc/setup/run.sh",
  ],
});
