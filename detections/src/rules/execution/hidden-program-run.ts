import { commandRule } from "../../command-rule.js";

/** A program was started from a hidden folder or under a hidden name in a place that anybody may write to. */
export const hiddenProgramRun = commandRule({
  id: "hidden-program-run",
  alertType: "Picket_HiddenProgramRun",
  name: "Program run from a hidden folder",
  severity: "Medium",
  about:
    "A program was started from a hidden folder or under a hidden name in a place that anybody may write to.",
  tactics: ["Execution", "Defense Evasion"],
  techniques: ["T1564.001", "T1059.004"],
  falsePositives: [
    "Build tools keep caches with programs in hidden folders of a home; those are left alone.",
  ],
  witness: ["/."],
  sees: (reading) =>
    reading.commands.find(({ argv, name }) => {
      const isHidden = (path = ""): boolean =>
        /^\/(?:tmp|var\/tmp|dev\/shm|run|var\/run|etc|usr\/(?:lib|bin|sbin|local\/bin)|var\/lib|opt|lib|bin|sbin)\/(?:[^/]+\/){0,3}\.(?!X|ICE|font-unix|build-id|debug|org\.chromium|git\/)[^/.][^/]*(?:\/[^/]+){0,3}$/.test(
          path,
        );
      return isHidden(argv[0]) || (/^(?:ba|da|a)?sh$|^python[\d.]*$|^perl$/.test(name) && isHidden(argv[1]));
    })?.text,
  did: "ran a hidden program",
  because: "a name that begins with a dot keeps it out of sight",
  fires: [
    "/tmp/.x/xmr",
    "sh /var/tmp/.cache/run.sh",
    "sh -c cd /; nohup /usr/lib/.libs/kd &",
    "/etc/.update",
  ],
  silent: [
    "ls -la /tmp/.X11-unix",
    "/home/dev/.cargo/bin/cargo build",
    "/root/.nvm/versions/node/v20/bin/node app.js",
    "rm -rf /tmp/.cache",
    "sh ./.husky/pre-commit",
    "/opt/app/bin/app",
  ],
});
