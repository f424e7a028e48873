import { commandRule } from "../../command-rule.js";
import { find, hasFlag, operandsOf } from "../../shell/look.js";

const WHOLE =
  /^(?:\/+|\/+\*|\/+(?:var\/(?:www|lib|mail|backups?)|home|root|srv|opt|etc|usr|boot|media|mnt|data|lib|bin|sbin|bin|lib64)(?:\/+\*?)?)$/;

/** Whole folders are removed at once, as Fairware does before it asks for money and as wipers do for nothing. */
export const fairwareBehaviour = commandRule({
  id: "fairware-behaviour",
  alertType: "IoT_FairwareMalware",
  name: "Behavior similar to Fairware ransomware detected",
  severity: "Medium",
  about:
    "Whole folders are removed at once, as Fairware does before it asks for money and as wipers do for nothing.",
  tactics: ["Impact"],
  techniques: ["T1485"],
  falsePositives: [
    "Image builds and installers that remove a tree below a folder that they mounted themselves.",
  ],
  witness: ["rm", "find", "dd"],
  sees: (reading) =>
    find(
      reading,
      /^rm$/,
      (command) =>
        hasFlag(command, "r", "R", "--recursive") && operandsOf(command).some((path) => WHOLE.test(path)),
    ) ??
    find(
      reading,
      /^find$/,
      ({ argv }) =>
        argv.includes("-delete") &&
        WHOLE.test(argv[1] ?? "") &&
        !argv.some((word) => /^-(?:name|iname|path|regex|mtime|mmin|empty|user|newer|size|xdev)$/.test(word)),
    ),
  did: "removed whole folders",
  because: "it removes a top-level folder with everything in it",
  fires: [
    "rm -rf /var/www/",
    "rm -r -f /home",
    "rm -rf /*",
    "rm -rf --no-preserve-root /",
    "sh -c cd / && sudo rm --recursive --force /etc /usr",
    "find /srv -delete",
  ],
  silent: [
    "rm -rf /tmp/build",
    "rm -rf /var/lib/apt/lists/partial",
    "rm -f /var/run/x.pid",
    "rm -rf /home/op/project/node_modules",
    "rm -rf /opt/app/releases/20260101",
    "find /var/lib/php/sessions -mmin +24 -delete",
    'sh -c rm -rf "$DESTDIR"/usr',
    "rm -rf ./usr ./etc",
  ],
});
