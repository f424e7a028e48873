import { commandRule } from "../rule.js";

/** Somebody reads the commands of others, in which passwords often stand. */
export const shellHistoryRead = commandRule({
  id: "shell-history-read",
  alertType: "IoT_ReadingHistoryFile",
  name: "ReadingHistoryFile",
  severity: "Medium",
  about: "Somebody reads the commands of others, in which passwords often stand.",
  tactics: ["Credential Access"],
  techniques: ["T1552.003"],
  witness: ["_history"],
  patterns: [
    /\b(?:cat|less|more|head|tail|grep|strings|cp|vi|vim|nano)\b[^|;]*\.(?:bash|zsh|ash|sh|mysql|psql)_history\b/i,
  ],
  did: "read a shell history",
  because: "the file holds what people typed",
  fires: ["cat /root/.bash_history", "grep -i pass /home/op/.bash_history"],
  silent: ["ls -la /root/.bash_history", "cat bash_history.md"],
});
