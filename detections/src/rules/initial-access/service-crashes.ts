import { eventRule, many } from "../../event-rule.js";
import { textOf } from "../../rule.js";

/** A program that answers strangers crashed several times within minutes: a fault, or attempts to break in that miss. */
export const serviceCrashes = eventRule({
  id: "service-crashes",
  alertType: "Picket_ServiceCrashes",
  name: "Service crashes again and again",
  severity: "Low",
  about:
    "A program that answers strangers crashed several times within minutes: a fault, or attempts to break in that miss.",
  tactics: ["Initial Access", "Impact"],
  techniques: ["T1190", "T1499.004"],
  remediation: "Update the program; look at who connected to it at those times.",
  falsePositives: [
    "A fault after an upgrade; it goes on after the upgrade is undone only if it is an attack.",
  ],
  reads: "ProcessTerminate",
  threshold: { count: 5, minutes: 10 },
  sees: (event) =>
    /^(?:132|134|135|136|139|4|6|7|8|11)$/.test(textOf(event, "ExitStatus")) &&
    /\/(?:nginx|apache2|httpd|lighttpd|uhttpd|mini_httpd|boa|goahead|mosquitto|dropbear|sshd|vsftpd|smbd|named|dnsmasq|snmpd|miniupnpd|upnpd|telnetd|exim4|ntpd|hostapd|asterisk|rtspd|onvif\S*|wpa_supplicant|cupsd)$/.test(
      textOf(event, "Executable"),
    )
      ? textOf(event, "Executable")
      : undefined,
  entity: (event) => textOf(event, "Executable"),
  title: (event) => `${textOf(event, "Executable")} crashes again and again on ${event.deviceId}`,
  reason: (event, matched, hits) =>
    `${matched} ended ${hits} times with status ${textOf(event, "ExitStatus")} within 10 minutes; 5 make an alert.`,
  fires: [many("five crashes", 5, () => ({ Executable: "/usr/bin/boa", ExitStatus: 139 }))],
  silent: [
    many("ordinary ends", 20, () => ({ Executable: "/usr/sbin/sshd", ExitStatus: 0 })),
    many("another program", 20, () => ({ Executable: "/usr/bin/test-app", ExitStatus: 139 })),
    many("two crashes", 2, () => ({ Executable: "/usr/bin/boa", ExitStatus: 139 })),
  ],
});
