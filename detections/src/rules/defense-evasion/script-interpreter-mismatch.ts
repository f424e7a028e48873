import { commandRule } from "../../command-rule.js";

const ENDINGS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:ba|da|z|a|k)?sh$/, /\.(?:py|pl|rb|php|js|jpe?g|png|gif|ico|pdf|css)$/i],
  [/^(?:python|pypy)[\d.]*$/, /\.(?:sh|pl|rb|php|js|jpe?g|png|gif|ico|pdf|txt|log)$/i],
  [/^perl$/, /\.(?:sh|py|rb|php|js|jpe?g|png|gif|ico|pdf|txt|log)$/i],
  [/^ruby$/, /\.(?:sh|py|pl|php|jpe?g|png|gif|txt|log)$/i],
  [/^node(?:js)?$/, /\.(?:sh|py|pl|php|rb|jpe?g|png|gif|txt|log)$/i],
];

/** A script runs in another interpreter than its name says, or a file with a harmless name is run as a script. */
export const scriptInterpreterMismatch = commandRule({
  id: "script-interpreter-mismatch",
  alertType: "IoT_ScriptInterpreterMismatch",
  name: "Mismatch between script interpreter and file extension",
  severity: "Medium",
  about:
    "A script runs in another interpreter than its name says, or a file with a harmless name is run as a script.",
  tactics: ["Defense Evasion"],
  techniques: ["T1036.008"],
  falsePositives: ["Wrappers that are shell scripts with a foreign ending; rename them."],
  witness: [
    ".py",
    ".pl",
    ".rb",
    ".php",
    ".sh",
    ".js",
    ".txt",
    ".jpg",
    ".png",
    ".log",
    ".pdf",
    ".gif",
    ".ico",
    ".css",
  ],
  sees: (reading) =>
    reading.commands.find(({ name, argv }) =>
      ENDINGS.some(([interpreter, ending]) => interpreter.test(name) && ending.test(firstFile(argv))),
    )?.text,
  did: "ran a script under a false name",
  because: "the interpreter does not fit the file's name",
  fires: [
    "bash /tmp/a.py",
    "python3 /tmp/run.sh",
    "perl x.php",
    "sh /var/www/html/logo.png",
    "python3 -u /tmp/notes.txt",
  ],
  silent: [
    "python3 /opt/app/main.py",
    "bash deploy.sh",
    "sh -c python3 a.py",
    "perl -ne print if /x/ access.log",
    "python3 -m json.tool data.txt",
    "node server.js",
    "bash -x ./build.sh notes.txt",
  ],
});

/** The script that an interpreter is given: its first word, when no code and no module is. */
const firstFile = (argv: readonly string[]): string => {
  const [, first = ""] = argv;
  return /^-[bBuEsOixe]+$/.test(first) &&
    !/[cm]/.test(first) &&
    (argv[2] ?? "").includes(".") &&
    !first.includes("e")
    ? (argv[2] ?? "")
    : first.startsWith("-")
      ? ""
      : first;
};
