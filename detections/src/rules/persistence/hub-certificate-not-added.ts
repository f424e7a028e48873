import { changeOf, operationRule, placeOf, wentWell } from "../../operation-rule.js";
import { causeOf, shown, textOf } from "../../rule.js";

/** Somebody tried to add a certificate authority to the hub and was refused. */
export const hubCertificateNotAdded = operationRule({
  id: "hub-certificate-not-added",
  alertType: "Hub_CertificateFailedToBeAddedToHub",
  name: "Unsuccessful attempt detected to add a certificate to an IoT Hub",
  severity: "Medium",
  about: "Somebody tried to add a certificate authority to the hub and was refused.",
  tactics: ["Persistence"],
  techniques: ["T1553.004"],
  remediation: "Give the right to change certificates only to those who need it, and ask who tried.",
  falsePositives: ["Somebody of your own team who manages the hub's configuration; the evidence names who."],
  sees: (event) =>
    ["addCertificate", "verifyCertificate"].includes(textOf(event, "operationName")) && !wentWell(event)
      ? changeOf(event).name || placeOf(event)
      : undefined,
  entity: (event) => changeOf(event).name,
  title: (event) => `${changeOf(event).by} tried in vain to add a certificate to the hub`,
  reason: (event, matched) =>
    `${changeOf(event).by} at ${placeOf(event)} tried to add ${shown(matched)} and was refused: ${causeOf(event)}.`,
  fires: [
    {
      operationName: "addCertificate",
      cause: "forbidden",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "addCertificate",
      cause: "forbidden",
      properties: { name: "site-2", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "verifyCertificate",
      cause: "forbidden",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "verifyCertificate",
      cause: "forbidden",
      properties: { name: "site-2", by: "ada" },
      ipAddress: "203.0.113.9",
    },
  ],
  silent: [
    { operationName: "addCertificate", properties: { name: "x", by: "ada" } },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
    { operationName: "updateTier", properties: { name: "x" } },
    { operationName: "getTwin", cause: "forbidden", category: "TwinQueries" },
    { operationName: "updatePolicy" },
  ],
});
