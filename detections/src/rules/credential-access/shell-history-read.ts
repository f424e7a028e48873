import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";
import { readsFile } from "../../shell/look.js";

/** Somebody reads the commands of others, in which passwords often stand. */
export const shellHistoryRead = commandRule({
  id: "shell-history-read",
  alertType: "IoT_ReadingHistoryFile",
  name: "ReadingHistoryFile",
  severity: "Medium",
  about: "Somebody reads the commands of others, in which passwords often stand.",
  tactics: ["Credential Access"],
  techniques: ["T1552.003"],
  falsePositives: [
    "People who look at their own history with a pager; the user and the folder are the same then.",
  ],
  witness: ["_history"],
  sees: (reading, event) => {
    const found = readsFile(
      reading,
      /\.(?:bash|zsh|ash|sh|mysql|psql|python|sqlite|lesshst|node_repl)_history$/,
    );
    const own = `/home/${textOf(event, "UserName")}/`;
    return found !== undefined && !found.includes(own) ? found : undefined;
  },
  did: "read a shell history",
  because: "the file holds what people typed",
  fires: [
    "cat /root/.bash_history",
    "grep -i pass /home/op/.bash_history",
    "sh -c tar czf /tmp/h.tgz /home/op/.zsh_history",
    "sh -c strings < /home/op/.mysql_history",
  ],
  silent: [
    "ls -la /root/.bash_history",
    "cat bash_history.md",
    "touch /root/.bash_history",
    { line: "less /home/op/.bash_history", user: "op" },
    "vim notes_about_bash_history.txt",
    "grep HISTFILE /etc/bash.bashrc",
  ],
});
