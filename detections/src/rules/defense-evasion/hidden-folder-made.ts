import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A folder was made whose name people overlook: dots and blanks only, or hidden where programs of the system lie. */
export const hiddenFolderMade = commandRule({
  id: "hidden-folder-made",
  alertType: "Picket_HiddenFolderMade",
  name: "Folder with a misleading name made",
  severity: "Medium",
  about:
    "A folder was made whose name people overlook: dots and blanks only, or hidden where programs of the system lie.",
  tactics: ["Defense Evasion"],
  techniques: ["T1564.001"],
  falsePositives: ["Tools that keep their state in a hidden folder of a home; those are left alone."],
  witness: ["mkdir", "install"],
  sees: (reading) =>
    find(
      reading,
      /^mkdir$/,
      ({ argv, text }) =>
        argv
          .slice(1)
          .some(
            (word) =>
              /(?:^|\/)(?:\.{3,}|\.\.?\s+|\s+)(?:\/|$)/.test(word) ||
              /^\/(?:tmp|var\/tmp|dev\/shm|dev|usr\/(?:bin|sbin|lib)|lib|bin|sbin|etc|boot)\/\.[^./X][^/]*\/?$/.test(
                word,
              ),
          ) || /mkdir\s.*\/(?:\.{3,}|\.\.? )(?:\/|\s|$)/.test(text),
    ),
  did: "made a folder that people overlook",
  because: "its name is made to be overlooked",
  fires: ["mkdir /tmp/...", "mkdir -p /dev/shm/.k", 'sh -c mkdir "/var/tmp/.. "', "mkdir /usr/lib/.libs"],
  silent: [
    "mkdir -p /home/op/.config/app",
    "mkdir /tmp/build",
    "mkdir -p /root/.ssh",
    "mkdir /tmp/.X11-unix",
    "mkdir -p ../out",
    "mkdir -p .git/hooks",
  ],
});
