import { commandRule } from "../rule.js";

/** A program from a temporary folder was made to outlive its session. */
export const nohupInTemp = commandRule({
  id: "nohup-in-temp",
  alertType: "IoT_SuspiciousNohup",
  name: "Detected suspicious use of the nohup command",
  severity: "Medium",
  about: "A program from a temporary folder was made to outlive its session.",
  tactics: ["Persistence"],
  techniques: ["T1036", "T1059"],
  witness: ["nohup"],
  patterns: [/\bnohup\s+(?:\.\/|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\S*\/\.)\S+.*/i],
  did: "detached a program in a temporary or hidden place",
  because: "it goes on after its session ends, from where programs do not belong",
  fires: ["nohup /tmp/x &", "nohup ./a.out", "nohup /dev/shm/.k/run"],
  silent: ["nohup /usr/local/bin/backup.sh", "man nohup"],
});
