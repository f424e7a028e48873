import { commandRule } from "../../command-rule.js";
import { find, parentOf } from "../../shell/look.js";

/** A program that raises alarms for people or for the plant was stopped, or its rules were removed. */
export const alarmsSilenced = commandRule({
  id: "alarms-silenced",
  alertType: "Picket_AlarmsSilenced",
  name: "Alarms of the plant silenced",
  severity: "High",
  about: "A program that raises alarms for people or for the plant was stopped, or its rules were removed.",
  tactics: ["Inhibit Response Function"],
  techniques: ["T0878", "T0838"],
  falsePositives: ["Maintenance; a notice of it hangs at the plant."],
  witness: [
    "alertmanager",
    "alarm",
    "smsd",
    "snmptrap",
    "nagios",
    "icinga",
    "zabbix",
    "monit",
    "prometheus",
    "grafana",
  ],
  sees: (reading, event) =>
    /(?:dpkg|apt|rpm|ansible|systemd)/.test(parentOf(event))
      ? undefined
      : (find(
          reading,
          /^(?:systemctl|service)$/,
          ({ text }) =>
            /\s(?:stop|disable|mask|kill)\b/.test(text) &&
            /\b(?:alertmanager|prometheus-alertmanager|alarm[\w-]*|smsd|smstools|snmptrapd|nagios\w*|icinga2?|zabbix-(?:server|agent2?)|monit)\b/.test(
              text,
            ),
        ) ??
        find(
          reading,
          /^(?:pkill|killall)$/,
          ({ text }) =>
            /\b(?:alertmanager|alarmd|smsd|snmptrapd|nagios|icinga2|zabbix_server|monit)\b/.test(text) &&
            !/-(?:HUP|USR1|0)\b/.test(text),
        ) ??
        find(reading, /^amtool$/, ({ text }) =>
          /\bsilence\s+add\b.*(?:alertname=~["']?\.[*+]|=~["']?\.\+)/.test(text),
        )),
  did: "silenced alarms",
  because: "nobody is told what goes wrong next",
  fires: [
    "systemctl stop alertmanager",
    "pkill -9 smsd",
    "sh -c service nagios stop; service snmptrapd stop",
  ],
  silent: [
    "systemctl status alertmanager",
    "systemctl restart zabbix-agent",
    "amtool silence query",
    "pkill -HUP alertmanager",
    "systemctl stop grafana-server",
  ],
});
