import { commandRule } from "../../command-rule.js";
import { ancestryOf, parentOf, writesTo } from "../../shell/look.js";

/** The list of names or of name servers was changed by a command: updates are cut off or traffic goes elsewhere. */
export const namesRedirected = commandRule({
  id: "names-redirected",
  alertType: "Picket_NamesRedirected",
  name: "Names or name servers changed by a command",
  severity: "Medium",
  about:
    "The list of names or of name servers was changed by a command: updates are cut off or traffic goes elsewhere.",
  tactics: ["Defense Evasion", "Impact"],
  techniques: ["T1565.001", "T1557", "T1562.001"],
  falsePositives: ["Network managers rewrite resolv.conf, containers their hosts file; they are no shells."],
  witness: ["/etc/hosts", "resolv.conf"],
  sees: (reading, event) =>
    /\/(?:dhclient\S*|NetworkManager|systemd-resolved|resolvconf|udhcpc|dhcpcd|dpkg|cloud-init|netconfig|connmand|pppd|openvpn|wg-quick)$/.test(
      parentOf(event),
    ) || /(?:dhclient|resolvconf|dhcp|cloud-init|ppp|vpn|dpkg)/.test(ancestryOf(event))
      ? undefined
      : writesTo(
          reading,
          /^\/etc\/(?:hosts|resolv\.conf)$/,
          ({ name, text, redirections }) =>
            (/^(?:echo|printf|tee)$/.test(name) &&
              !/\b127\.0\.[01]\.1\b\s+(?:localhost|\$?\(?hostname|[\w-]+$)/.test(text)) ||
            (name === "sed" && /(?:update|security|deb|repo|nameserver|clam|rules)/.test(text)) ||
            (/^(?:curl|wget)$/.test(name) && redirections.length >= 0),
        ),
  did: "changed where names lead",
  because: "names lead elsewhere from now on",
  fires: [
    "sh -c echo '203.0.113.9 updates.example.net' >> /etc/hosts",
    "sh -c echo nameserver 203.0.113.53 > /etc/resolv.conf",
    "wget http://203.0.113.9/h -O /etc/hosts",
  ],
  silent: [
    "cat /etc/hosts",
    "sh -c echo '127.0.1.1 pump-7' >> /etc/hosts",
    { line: "sh -c echo nameserver 10.0.0.1 > /etc/resolv.conf", parent: "/sbin/udhcpc" },
    "grep nameserver /etc/resolv.conf",
    "ping updates.example.net",
    "cp /etc/hosts /root/hosts.bak",
  ],
});
