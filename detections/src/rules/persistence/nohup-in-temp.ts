import { commandRule } from "../../command-rule.js";
import { directoryOf, TEMPORARY } from "../../shell/look.js";
import type { Reading } from "../../shell/reading.js";

/** A program from a temporary or hidden folder was made to outlive its session. */
export const nohupInTemp = commandRule({
  id: "nohup-in-temp",
  alertType: "IoT_SuspiciousNohup",
  name: "Detected suspicious use of the nohup command",
  severity: "Medium",
  about: "A program from a temporary or hidden folder was made to outlive its session.",
  tactics: ["Persistence", "Execution"],
  techniques: ["T1036.005", "T1059.004"],
  falsePositives: ["Developers who leave a build or a test running in /tmp; a device in service has none."],
  witness: ["nohup", "setsid", "disown"],
  sees: (reading, event) => {
    const isTemporary = (path: string): boolean =>
      TEMPORARY.test(path) ||
      /\/\.[^./]/.test(path) ||
      (path.startsWith("./") && TEMPORARY.test(`${directoryOf(event)}/`));
    return (
      reading.commands.find(
        ({ via, argv }) =>
          (via.includes("nohup") || via.includes("setsid")) &&
          (isTemporary(argv[0] ?? "") ||
            (/(?:^|\/)(?:ba|da|a)?sh$/.test(argv[0] ?? "") && isTemporary(argv[1] ?? ""))),
      )?.text ??
      (/^\s*\S*nohup\s+\.\/a\.out\b/.test(reading.plain) ? reading.plain : undefined) ??
      cdThenNohup(reading)
    );
  },
  did: "detached a program in a temporary or hidden place",
  because: "it goes on after its session ends, from where programs do not belong",
  fires: [
    "nohup /tmp/x &",
    "nohup /dev/shm/.k/run",
    "sh -c cd /tmp; nohup ./x >/dev/null 2>&1 &",
    { line: "nohup ./a", directory: "/var/tmp" },
    "setsid /var/tmp/.cache/kswapd0",
  ],
  silent: [
    "nohup /usr/local/bin/backup.sh",
    "man nohup",
    "nohup java -jar /opt/app/app.jar",
    "sh -c cd /opt/app && nohup ./server > /var/log/app.log &",
    { line: "nohup ./gradlew build", directory: "/home/dev/app" },
    "setsid --fork dbus-launch",
  ],
});

/** `cd /tmp; nohup ./x`: the folder stands in the command before. */
const cdThenNohup = ({ commands }: Reading): string | undefined => {
  const moved = commands.findIndex(({ name, argv }) => name === "cd" && TEMPORARY.test(`${argv[1] ?? ""}/`));
  if (moved < 0) return undefined;
  return commands
    .slice(moved)
    .find(({ via, argv }) => via.includes("nohup") && (argv[0] ?? "").startsWith("./"))?.text;
};
