import { failedFor, operationRule } from "../../operation-rule.js";

/** Two places use one device's identity in turn: each connection ends the other's. */
export const sessionTakenOver = operationRule({
  id: "session-taken-over",
  alertType: "Picket_SessionTakenOver",
  name: "Session of a device taken over again and again",
  severity: "Medium",
  about: "Two places use one device's identity in turn: each connection ends the other's.",
  tactics: ["Initial Access"],
  techniques: ["T1078", "T1557"],
  remediation: "Find out whether two devices were given the same identity; otherwise change its key.",
  falsePositives: ["A device behind a bad line that connects anew before its old connection has ended."],
  threshold: { count: 12, minutes: 30 },
  sees: failedFor("takenOver"),
  entity: () => "",
  title: (event) => `${event.deviceId} is used from two places`,
  reason: (event, matched, hits) =>
    `The session of ${event.deviceId} was taken over ${hits} times within 30 minutes, the last time from ${matched}.`,
  fires: [{ cause: "takenOver", ipAddress: "203.0.113.9" }],
  silent: [
    { cause: "timeout", ipAddress: "203.0.113.9" },
    { cause: "", ipAddress: "203.0.113.9" },
  ],
});
