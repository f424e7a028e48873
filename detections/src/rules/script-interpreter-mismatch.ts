import { commandRule } from "../rule.js";

/** A script runs in another interpreter than its name says. */
export const scriptInterpreterMismatch = commandRule({
  id: "script-interpreter-mismatch",
  alertType: "IoT_ScriptInterpreterMismatch",
  name: "Mismatch between script interpreter and file extension",
  severity: "Medium",
  about: "A script runs in another interpreter than its name says.",
  tactics: ["Defense Evasion"],
  techniques: ["T1036"],
  witness: [".py", ".pl", ".rb", ".php", ".sh"],
  patterns: [
    /^(?:\S*\/)?(?:ba|da|z|a|k)?sh\s+(?!-)\S+\.(?:py|pl|rb|php|js)(?:\s|$)/i,
    /^(?:\S*\/)?python[\d.]*\s+(?!-)\S+\.(?:sh|pl|rb|php)(?:\s|$)/i,
    /^(?:\S*\/)?perl\s+(?!-)\S+\.(?:sh|py|rb|php)(?:\s|$)/i,
  ],
  did: "ran a script under a false name",
  because: "the interpreter does not fit the file's name",
  fires: ["bash /tmp/a.py", "python3 /tmp/run.sh", "perl x.php"],
  silent: ["python3 /opt/app/main.py", "bash deploy.sh", "sh -c python3 a.py"],
});
