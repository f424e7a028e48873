import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A client subscribed to everything that goes over a broker. */
export const brokerEavesdropped = commandRule({
  id: "broker-eavesdropped",
  alertType: "Picket_BrokerEavesdropped",
  name: "All messages of a broker listened to",
  severity: "Medium",
  about: "A client subscribed to everything that goes over a broker.",
  tactics: ["Collection", "Credential Access"],
  techniques: ["T1557", "T1040", "T0801"],
  falsePositives: ["Integrators who look for a topic."],
  witness: ["mosquitto_sub", "mqtt", "mqttx", "hivemq"],
  sees: (reading) =>
    find(
      reading,
      /^(?:mosquitto_sub|mqtt|mqttx)$/,
      ({ argv }) =>
        argv.some(
          (word, place) =>
            /^(?:-t|--topic)$/.test(word) && /^['"]?(?:#|\$SYS\/#|\+\/#)['"]?$/.test(argv[place + 1] ?? ""),
        ) || argv.some((word) => /^-t['"]?#/.test(word)),
    ),
  did: "listened to all messages of a broker",
  because: "it sees what all devices say",
  fires: [
    "mosquitto_sub -h 10.0.0.5 -t # -v",
    "mosquitto_sub -t '#' -u admin -P admin",
    "mqttx sub -h broker -t '#'",
  ],
  silent: [
    "mosquitto_sub -t plant/line1/temp",
    "mosquitto_pub -t a -m b",
    "mosquitto -c /etc/mosquitto/mosquitto.conf",
    "mosquitto_sub --help",
    "mosquitto_sub -t site/+/status",
  ],
});
