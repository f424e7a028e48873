import { commandRule } from "../../command-rule.js";
import { TEMPORARY } from "../../shell/look.js";

const LOADS = /^LD_(?:PRELOAD|AUDIT)$/;

/** A program is made to load a library from a place that anybody may write to before its own. */
export const libraryPreloaded = commandRule({
  id: "library-preloaded",
  alertType: "Picket_LibraryPreloaded",
  name: "Program started with a foreign library",
  severity: "Medium",
  about: "A program is made to load a library from a place that anybody may write to before its own.",
  tactics: ["Execution", "Persistence", "Privilege Escalation"],
  techniques: ["T1574.006"],
  falsePositives: ["Developers who test a library, and profilers; on devices in service there are none."],
  witness: ["ld_preload", "ld_library_path", "ld_audit"],
  sees: (reading) => {
    const isForeign = (value: string): boolean =>
      value
        .split(/[:\s]/)
        .some(
          (path) =>
            TEMPORARY.test(path) || /^(?:\.\/|\/home\/|\/root\/)/.test(path) || /\/\.[^./]/.test(path),
        );
    for (const { assigned, argv, text } of reading.commands) {
      const pairs = [
        ...assigned,
        ...argv
          .filter((word) => /^LD_\w+=/.test(word))
          .map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)] as const),
      ];
      const found = pairs.find(
        ([name, value]) =>
          (LOADS.test(name) || (name === "LD_LIBRARY_PATH" && TEMPORARY.test(value))) && isForeign(value),
      );
      if (found) return `${found.join("=")} ${text}`;
    }
    return undefined;
  },
  did: "made a program load a foreign library",
  because: "the library sees and changes everything that the program does",
  fires: [
    "sh -c LD_PRELOAD=/tmp/x.so sudo -n true",
    "sh -c export LD_PRELOAD=/dev/shm/l.so; sshd",
    "sh -c LD_AUDIT=./a.so ping 10.0.0.1",
  ],
  silent: [
    "sh -c LD_PRELOAD=/usr/lib/libjemalloc.so.2 /opt/app/server",
    "sh -c LD_LIBRARY_PATH=/opt/app/lib /opt/app/server",
    "sh -c unset LD_PRELOAD; id",
    "sh -c echo $LD_PRELOAD",
    "sh -c LD_LIBRARY_PATH=./build/lib ./build/test",
  ],
});
