import { commandRule } from "../../command-rule.js";
import { ancestryOf, parentOf } from "../../shell/look.js";

/** One command stops or kills several services that a plant or its data needs. */
export const servicesStoppedInBulk = commandRule({
  id: "services-stopped-in-bulk",
  alertType: "Picket_ServicesStoppedInBulk",
  name: "Many services stopped at once",
  severity: "Medium",
  about: "One command stops or kills several services that a plant or its data needs.",
  tactics: ["Impact", "Inhibit Response Function"],
  techniques: ["T1489", "T0881"],
  falsePositives: ["Maintenance that stops an application with all its parts; it starts them again."],
  witness: [
    "systemctl stop",
    "service ",
    "killall",
    "pkill",
    "systemctl disable",
    "docker stop",
    "systemctl kill",
  ],
  sees: (reading, event) => {
    if (
      /(?:dpkg|apt|rpm|ansible|shutdown|systemd|docker-compose)/.test(parentOf(event) + ancestryOf(event)) ||
      /\b(?:start|restart)\b/.test(reading.plain)
    )
      return undefined;
    const needed =
      /\b(?:mosquitto|mysqld?|mariadbd?|postgres(?:ql)?|influxd(?:b)?|redis(?:-server)?|node-?red|codesys\w*|plc\w*|openplc|scada\w*|opcua\w*|modbus\w*|nginx|docker|containerd|mongod|grafana(?:-server)?|aziot-edged|iotedge|telegraf|samba|smbd|nfs-server|ssh|sshd|cron|rsyslog)\b/g;
    const stopped = reading.commands.filter(
      ({ name, text }) =>
        (/^(?:systemctl|service)$/.test(name) && /\s(?:stop|disable|kill|mask)\b/.test(text)) ||
        /^(?:killall|pkill)$/.test(name),
    );
    const named = new Set(stopped.flatMap(({ text }) => text.match(needed) ?? []));
    return named.size >= 3 ? [...named].join(", ") : undefined;
  },
  did: "stopped many services at once",
  because: "processes and data are without their programs",
  fires: [
    "sh -c systemctl stop mosquitto; systemctl stop influxdb; systemctl stop nodered",
    "systemctl stop mysql postgresql redis-server nginx",
    "sh -c killall -9 mysqld; pkill -9 mongod; pkill -9 codesyscontrol",
  ],
  silent: [
    "systemctl stop nginx",
    "sh -c systemctl stop mosquitto influxdb nodered; systemctl start mosquitto influxdb nodered",
    "systemctl restart mysql postgresql redis",
    "systemctl status mosquitto influxdb nginx",
    { line: "systemctl stop mysql nginx redis", parent: "/usr/bin/dpkg" },
  ],
});
