import { changeOf, operationRule, placeOf, wentWell } from "../../operation-rule.js";
import { shown, textOf } from "../../rule.js";

/** A policy whose key opens the hub was made, widened or given a new key. */
export const hubPolicyChanged = operationRule({
  id: "hub-policy-changed",
  alertType: "Picket_HubPolicyChanged",
  name: "Shared access policy added or changed",
  severity: "Medium",
  about: "A policy whose key opens the hub was made, widened or given a new key.",
  tactics: ["Persistence"],
  techniques: ["T1098.001"],
  remediation:
    "Make sure that somebody who may do so did it; otherwise delete the policy and look at what was done with its key.",
  falsePositives: ["Somebody of your own team who manages the hub's configuration; the evidence names who."],
  sees: (event) =>
    ["addPolicy", "regeneratePolicyKey"].includes(textOf(event, "operationName")) && wentWell(event)
      ? changeOf(event).name || placeOf(event)
      : undefined,
  entity: (event) => changeOf(event).name,
  title: (event) => `${changeOf(event).by} changed the policy ${changeOf(event).name} of the hub`,
  reason: (event, matched) =>
    `${changeOf(event).by} at ${placeOf(event)} made or changed the policy ${shown(matched)}; its key opens the hub.`,
  fires: [
    { operationName: "addPolicy", properties: { name: "factory-ca", by: "ada" }, ipAddress: "203.0.113.9" },
    { operationName: "addPolicy", properties: { name: "site-2", by: "ada" }, ipAddress: "203.0.113.9" },
    {
      operationName: "regeneratePolicyKey",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    {
      operationName: "regeneratePolicyKey",
      properties: { name: "site-2", by: "ada" },
      ipAddress: "203.0.113.9",
    },
  ],
  silent: [
    { operationName: "addPolicy", cause: "invalidRequest", properties: { name: "x", by: "ada" } },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
    { operationName: "updateTls", properties: { name: "x" } },
    { operationName: "getTwin", category: "TwinQueries" },
    { operationName: "updatePolicy" },
  ],
});
