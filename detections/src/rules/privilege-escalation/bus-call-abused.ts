import { commandRule } from "../../command-rule.js";

/** A call over the system bus makes an account or changes the rights of one, past the tools that do so. */
export const busCallAbused = commandRule({
  id: "bus-call-abused",
  alertType: "Picket_BusCallAbused",
  name: "Account made over the system bus",
  severity: "High",
  about:
    "A call over the system bus makes an account or changes the rights of one, past the tools that do so.",
  tactics: ["Privilege Escalation", "Persistence"],
  techniques: ["T1068", "T1136.001"],
  falsePositives: ["Desktop settings make accounts over the bus; they are no shell commands."],
  witness: ["dbus-send", "gdbus", "busctl"],
  patterns: [
    /\b(?:dbus-send|gdbus|busctl)\b.{0,400}(?:org\.freedesktop\.Accounts\.)?(?:CreateUser|SetPassword|SetAccountType)\b.{0,80}/,
    /\b(?:dbus-send|gdbus|busctl)\b.{0,400}\b(?:SetUnitProperties|StartTransientUnit)\b.{0,80}/,
  ],
  did: "changed accounts over the system bus",
  because: "a known flaw makes root's account like this",
  fires: [
    "dbus-send --system --dest=org.freedesktop.Accounts --type=method_call /org/freedesktop/Accounts org.freedesktop.Accounts.CreateUser string:x string:x int32:1",
    "gdbus call --system --dest org.freedesktop.Accounts -o /org/freedesktop/Accounts/User1001 -m org.freedesktop.Accounts.User.SetPassword x x",
    "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager StartTransientUnit ssa(sv)a(sa(sv)) x",
  ],
  silent: [
    "dbus-send --system --dest=org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager.ListSessions",
    "busctl list",
    "gdbus monitor --system --dest org.bluez",
    "dbus-send --session --type=method_call --dest=org.gnome.Shell /org/gnome/Shell org.gnome.Shell.Eval string:1",
    "busctl --user status",
  ],
});
