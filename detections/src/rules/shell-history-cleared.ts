import { commandRule } from "../rule.js";

/** The list of commands somebody typed was emptied or switched off. */
export const shellHistoryCleared = commandRule({
  id: "shell-history-cleared",
  alertType: "IoT_ClearHistoryFile",
  name: "Bash history cleared",
  severity: "Low",
  about: "The list of commands somebody typed was emptied or switched off.",
  tactics: ["Defense Evasion"],
  techniques: ["T1070.003"],
  witness: ["history", "histfile", "histsize"],
  patterns: [
    /\b(?:rm|shred|unlink|truncate)\b.*\.(?:bash|zsh|ash|sh)_history\b.*/i,
    /(?:cat\s+\/dev\/null|:|echo(?:\s+['"]{2})?)\s*>\s*\S*\.(?:bash|zsh|ash|sh)_history/i,
    /\bln\s+-s\w*\s+\/dev\/null\s+\S*_history/i,
    /\bhistory\s+-c\b/i,
    /\b(?:unset\s+HISTFILE|HISTFILE=\/dev\/null|HISTSIZE=0|HISTFILESIZE=0)\b/i,
  ],
  did: "cleared the shell history",
  because: "it removes or switches off the list of typed commands",
  fires: [
    "rm /root/.bash_history",
    "ln -sf /dev/null /root/.bash_history",
    "bash -c unset HISTFILE; id",
    "sh -c history -c",
  ],
  silent: ["history 20", "cat /home/op/.bash_history_notes", "git log --history"],
});
