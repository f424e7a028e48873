import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf } from "../../shell/look.js";

/** The device's connection was cut by a command. */
export const networkCut = commandRule({
  id: "network-cut",
  alertType: "Picket_NetworkCut",
  name: "Network of the device cut",
  severity: "Medium",
  about: "The device's connection was cut by a command.",
  tactics: ["Impact", "Inhibit Response Function"],
  techniques: ["T1499", "T0814"],
  falsePositives: ["Technicians at the console who restart an interface; it comes up again within seconds."],
  witness: ["ip link", "ifconfig", "ip route", "iptables", "nmcli", "rfkill", "ifdown", "route del"],
  sees: (reading, event) => {
    if (
      /(?:NetworkManager|ifup|systemd-networkd|dhclient|netplan|wpa_|hostapd|docker|containerd|networking|pppd)/.test(
        parentOf(event) + ancestryOf(event),
      ) ||
      /\bup\b/.test(reading.plain)
    )
      return undefined;
    return (
      find(
        reading,
        /^ip$/,
        ({ text }) =>
          /\blink\s+set\s+(?:dev\s+)?(?:eth|en|wl|ww|br-lan|lan|bond)\S*\s+down\b/.test(text) ||
          /\broute\s+(?:del|flush)\s+(?:default|table|all|main)\b/.test(text),
      ) ??
      find(reading, /^ifconfig$/, ({ text }) => /\s(?:eth|en|wl|ww|br-lan)\S*\s+down\b/.test(text)) ??
      find(
        reading,
        /^iptables$/,
        ({ text }) => /\s-P\s+(?:INPUT|OUTPUT)\s+DROP\b/.test(text) && reading.commands.length === 1,
      ) ??
      find(reading, /^(?:nmcli)$/, ({ text }) => /\bnetworking\s+off\b|\bradio\s+all\s+off\b/.test(text)) ??
      find(reading, /^rfkill$/, ({ text }) => /\sblock\s+all\b/.test(text))
    );
  },
  did: "cut the network of the device",
  because: "nobody reaches the device any more",
  fires: [
    "ip link set eth0 down",
    "ifconfig wlan0 down",
    "nmcli networking off",
    "ip route flush table main",
  ],
  silent: [
    "ip link set veth1 down",
    "ip link show",
    "sh -c ip link set eth0 down; ip link set eth0 up",
    { line: "ip link set wlan0 down", parent: "/usr/sbin/NetworkManager" },
    "ifconfig eth0 up",
    "iptables -P FORWARD DROP",
  ],
});
