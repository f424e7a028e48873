import { commandRule } from "../../command-rule.js";
import { find, readsFile } from "../../shell/look.js";

/** Passwords of wireless networks, dial-ups or the device's own settings are read. */
export const networkSecretsRead = commandRule({
  id: "network-secrets-read",
  alertType: "Picket_NetworkSecretsRead",
  name: "Secrets of the network read",
  severity: "Medium",
  about: "Passwords of wireless networks, dial-ups or the device's own settings are read.",
  tactics: ["Credential Access"],
  techniques: ["T1552.001", "T1602.002"],
  falsePositives: ["Support bundles of routers contain the settings."],
  witness: [
    "nmcli",
    "wpa_supplicant",
    "system-connections",
    "nvram",
    "uci",
    "chap-secrets",
    "pap-secrets",
    "hostapd",
    "wireless",
    "psk",
  ],
  sees: (reading) =>
    readsFile(
      reading,
      /^\/etc\/(?:wpa_supplicant\/\S+\.conf|wpa_supplicant\.conf|NetworkManager\/system-connections\/\S+|ppp\/(?:chap|pap)-secrets|hostapd\/\S+\.conf|config\/wireless)$/,
    ) ??
    find(reading, /^nvram$/, ({ text }) => /\sshow\b|\sget\s+\S*(?:pass|psk|key)/i.test(text)) ??
    find(reading, /^uci$/, ({ text }) => /\b(?:show|get|export)\b.*(?:wireless|\.key|password)/.test(text)) ??
    find(reading, /^nmcli$/, ({ text }) => /(?:-s|--show-secrets)\b.*(?:show|psk)/.test(text)),
  did: "read secrets of the network",
  because: "they open the network that the device is in",
  fires: [
    "cat /etc/wpa_supplicant/wpa_supplicant.conf",
    "nvram show",
    "sh -c uci show wireless | grep key",
    "nmcli -s connection show home",
  ],
  silent: [
    "nmcli device status",
    "ls /etc/NetworkManager/system-connections",
    "uci get system.@system[0].hostname",
    "wpa_cli status",
    "cat /etc/wpa_supplicant/functions.sh",
    "systemctl restart wpa_supplicant",
  ],
});
