import { changeOf, operationRule, placeOf, wentWell } from "../../operation-rule.js";
import { shown, textOf } from "../../rule.js";

/** A certificate authority was added to the hub: whoever holds its private key can make devices. */
export const hubCertificateAdded = operationRule({
  id: "hub-certificate-added",
  alertType: "IoT_CertificateSuccessfullyAddedToHub",
  name: "New certificate added to an IoT Hub",
  severity: "Medium",
  about: "A certificate authority was added to the hub: whoever holds its private key can make devices.",
  tactics: ["Persistence"],
  techniques: ["T1553.004", "T1098.001"],
  remediation:
    "Make sure that somebody who may do so added it. Otherwise delete it, and look for devices that connected with certificates of it.",
  falsePositives: ["Somebody of your own team who manages the hub's configuration; the evidence names who."],
  sees: (event) =>
    textOf(event, "operationName") === "addCertificate" && wentWell(event)
      ? changeOf(event).name || placeOf(event)
      : undefined,
  entity: (event) => changeOf(event).name,
  title: (event) => `${changeOf(event).by} added the certificate ${changeOf(event).name} to the hub`,
  reason: (event, matched) =>
    `${changeOf(event).by} at ${placeOf(event)} added the authority ${shown(matched)}; certificates that it signs open the hub once it is verified.`,
  fires: [
    {
      operationName: "addCertificate",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    { operationName: "addCertificate", properties: { name: "site-2", by: "ada" }, ipAddress: "203.0.113.9" },
  ],
  silent: [
    { operationName: "addCertificate", cause: "invalidRequest", properties: { name: "x", by: "ada" } },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
    { operationName: "updateTls", properties: { name: "x" } },
    { operationName: "getTwin", category: "TwinQueries" },
    { operationName: "updatePolicy" },
  ],
});
