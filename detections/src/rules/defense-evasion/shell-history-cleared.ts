import { commandRule } from "../../command-rule.js";
import { find, operandsOf } from "../../shell/look.js";
import type { Reading } from "../../shell/reading.js";

const FILE = /\.(?:bash|zsh|ash|sh|mysql|psql)_history$/;

/** The list of commands somebody typed was emptied or switched off. */
export const shellHistoryCleared = commandRule({
  id: "shell-history-cleared",
  alertType: "IoT_ClearHistoryFile",
  name: "Bash history cleared",
  severity: "Low",
  about: "The list of commands somebody typed was emptied or switched off.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.003"],
  falsePositives: ["Image builds remove the history before an image is sealed."],
  witness: ["history", "histfile", "histsize", "histcontrol"],
  sees: (reading) =>
    find(reading, /^(?:rm|shred|unlink|truncate|srm)$/, (command) =>
      operandsOf(command).some((path) => FILE.test(path)),
    ) ??
    find(reading, /^history$/, ({ argv }) => argv.slice(1).some((word) => /^-[a-z]*[cd]/.test(word))) ??
    find(reading, /^ln$/, ({ text, argv }) => text.includes("/dev/null") && FILE.test(argv.at(-1) ?? "")) ??
    find(reading, /^unset$/, ({ argv }) => argv.includes("HISTFILE")) ??
    find(reading, /^set$/, ({ text }) => /\s\+o\s+history\b/.test(text)) ??
    find(reading, /^chattr$/, ({ text, argv }) => /\s\+\w*[ia]/.test(text) && FILE.test(argv.at(-1) ?? "")) ??
    reading.commands
      .find(
        ({ name, argv, redirections }) =>
          (name === "" ||
            name === ":" ||
            name === "true" ||
            (name === "cat" && argv[1] === "/dev/null") ||
            (name === "echo" && argv.slice(1).join("").trim() === "")) &&
          redirections.some(({ operator, target }) => /^\d?>\|?$/.test(operator) && FILE.test(target)),
      )
      ?.redirections.map(({ target }) => `> ${target}`)
      .join(" ") ??
    assignedOff(reading),
  did: "cleared the shell history",
  because: "it removes or switches off the list of typed commands",
  fires: [
    "rm /root/.bash_history",
    "ln -sf /dev/null /root/.bash_history",
    "bash -c unset HISTFILE; id",
    "sh -c history -c",
    "bash -c export HISTSIZE=0; cd /tmp",
    "sh -c HISTFILE=/dev/null; id",
    "sh -c cat /dev/null > /root/.bash_history",
  ],
  silent: [
    "history 20",
    "cat /home/op/.bash_history_notes",
    "git log --history",
    "bash -c export HISTSIZE=10000",
    "sh -c HISTFILE=/var/lib/app/history; app",
    "rm /tmp/history.txt",
  ],
});

/** Settings that switch the history off. */
const assignedOff = ({ commands }: Reading): string | undefined => {
  const isOff = (name: string, value: string): boolean =>
    (name === "HISTFILE" && (value === "/dev/null" || value === "")) ||
    (/^HIST(?:FILE)?SIZE$/.test(name) && value === "0");
  for (const { assigned, name, argv } of commands) {
    const pairs =
      name === "export"
        ? [
            ...assigned,
            ...argv.slice(1).map((word) => [word.split("=")[0] ?? "", word.split("=")[1] ?? "?"] as const),
          ]
        : assigned;
    const found = pairs.find(([variable, value]) => isOff(variable, value));
    if (found) return found.join("=");
  }
  return undefined;
};
