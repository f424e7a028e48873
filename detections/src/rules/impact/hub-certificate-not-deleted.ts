import { changeOf, operationRule, placeOf, wentWell } from "../../operation-rule.js";
import { causeOf, shown, textOf } from "../../rule.js";

/** Somebody tried to delete a certificate authority from the hub and was refused. */
export const hubCertificateNotDeleted = operationRule({
  id: "hub-certificate-not-deleted",
  alertType: "IoT.Hub_CertificateFailedToBeDeletedFromHub",
  name: "Unsuccessful attempt detected to delete a certificate from an IoT Hub",
  severity: "Medium",
  about: "Somebody tried to delete a certificate authority from the hub and was refused.",
  tactics: ["Impact"],
  techniques: ["T1531"],
  remediation: "Give the right to change certificates only to those who need it, and ask who tried.",
  falsePositives: ["Somebody of your own team who manages the hub's configuration; the evidence names who."],
  sees: (event) =>
    textOf(event, "operationName") === "deleteCertificate" && !wentWell(event)
      ? changeOf(event).name || placeOf(event)
      : undefined,
  entity: (event) => changeOf(event).name,
  title: (event) => `${changeOf(event).by} tried in vain to delete a certificate from the hub`,
  reason: (event, matched) =>
    `${changeOf(event).by} at ${placeOf(event)} tried to delete ${shown(matched)} and was refused: ${causeOf(event)}.`,
  fires: [
    {
      operationName: "deleteCertificate",
      cause: "forbidden",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "deleteCertificate",
      cause: "forbidden",
      properties: { name: "site-2", by: "ada" },
      ipAddress: "203.0.113.9",
    },
  ],
  silent: [
    { operationName: "deleteCertificate", properties: { name: "x", by: "ada" } },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
    { operationName: "updateTier", properties: { name: "x" } },
    { operationName: "getTwin", cause: "forbidden", category: "TwinQueries" },
    { operationName: "updatePolicy" },
  ],
});
