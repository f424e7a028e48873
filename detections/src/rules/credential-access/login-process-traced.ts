import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";
import { find, writesTo } from "../../shell/look.js";

/** A process that takes passwords is traced, so that what people type is recorded. */
export const loginProcessTraced = commandRule({
  id: "login-process-traced",
  alertType: "Picket_LoginProcessTraced",
  name: "Login process traced",
  severity: "High",
  about: "A process that takes passwords is traced, so that what people type is recorded.",
  tactics: ["Credential Access"],
  techniques: ["T1056.001", "T1556"],
  falsePositives: ["None are known on devices in service."],
  witness: ["strace", "ltrace", "pam_exec", "bpftrace", "sslsniff"],
  sees: (reading, event) =>
    find(
      reading,
      /^(?:ltrace|strace)$/,
      ({ text }) =>
        /(?:pgrep|pidof)\b.*\b(?:sshd|sudo|su|login)\b/.test(text) ||
        (/\s-p\b/.test(text) && /-e\s*(?:trace=)?(?:read|write)\b/.test(text) && /\s-o\b/.test(text)),
    ) ??
    reading.commands.find(({ via, text }) => via.includes("strace") && /sshd|sudo|su\b|login/.test(text))
      ?.text ??
    writesTo(reading, /^\/etc\/pam\.d\//, ({ text }) => /pam_exec\.so.*expose_authtok/.test(text)) ??
    /\bstrace\b.{0,100}\b(?:pgrep|pidof)\b.{0,40}\bsshd\b.{0,60}/.exec(reading.plain)?.[0] ??
    (reading.commands.some(({ name }) => /^(?:pgrep|pidof)$/.test(name)) &&
    /\bsshd\b/.test(reading.plain) &&
    /\bstrace\b/.test(textOf(event, "CommandLine"))
      ? reading.plain.slice(0, 200)
      : undefined),
  did: "traced a process that takes passwords",
  because: "what people type is recorded",
  fires: [
    "sh -c strace -f -e trace=read,write -p $(pgrep -o sshd) -o /tmp/s",
    "strace -o /tmp/k -e read -f sshd -D",
    "sh -c echo 'auth optional pam_exec.so quiet expose_authtok /tmp/log.sh' >> /etc/pam.d/common-auth",
  ],
  silent: ["strace ls", "strace -c -p 812", "ltrace ./app", "strace -e openat ./app", "bpftrace -l"],
});
