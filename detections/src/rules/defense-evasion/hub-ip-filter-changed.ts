import { changeOf, operationRule, placeOf, wentWell } from "../../operation-rule.js";
import { textOf } from "../../rule.js";

/** The list of addresses that may reach the hub was changed. */
export const hubIpFilterChanged = operationRule({
  id: "hub-ip-filter-changed",
  alertType: "Picket_HubIpFilterChanged",
  name: "IP filter of the hub changed",
  severity: "Low",
  about: "The list of addresses that may reach the hub was changed.",
  tactics: ["Defense Evasion"],
  techniques: ["T1562.007"],
  remediation:
    "Make sure that somebody who may do so changed it, and that it still ends with a rule that rejects.",
  falsePositives: ["Somebody of your own team who manages the hub's configuration; the evidence names who."],
  sees: (event) =>
    textOf(event, "operationName") === "updateIpFilter" && wentWell(event)
      ? changeOf(event).name || placeOf(event)
      : undefined,
  entity: (event) => changeOf(event).name,
  title: (event) => `${changeOf(event).by} changed the IP filter of the hub`,
  reason: (event) => `${changeOf(event).by} at ${placeOf(event)} changed which addresses may reach the hub.`,
  fires: [
    {
      operationName: "updateIpFilter",
      properties: { name: "factory-ca", by: "ada" },
      ipAddress: "203.0.113.9",
    },
    { operationName: "updateIpFilter", properties: { name: "site-2", by: "ada" }, ipAddress: "203.0.113.9" },
  ],
  silent: [
    { operationName: "updateIpFilter", cause: "invalidRequest", properties: { name: "x", by: "ada" } },
    { operationName: "deviceConnect", ipAddress: "203.0.113.9" },
    { operationName: "updateTls", properties: { name: "x" } },
    { operationName: "getTwin", category: "TwinQueries" },
    { operationName: "updatePolicy" },
  ],
});
