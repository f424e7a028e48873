import { rule, textOf } from "../rule.js";

/** A device was registered: good to know, and worth a look when nobody did it. */
export const deviceOnboarded = rule({
  kind: "match",
  id: "device-onboarded",
  alertType: "IoT_DeviceOnboarded",
  name: "DeviceOnboarded",
  severity: "Informational",
  about: "A device was registered: good to know, and worth a look when nobody did it.",
  tactics: ["Initial Access"],
  techniques: ["T1200"],
  remediation: "Nothing, if it was you. Otherwise remove the device and change the policy keys.",
  reads: "Operation",
  matches: (event) =>
    textOf(event, "operationName") === "createDevice" && textOf(event, "resultType") === ""
      ? event.deviceId
      : undefined,
  entity: () => "",
  title: (event) => `${event.deviceId} was registered`,
  reason: (event) =>
    `The registry took ${event.deviceId} on, asked by ${textOf(event, "ipAddress") || "the server itself"}.`,
  cases: [
    {
      name: "a device is made",
      events: [{ item: { operationName: "createDevice", resultType: "" } }],
      alerts: 1,
    },
    {
      name: "a device that exists already is refused",
      events: [{ item: { operationName: "createDevice", resultType: "409001" } }],
      alerts: 0,
    },
    {
      name: "a device connects",
      events: [{ item: { operationName: "deviceConnect", resultType: "" } }],
      alerts: 0,
    },
  ],
});
