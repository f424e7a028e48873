import { changeOf, operationRule, placeOf } from "../../operation-rule.js";
import { shown, textOf } from "../../rule.js";

/** Somebody added or changed a setting that says which operations of the hub are kept: investigations live on them. */
export const hubDiagnosticsChanged = operationRule({
  id: "hub-diagnostics-changed",
  alertType: "IoT_DiagnosticSettingAddedOrEditedOnHub",
  name: "Attempt to add or edit a diagnostic setting of an IoT Hub detected",
  severity: "Low",
  about:
    "Somebody added or changed a setting that says which operations of the hub are kept: investigations live on them.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.008"],
  remediation:
    "Make sure that somebody who may do so changed it, and that no category is missing that you need.",
  falsePositives: ["Somebody of your own team who manages the hub's configuration; the evidence names who."],
  sees: (event) =>
    ["addDiagnosticSetting", "updateDiagnosticSetting"].includes(textOf(event, "operationName"))
      ? changeOf(event).name || placeOf(event)
      : undefined,
  entity: (event) => changeOf(event).name,
  title: (event) => `${changeOf(event).by} changed a diagnostic setting of the hub`,
  reason: (event, matched) =>
    `${changeOf(event).by} at ${placeOf(event)} added or changed the setting ${shown(matched)}, which says what of the operation log is kept.`,
  fires: [
    {
      operationName: "addDiagnosticSetting",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "addDiagnosticSetting",
      properties: { name: "site-2", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "updateDiagnosticSetting",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "updateDiagnosticSetting",
      properties: { name: "site-2", by: "ada" },
      ipAddress: "203.0.113.9",
    },
  ],
  silent: [
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
    { operationName: "updateTls", properties: { name: "x" } },
    { operationName: "getTwin", category: "TwinQueries" },
    { operationName: "updatePolicy" },
  ],
});
