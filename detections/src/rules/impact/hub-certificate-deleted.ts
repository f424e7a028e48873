import { changeOf, operationRule, placeOf, wentWell } from "../../operation-rule.js";
import { shown, textOf } from "../../rule.js";

/** A certificate authority was deleted from the hub: devices whose certificates it signed cannot connect any more. */
export const hubCertificateDeleted = operationRule({
  id: "hub-certificate-deleted",
  alertType: "IoT_CertificateSuccessfullyDeletedFromHub",
  name: "Certificate deleted from an IoT Hub",
  severity: "Medium",
  about:
    "A certificate authority was deleted from the hub: devices whose certificates it signed cannot connect any more.",
  tactics: ["Impact"],
  techniques: ["T1531"],
  remediation:
    "Make sure that somebody who may do so deleted it. Otherwise add it again and find out who did.",
  falsePositives: ["Somebody of your own team who manages the hub's configuration; the evidence names who."],
  sees: (event) =>
    textOf(event, "operationName") === "deleteCertificate" && wentWell(event)
      ? changeOf(event).name || placeOf(event)
      : undefined,
  entity: (event) => changeOf(event).name,
  title: (event) => `${changeOf(event).by} deleted the certificate ${changeOf(event).name} from the hub`,
  reason: (event, matched) =>
    `${changeOf(event).by} at ${placeOf(event)} deleted the authority ${shown(matched)}; devices with certificates of it are locked out.`,
  fires: [
    {
      operationName: "deleteCertificate",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "deleteCertificate",
      properties: { name: "site-2", by: "ada" },
      ipAddress: "203.0.113.9",
    },
  ],
  silent: [
    { operationName: "deleteCertificate", cause: "invalidRequest", properties: { name: "x", by: "ada" } },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
    { operationName: "updateTls", properties: { name: "x" } },
    { operationName: "getTwin", category: "TwinQueries" },
    { operationName: "updatePolicy" },
  ],
});
