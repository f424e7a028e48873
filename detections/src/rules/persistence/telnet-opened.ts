import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A server for logins without encryption was started, as bots and careless updates do. */
export const telnetOpened = commandRule({
  id: "telnet-opened",
  alertType: "Picket_TelnetOpened",
  name: "Telnet server started",
  severity: "High",
  about: "A server for logins without encryption was started, as bots and careless updates do.",
  tactics: ["Persistence", "Initial Access"],
  techniques: ["T1021", "T1133", "T1078.001"],
  falsePositives: ["Old devices that have nothing else; put it behind a firewall."],
  witness: ["telnetd", "utelnetd"],
  sees: (reading) => find(reading, /^(?:in\.)?u?telnetd$/, ({ text }) => !/--help|-V\b/.test(text)),
  did: "started a telnet server",
  because: "passwords go over the network in the clear, or none is asked for",
  fires: [
    "busybox telnetd -l /bin/sh -p 9999",
    "/usr/sbin/telnetd",
    "sh -c cd /tmp; ./utelnetd -p 2323 -l /bin/sh",
  ],
  silent: [
    "telnet 10.0.0.2 23",
    "apt-get remove telnetd",
    "systemctl status inetutils-telnetd",
    "which telnetd",
    "grep telnetd /etc/inetd.conf",
    "pgrep telnetd",
  ],
});
