import { commandRule } from "../../command-rule.js";

/** Several accounts are locked, or everybody is thrown out at once. */
export const peopleLockedOut = commandRule({
  id: "people-locked-out",
  alertType: "Picket_PeopleLockedOut",
  name: "Accounts locked and people thrown out",
  severity: "Medium",
  about: "Several accounts are locked, or everybody is thrown out at once.",
  tactics: ["Impact"],
  techniques: ["T1531"],
  falsePositives: ["Taking a device out of service."],
  witness: ["passwd -l", "usermod", "pkill -u", "loginctl", "chage", "skill -kill", "nologin"],
  sees: (reading) => {
    const locks = reading.commands.filter(
      ({ name, text }) =>
        (name === "passwd" && /\s(?:-l|--lock)\b/.test(text)) ||
        (name === "usermod" && /\s(?:-L|--lock|-e\s*1)\b/.test(text)) ||
        (name === "pkill" && /\s(?:-KILL|-9)?\s*-u\s/.test(text)) ||
        (name === "loginctl" && /\s(?:terminate|kill)-user\b/.test(text)) ||
        (name === "chage" && /\s-E\s*0\b/.test(text)),
    );
    return locks.length >= 2 ||
      locks.some(
        ({ text }) =>
          /\b(?:root|admin)\b/.test(text) && /passwd\s+-l\s+root.*|usermod\s+-L\s+root/.test(text),
      )
      ? locks.map(({ text }) => text).join("; ")
      : undefined;
  },
  did: "locked people out",
  because: "nobody else can do anything about it",
  fires: [
    "sh -c for u in op eve; do passwd -l $u; pkill -KILL -u $u; done",
    "bash -c usermod -L op; usermod -L admin",
    "passwd -l root",
  ],
  silent: ["passwd -l guest", "usermod -L old", "pkill -u op node", "chage -l op", "loginctl list-users"],
});
