import { changeOf, operationRule, placeOf } from "../../operation-rule.js";
import { shown, textOf } from "../../rule.js";

/** Somebody deleted a setting that says which operations of the hub are kept, or tried to. */
export const hubDiagnosticsDeleted = operationRule({
  id: "hub-diagnostics-deleted",
  alertType: "IoT_DiagnosticSettingDeletedFromHub",
  name: "Attempt to delete a diagnostic setting from an IoT Hub detected",
  severity: "Low",
  about: "Somebody deleted a setting that says which operations of the hub are kept, or tried to.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.008"],
  remediation:
    "Give the right to change diagnostic settings only to those who need it, and put the setting back.",
  falsePositives: ["Somebody of your own team who manages the hub's configuration; the evidence names who."],
  sees: (event) =>
    textOf(event, "operationName") === "deleteDiagnosticSetting"
      ? changeOf(event).name || placeOf(event)
      : undefined,
  entity: (event) => changeOf(event).name,
  title: (event) => `${changeOf(event).by} deleted a diagnostic setting of the hub`,
  reason: (event, matched) =>
    `${changeOf(event).by} at ${placeOf(event)} deleted the setting ${shown(matched)}; operations that it kept are not kept any more.`,
  fires: [
    {
      operationName: "deleteDiagnosticSetting",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "deleteDiagnosticSetting",
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
