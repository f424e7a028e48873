import { commandRule } from "../../command-rule.js";
import { readsFile } from "../../shell/look.js";

/** Password files and keys of brokers, of the hub's client or of the device's identity are read. */
export const brokerSecretsRead = commandRule({
  id: "broker-secrets-read",
  alertType: "Picket_BrokerSecretsRead",
  name: "Secrets of the gateway's services read",
  severity: "Medium",
  about: "Password files and keys of brokers, of the hub's client or of the device's identity are read.",
  tactics: ["Credential Access"],
  techniques: ["T1552.001", "T1552.004"],
  falsePositives: ["Administrators who check a setting; services read them without a command."],
  witness: [
    "mosquitto",
    "aziot",
    "iotedge",
    "emqx",
    "picket",
    "greengrass",
    "nodered",
    "node-red",
    "zigbee",
    "tedge",
    "connection_string",
    "influxdb",
  ],
  sees: (reading) =>
    readsFile(
      reading,
      /^\/etc\/(?:mosquitto\/(?:passwd|pwfile|\S+\.key)|aziot\/\S+\.toml|iotedge\/config\.yaml|emqx\/\S+\.(?:key|pem)|picket\/\S*(?:key|secret|connection)\S*|tedge\/device-certs\/\S+\.pem)$|^\/(?:var\/lib\/(?:aziot|iotedge|picket)|greengrass\/v2)\/\S*(?:key|secret|token|\.pem)\S*$|\.node-red\/\S*_cred\.json$/,
    ),
  did: "read secrets of the gateway's services",
  because: "they open the device's connection to its hub",
  fires: [
    "cat /etc/mosquitto/passwd",
    "cp /var/lib/aziot/keyd/keys/device-id.key /tmp/",
    "sh -c base64 /etc/picket/connection-string",
    "grep -r token /root/.node-red/flows_cred.json",
  ],
  silent: [
    "cat /etc/mosquitto/mosquitto.conf",
    "mosquitto_passwd -b /etc/mosquitto/passwd op x",
    "systemctl status aziot-edged",
    "ls /var/lib/aziot",
    "tail /var/log/mosquitto/mosquitto.log",
  ],
});
